// A person in headless Chromium: browser.mjs ORIGIN SCENARIO SCREENSHOTS CHROMIUM [URL]...
//
// Walks through login and consent as the scenario says, checks every page on the way and keeps a picture of it.
import { once } from 'node:events';
import { LoopbackClient } from './oauth-client.mjs';
import { ALLOW, CLIENT_NAME, DENY, KEY_FIELD, KEY_SUMMARY, LANGSMITH, Person, UPSTREAM_USER, WORKSPACE, focus } from './person.mjs';
import { appPages, isFocused, mistakes, pictures, sizes } from './pages.mjs';
import { chains } from './chains.mjs';
import { ownKey, questions } from './agent-pages.mjs';
import { twoPeople } from './two-people.mjs';

const [origin, scenario, screenshots, executablePath, ...urls] = process.argv.slice(2);
const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const desktop = { viewport: { width: 1100, height: 800 } };

async function loginWithKey(person) {
  await person.see('login');
  await person.useKey('lsv2_pt_demo');
  await person.seeConsent();
  await person.allow();
  await person.arriveWithToken();
}

async function loginWithLangSmith(person) {
  await person.see('login');
  await person.follow(LANGSMITH);
  await person.page.waitForSelector(UPSTREAM_USER);
  await person.see('langsmith');
  await person.follow(UPSTREAM_USER);
  await person.seeConsent();
  await person.allow();
  await person.arriveWithToken();
}

async function deny(person) {
  await person.useKey('lsv2_pt_demo');
  await person.seeConsent();
  await person.follow(DENY);
  const redirect = await person.arrive();
  if (redirect.get('error') !== 'access_denied' || redirect.has('code')) throw new Error(`denied: ${redirect}`);
}

async function wrongKey(person) {
  person.expectedErrors = 1;
  await person.useKey('lsv2_pt_of_nobody');
  await person.page.waitForSelector('[role=alert]');
  await person.see('wrong-key');
  await person.seeText(/key/i);
  await isFocused(person.page, 'input[name=api_key][aria-invalid=true]');
  await loginWithKey(person);
}

// A page whose browser has forgotten the login that the page belongs to: it says so, and the login starts anew.
async function forgotten(person) {
  person.expectedErrors = 1;
  await person.context.clearCookies();
  await person.useKey('lsv2_pt_demo');
  await person.see('forgotten');
  await person.seeText(/did not keep our cookie/i);
  await person.page.getByRole('link', { name: 'Try again' }).click();
  await loginWithKey(person);
}

// A consent page that was lured out of one browser and is answered in another: it must lead nowhere.
async function otherBrowser(person) {
  await person.useKey('lsv2_pt_demo');
  await person.seeConsent();
  await person.choose();
  const form = await person.page.locator('form[action$="/authorize/consent"]').evaluate((element, submitter) => {
    return Object.fromEntries(new FormData(element, element.querySelector(submitter)));
  }, ALLOW);
  const other = await person.chromium.newContext();
  const page = await other.newPage();
  await page.goto(person.client.authorizationUrl());
  const headers = { origin };
  const answer = await other.request.post(`${origin}/authorize/consent`, { form, headers, maxRedirects: 0 });
  const location = answer.headers().location ?? '';
  if (location.includes('code=') || location.startsWith(person.client.redirectUri)) throw new Error(location);
  if (answer.status() === 200) throw new Error(await answer.text());
}

// A page that was left open. The other side moves the clock when it is told to, and says when it has.
async function expired(person) {
  person.expectedErrors = 1;
  console.log('the page is left open');
  await once(process.stdin, 'data');
  process.stdin.destroy();
  await person.useKey('lsv2_pt_demo');
  await person.see('expired');
  await person.seeText(/too old/i);
  await person.seeText(/start again/i);
  if (await person.page.locator(ALLOW).count()) throw new Error('a consent after all');
}

