// What every page of the login must satisfy, whatever it says.

// Runs inside the page. Answers complaints.
function inspect() {
  const complaints = [];
  const root = document.documentElement;
  if (!root.lang) complaints.push('no language');
  if (!document.title) complaints.push('no title');
  if (document.querySelectorAll('h1').length !== 1) complaints.push('not exactly one h1');
  if (root.scrollWidth > root.clientWidth) {
    complaints.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  }
  for (const input of document.querySelectorAll('input:not([type=hidden])')) {
    if (!input.labels?.length && !input.ariaLabel) complaints.push(`no label: ${input.outerHTML}`);
  }

  const parse = (colour) => colour.match(/[\d.]+/g).map(Number);
  const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  const opaque = (colour) => colour.length < 4 || colour[3] === 1;
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (opaque(colour)) return colour;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches && getComputedStyle(root).colorScheme.includes('dark')
      ? [18, 18, 18]
      : [255, 255, 255];
  };
  // WCAG 2.2, 1.4.3: 4.5 to 1 for text of ordinary size.
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || !element.checkVisibility()) continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(behind(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) {
      complaints.push(`contrast ${contrast.toFixed(2)}: ${texts.currentNode.data.trim().slice(0, 60)}`);
    }
  }
  return { complaints, background: luminance(behind(document.body)) };
}

export async function checkPage(page, { dark = false } = {}) {
  const { complaints, background } = await page.evaluate(inspect);
  if (dark !== background < 0.2) complaints.push(`background luminance ${background} when dark is ${dark}`);
  if (complaints.length) throw new Error(`${page.url()}\n  ${complaints.join('\n  ')}`);
}

// Everything that the browser itself complains about: script errors, refused resources, policy violations.
export function watchConsole(page, complaints) {
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
}
