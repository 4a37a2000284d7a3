// The pages about agents, without a mouse: a key of one's own for an Agent Server, and answers to agents' questions.
import { isFocused, look } from './pages.mjs';
import { focus } from './person.mjs';

const CONNECT = 'form[action$="/connections/connect"]';
const DISCONNECT = 'form[action$="/connections/disconnect"] button';
const ANSWER = 'button[name=decision][value=answer]';
const DECLINE = 'button[name=decision][value=decline]';

async function logIn(person) {
  await person.useKey('lsv2_pt_demo');
  await person.allow();
  await person.arriveWithToken();
}

async function press(person, key) {
  await Promise.all([person.page.waitForNavigation(), person.page.keyboard.press(key)]);
}

async function typeKey(person, key) {
  await person.page.keyboard.type(key);
  await press(person, 'Enter');
}

// Connects with a key, after a mistake, and disconnects. The key is one that the Agent Server knows.
export async function ownKey(person) {
  const { page } = person;
  await logIn(person);
  await page.goto(`${person.origin}/connections`);
  await focus(person, 'summary[aria-label^="Connect:"]');
  await page.keyboard.press('Enter');
  await look(person, 'not-connected');
  await page.locator('input[name=scheme][value=api_key]').check();
  await page.locator('summary[aria-label^="Connect:"]').focus();
  await focus(person, `${CONNECT} input[name=credential]`);
  person.expectedErrors = 1;
  await typeKey(person, 'two words');
  await person.seeText(/cannot be a key or token/);
  await isFocused(page, 'input[name=credential][aria-invalid=true]');
  if ((await page.inputValue('input[name=credential]')) !== '') throw new Error('the page repeats the key');
  await look(person, 'mistake');
  await page.locator('input[name=scheme][value=api_key]').check();
  await page.locator('input[name=credential]').focus();
  await typeKey(person, 'team-key-of-ada');
  await page.waitForSelector(DISCONNECT);
  await look(person, 'connected');
  await focus(person, DISCONNECT);
  await press(person, 'Enter');
  await person.seeText(/not yet/);
  if (await page.locator(DISCONNECT).count()) throw new Error('still connected');
}

// Answers the question at the first URL, and declines the approval at the second one.
export async function questions(person) {
  const { page } = person;
  const [question, approval] = person.urls;
  await logIn(person);
  await page.goto(question);
  await look(person, 'question');
  // Enter on a choice decides nothing.
  await focus(person, 'input[type=radio]');
  await page.keyboard.press('Space');
  person.expectedErrors = 1;
  await press(person, 'Enter');
  await person.seeText(/Choose one of the two buttons/);
  await look(person, 'undecided');
  if (!(await page.locator('input[type=radio]').first().isChecked())) throw new Error('the choice is lost');
  await focus(person, ANSWER);
  await press(person, 'Enter');
  await person.seeText(/Your answer is with the agent/);
  await look(person, 'answered');
  await page.goto(approval);
  await look(person, 'approval');
  await focus(person, DECLINE);
  await press(person, 'Enter');
  await person.seeText(/You declined/);
  await look(person, 'declined');
}
