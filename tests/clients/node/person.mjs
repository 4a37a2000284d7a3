// A person in headless Chromium who connects a client of ours, and looks at every page on the way.
import { chromium } from 'playwright-core';
import { LoopbackClient } from './oauth-client.mjs';
import { checkPage, watchConsole } from './page-checks.mjs';

export const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const KEY_FIELD = 'form[action$="/authorize/login/key"] input[name=api_key]';
// Folded away where the page also offers "Continue with LangSmith".
export const KEY_SUMMARY = `summary:has(~ form input[name=api_key])`;
const KEY_SUBMIT = 'form[action$="/authorize/login/key"] button';
export const LANGSMITH = 'form[action$="/authorize/login/langsmith"] button';
export const UPSTREAM_USER = 'form[action$="/oauth/authorize/approve"] button';
export const ALLOW = 'button[name=decision][value=allow]';
export const DENY = 'button[name=decision][value=deny]';
export const WORKSPACE = 'input[name=workspace]:not([value="*"])';
export const CLIENT_NAME = 'Browser test client';

export class Person {
  // The resources that may answer with an error status in this scenario: pages that say what went wrong.
  expectedErrors = 0;
  // Further complaints that belong to the scenario.
  expected = null;
  pictures = 0;
  // Posts of the consent form.
  decisions = 0;
  // What the browser complained about, in any tab.
  complaints = [];

  static async start(where, options, dark, client) {
    const person = Object.assign(new Person(), where);
    person.dark = dark;
    person.client = client ?? (await LoopbackClient.start(where.origin, CLIENT_NAME));
    person.chromium = await chromium.launch({ executablePath: where.executablePath, args: FLAGS, timeout: 60_000 });
    person.context = await person.chromium.newContext({ colorScheme: dark ? 'dark' : 'light', ...options });
    await person.openTab();
    await person.page.goto(person.client.authorizationUrl());
    return person;
  }

  // Goes on in a tab of its own: where the browser offers to open an app, it takes no input until that is answered.
  async openTab() {
    const before = this.page;
    this.page = await this.context.newPage();
    this.page.setDefaultTimeout(30_000);
    watchConsole(this.page, this.complaints);
    this.page.on('request', (request) => {
      this.decisions += Number(request.method() === 'POST' && request.url().endsWith('/authorize/consent'));
    });
    await before?.close();
  }

  async see(name) {
    await this.page.waitForLoadState();
    const number = String((this.pictures += 1)).padStart(2, '0');
    await this.page.screenshot({ path: `${this.screenshots}/${this.scenario}-${number}-${name}.png`, fullPage: true });
    if (this.page.url().startsWith(this.origin)) await checkPage(this.page, { dark: this.dark });
  }

  async seeText(pattern) {
    const text = await this.page.locator('body').innerText();
    if (!pattern.test(text)) throw new Error(`${pattern} is not in the page ${this.page.url()}:\n${text}`);
  }

  // Clicks, and waits for the page that this leads to.
  async follow(selector) {
    await Promise.all([this.page.waitForNavigation(), this.page.locator(selector).first().click()]);
  }

  async useKey(key) {
    if (!(await this.page.isVisible(KEY_FIELD))) await this.page.click(KEY_SUMMARY);
    await this.page.fill(KEY_FIELD, key);
    await this.follow(KEY_SUBMIT);
  }

  async seeConsent() {
    await this.page.waitForSelector(ALLOW);
    await this.see('consent');
    await this.seeText(new RegExp(CLIENT_NAME));
    await this.seeText(new RegExp(new URL(this.client.redirectUri).host));
  }

  async choose() {
    await this.page.locator(WORKSPACE).first().check();
  }

  async allow() {
    await this.choose();
    await this.follow(ALLOW);
  }

  // Waits until the browser shows the client's page, and answers the parameters that brought it there.
  async arrive() {
    await this.page.waitForURL((url) => url.href.startsWith(this.client.redirectUri));
    return this.client.redirect();
  }

  async arriveWithToken() {
    const redirect = await this.arrive();
    return this.client.exchange(redirect.get('code') ?? '');
  }

  async end() {
    await this.chromium.close();
    this.client.close?.();
    const refused = this.complaints.filter((text) => /status of 4\d\d/.test(text));
    if (refused.length > this.expectedErrors) throw new Error(refused.join('\n'));
    const others = this.complaints.filter((text) => !refused.includes(text) && !this.expected?.test(text));
    if (others.length) throw new Error(`the browser complained:\n${others.join('\n')}`);
  }
}

// Goes to a control with the Tab key. The focus must be visible there.
export async function focus(person, selector) {
  for (let presses = 0; presses < 40; presses += 1) {
    await person.page.keyboard.press('Tab');
    const [found, visible] = await person.page.evaluate((wanted) => {
      const element = document.activeElement;
      const isMarked = (style) => style.outlineStyle !== 'none' || style.boxShadow !== 'none';
      const marked = [element, element.closest('.option')].filter(Boolean).map((each) => getComputedStyle(each));
      return [element.matches(wanted), marked.some(isMarked)];
    }, selector);
    if (found && !visible) throw new Error(`the focus on ${selector} cannot be seen`);
    if (found) return;
  }
  throw new Error(`40 presses of Tab do not reach ${selector}`);
}
