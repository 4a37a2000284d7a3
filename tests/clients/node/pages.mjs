// Every page, looked at in every size and colour, and what a person finds on it.
import { createHash } from 'node:crypto';
import { OAuthClient } from './oauth-client.mjs';
import { checkPage } from './page-checks.mjs';
import { ALLOW, CLIENT_NAME, DENY, WORKSPACE } from './person.mjs';

// The last one is a window of 1280 by 800 at 200 %.
const SIZES = { desktop: [1280, 800], phone: [390, 844], narrow: [320, 640], zoomed: [640, 400] };
const OWNED = 'com.example.app:/callback';
const UNKNOWN = 'app-of-nobody://callback';

// Looks at the page in all sizes and both colour schemes. `reached`: what must be in sight without scrolling.
export async function look(person, name, reached) {
  const { page } = person;
  await page.waitForLoadState();
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    await page.setViewportSize({ width, height });
    for (const dark of [false, true]) {
      await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
      await checkPage(page, { dark });
      const path = `${person.screenshots}/${person.scenario}-${name}-${size}${dark ? '-dark' : ''}.png`;
      await page.screenshot({ path, fullPage: !reached });
    }
    if (reached && size !== 'zoomed') {
      const { y, height: tall } = await page.locator(reached).boundingBox();
      if (y < 0 || y + tall > height) throw new Error(`${reached} is at ${y} of ${height} on ${name}, ${size}`);
    }
    if (reached) {
      const path = `${person.screenshots}/${person.scenario}-${name}-${size}-whole.png`;
      await page.screenshot({ path, fullPage: true });
    }
  }
}

async function show(person, path, status) {
  const answer = await person.page.goto(new URL(path, person.origin).href);
  if (answer.status() !== status) throw new Error(`${path}: ${answer.status()}`);
  if (status >= 400) person.expectedErrors += 1;
}

export async function sizes(person) {
  const login = person.page.url();
  await show(person, '/', 200);
  await look(person, 'landing');
  await show(person, '/mcp', 200);
  if (new URL(person.page.url()).pathname !== '/') throw new Error(`/mcp leads to ${person.page.url()}`);
  await show(person, '/nowhere', 404);
  await look(person, 'nowhere');
  await show(person, '/authorize?client_id=unknown', 400);
  await look(person, 'fault');
  await show(person, login, 200);
  await look(person, 'login');
  await person.useKey('lsv2_pt_of_nobody');
  await look(person, 'wrong-key');
  await person.useKey('lsv2_pt_demo');
  await look(person, 'consent', ALLOW);
  person.expectedErrors += 1;
  await allowNothing(person);
  await look(person, 'nothing-chosen', ALLOW);
  for (const uri of [OWNED, UNKNOWN]) {
    for (const [button, word] of [
      [DENY, 'denied'],
      [ALLOW, 'allowed'],
    ]) {
      await person.openTab();
      await decideForApp(person, uri, button);
      await look(person, `${word}-${uri.split(':')[0]}`);
    }
  }
  await person.openTab();
  await show(person, '/connections', 200);
  await look(person, 'connections');
}

// The browser would not send it: a person's does not, and a script's may.
async function allowNothing(person) {
  await person.page.locator(ALLOW).evaluate((button) => (button.formNoValidate = true));
  for (const box of await person.page.locator('input[name=scope]').all()) await box.uncheck();
  await person.follow(ALLOW);
}

// A browser moves the focus to `autofocus` when it first draws the page, which may be after it has loaded.
export async function isFocused(page, selector) {
  await page.locator(`${selector}:focus`).waitFor({ state: 'attached' });
}

export async function mistakes(person) {
  const { page } = person;
  person.expectedErrors = 2;
  await person.useKey('lsv2_pt_demo');
  await allowNothing(person);
  await isFocused(page, 'input[name=scope]');
  await person.seeText(/tick what the app may do/i);
  await person.seeText(/choose where/i);
  if (!(await page.title()).startsWith('Error: ')) throw new Error(await page.title());
  await page.locator('input[value="langsmith:read"]').check();
  await page.locator(ALLOW).evaluate((button) => (button.formNoValidate = true));
  await person.follow(ALLOW);
  await isFocused(page, '[name=workspace]');
  if (!(await page.locator('input[value="langsmith:read"]').isChecked())) throw new Error('the choice is lost');
  if (await page.locator('input[value="langsmith:write"]').isChecked()) throw new Error('a choice came back');
  await person.allow();
  const { scope } = await person.arriveWithToken();
  if (scope !== 'langsmith:read') throw new Error(scope);
}

async function decideForApp(person, uri, button) {
  const client = await OAuthClient.register(person.origin, CLIENT_NAME, uri);
  // Nobody takes such links on a machine of tests.
  person.expected = /com\.example\.app|app-of-nobody/;
  await person.page.goto(client.authorizationUrl());
  if (button === ALLOW) await person.choose();
  await person.follow(button);
  return client;
}

// For an app's own scheme a person ends on a page that says that it is done; and again, when they press once more.
export async function appPages(person) {
  await person.useKey('lsv2_pt_demo');
  await person.page.waitForSelector(ALLOW);
  const opened = [];
  for (const uri of [OWNED, UNKNOWN]) {
    await person.openTab();
    const { page } = person;
    const session = await person.context.newCDPSession(page);
    await session.send('Network.enable');
    session.on('Network.requestWillBeSent', ({ request }) => opened.push(request.url));
    const client = await decideForApp(person, uri, ALLOW);
    const link = () => page.locator('a.button').getAttribute('href');
    const first = await link();
    client.check(new URL(first).searchParams);
    await person.seeText(/close this tab/i);
    await person.see(`finish-${uri.split(':')[0]}`);
    await page.goBack();
    await page.waitForSelector(ALLOW);
    // The page is not stored: going back shows a new form, and the first one's code is still good.
    await client.exchange(new URL(first).searchParams.get('code'));
  }
  if (!opened.some((url) => url.startsWith(OWNED))) throw new Error(`the app was not opened: ${opened}`);
  if (opened.some((url) => url.startsWith(UNKNOWN))) throw new Error(`an unknown app was opened: ${opened}`);
}

// The pictures of the docs, and for each a hash of the page: a picture is stale when its page has changed.
export async function pictures(person) {
  const { page } = person;
  const hashes = {};
  const keep = async (name) => {
    await page.waitForLoadState();
    const path = `${person.screenshots}/docs-${name}.png`;
    const { height } = await page.locator('body').boundingBox();
    await page.setViewportSize({ width: 760, height: Math.ceil(height) });
    await page.screenshot({ path });
    const html = await page.evaluate(() => document.documentElement.outerHTML);
    const today = html
      .replace(/(name="ticket" value=")[^"]*/g, '$1')
      .replace(/Request id <code>[^<]*/g, 'Request id <code>')
      .replace(/127\.0\.0\.1:(<\/strong>)?\d+/g, '127.0.0.1');
    hashes[name] = createHash('sha256').update(today).digest('hex');
  };
  await keep('login');
  await person.useKey('lsv2_pt_demo');
  await page.waitForSelector(ALLOW);
  await page.locator(WORKSPACE).first().check();
  await keep('consent');
  console.log(JSON.stringify(hashes));
}