// A consent page that was answered before, answered once more from another tab.
async function answeredTwice(person) {
  person.expectedErrors = 1;
  await person.useKey('lsv2_pt_demo');
  await person.page.waitForSelector(ALLOW);
  const ticket = await person.page.locator('input[name=ticket]').first().inputValue();
  await person.allow();
  await person.arriveWithToken();
  await person.page.goto(person.client.authorizationUrl());
  await person.page.waitForSelector(ALLOW);
  await person.page.locator('form[action$="/authorize/consent"] input[name=ticket]').evaluate((input, old) => {
    input.value = old;
  }, ticket);
  await person.allow();
  await person.see('answered-twice');
  await person.seeText(/expired|start again|already|no longer/i);
}

async function keyboard(person) {
  if (!(await person.page.isVisible(KEY_FIELD))) {
    await focus(person, KEY_SUMMARY);
    await person.page.keyboard.press('Enter');
  }
  await focus(person, KEY_FIELD);
  await person.see('focus-key');
  await person.page.keyboard.type('lsv2_pt_demo');
  await person.page.keyboard.press('Enter');
  await person.seeConsent();
  // Enter on a choice decides nothing, whether a workspace is chosen or not: the page comes back, and the login stays.
  const posts = [];
  person.page.on('request', (request) => request.method() === 'POST' && posts.push(request));
  await focus(person, 'input[name=scope]');
  await enterDecidesNothing(person);
  await focus(person, 'input[name=workspace]');
  await enterDecidesNothing(person);
  await focus(person, 'input[name=workspace]');
  await person.page.keyboard.press('Space');
  await person.see('focus-workspace');
  await enterDecidesNothing(person);
  if (!(await person.page.locator('input[name=workspace]').first().isChecked())) throw new Error('the choice is lost');
  const decided = posts.filter((request) => new URLSearchParams(request.postData() ?? '').get('decision') !== '');
  if (decided.length || posts.length !== 3) throw new Error(`${posts.map((request) => request.url())}`);
  await focus(person, ALLOW);
  await person.see('focus-allow');
  await person.page.keyboard.press('Enter');
  await person.arriveWithToken();
  if (posts.length !== 4) throw new Error(`${posts.length} forms`);
}

async function enterDecidesNothing(person) {
  await Promise.all([person.page.waitForNavigation(), person.page.keyboard.press('Enter')]);
  await person.page.waitForSelector(ALLOW);
  const { pathname } = new URL(person.page.url());
  if (pathname !== '/authorize/consent') throw new Error(`Enter leads to ${person.page.url()}`);
}

// Allow before a workspace is chosen: a click that was meant for something else grants nothing.
async function oneClick(person) {
  await person.useKey('lsv2_pt_demo');
  await person.page.waitForSelector(ALLOW);
  await person.page.click(ALLOW);
  await person.page.locator(WORKSPACE).first().focus();
  await person.page.locator(ALLOW).focus();
  await person.page.keyboard.press('Enter');
  if (person.decisions) throw new Error('one click sent the form');
  await person.allow();
  await person.arriveWithToken();
  if (person.decisions !== 1) throw new Error(`${person.decisions} decisions`);
}

// The second login of the same browser goes straight to the consent page.
async function remembered(person) {
  await person.useKey('lsv2_pt_demo');
  await person.page.waitForSelector(ALLOW);
  await person.allow();
  await person.arriveWithToken();
  await person.page.goto(person.client.authorizationUrl());
  await person.seeConsent();
}

const END = 'form[action$="/connections/end"] button';
const END_ALL = 'form[action$="/connections/end-all"] button';
const LOG_OUT = 'form[action$="/connections/logout"] button';

// Connects an app, and another one in the browser session that it opened.
async function connectTwo(person) {
  await person.useKey('lsv2_pt_demo');
  await person.allow();
  await person.arriveWithToken();
  const other = await LoopbackClient.start(origin, `${CLIENT_NAME} with a name that is as long as names may be, or longer`);
  await person.page.goto(other.authorizationUrl());
  await person.allow();
  await person.page.waitForURL((url) => url.href.startsWith(other.redirectUri));
  await other.exchange((await other.redirect()).get('code') ?? '');
  other.close();
}

// What is connected, the end of one and of all, and the way back in after logging out.
async function connections(person) {
  await connectTwo(person);
  await person.page.goto(`${origin}/connections`);
  await person.see('connections');
  await person.seeText(/Your connections/);
  if ((await person.page.locator(END).count()) !== 2) throw new Error('two apps are connected');
  await person.follow(END);
  await person.see('ended');
  await person.seeText(/You ended it/);
  await person.page.getByRole('link', { name: 'Back to your connections' }).click();
  await person.page.waitForSelector(END);
  await person.see('one-left');
  await person.page.locator('summary', { hasText: 'all apps' }).click();
  await person.see('end-all');
  await person.follow(END_ALL);
  await person.see('all-ended');
  await person.page.getByRole('link', { name: 'Back to your connections' }).click();
  await person.page.waitForSelector(LOG_OUT);
  await person.seeText(/No app uses LangSmith for you/);
  await person.see('none-left');
  await person.follow(LOG_OUT);
  await person.seeText(/Sign in to see your connections/);
  await person.see('login');
  await person.useKey('lsv2_pt_demo');
  await person.seeText(/Your connections/);
}

// The same without a mouse.
async function connectionsByKeyboard(person) {
  await connectTwo(person);
  await person.page.goto(`${origin}/connections`);
  await focus(person, END);
  await person.see('focus-end');
  await Promise.all([person.page.waitForNavigation(), person.page.keyboard.press('Enter')]);
  await person.seeText(/You ended it/);
  await person.page.goto(`${origin}/connections`);
  await focus(person, 'summary');
  await person.page.keyboard.press('Enter');
  await focus(person, END_ALL);
  await person.see('focus-end-all');
  await Promise.all([person.page.waitForNavigation(), person.page.keyboard.press('Enter')]);
  await person.seeText(/All access has ended/);
}

const narrow = { ...phone, viewport: { width: 320, height: 640 } };
// 200 % on an ordinary screen: half as many pixels of CSS.
const magnified = { viewport: { width: 550, height: 400 }, deviceScaleFactor: 2 };

const scenarios = {
  connections: [connections, desktop],
  'connections-phone': [connections, narrow],
  'connections-magnified': [connections, magnified],
  'connections-dark': [connections, desktop, true],
  'connections-no-script': [connections, { ...desktop, javaScriptEnabled: false }],
  'connections-keyboard': [connectionsByKeyboard, desktop],
  key: [loginWithKey, desktop],
  langsmith: [loginWithLangSmith, desktop],
  deny: [deny, desktop],
  'wrong-key': [wrongKey, desktop],
  expired: [expired, desktop],
  forgotten: [forgotten, desktop],
  'other-browser': [otherBrowser, desktop],
  'answered-twice': [answeredTwice, desktop],
  remembered: [remembered, desktop],
  keyboard: [keyboard, desktop],
  'one-click': [oneClick, desktop],
  mistakes: [mistakes, desktop],
  'mistakes-no-script': [mistakes, { ...desktop, javaScriptEnabled: false }],
  'app-pages': [appPages, desktop],
  sizes: [sizes, desktop],
  'sizes-many': [sizes, desktop],
  'sizes-no-script': [sizes, { ...desktop, javaScriptEnabled: false }],
  chains: [chains, { ...desktop, ignoreHTTPSErrors: true }],
  'two-people': [twoPeople, desktop],
  'own-key': [ownKey, desktop],
  questions: [questions, desktop],
  pictures: [pictures, { viewport: { width: 760, height: 900 } }],
  phone: [loginWithLangSmith, phone],
  'phone-dark': [loginWithKey, phone, true],
  dark: [loginWithLangSmith, desktop, true],
  'no-script': [loginWithLangSmith, { ...desktop, javaScriptEnabled: false }],
  'no-script-key': [loginWithKey, { ...desktop, javaScriptEnabled: false }],
};

const [walk, options, dark = false] = scenarios[scenario];
const person = await Person.start({ origin, scenario, screenshots, executablePath, urls }, options, dark);
try {
  await walk(person);
} catch (error) {
  await person.page.screenshot({ path: `${screenshots}/${scenario}-failed.png`, fullPage: true });
  console.error(`at ${person.page.url()}\n${person.complaints.join('\n')}`);
  throw error;
} finally {
  await person.end();
}
