// What a check is, and running them.
import assert from 'node:assert/strict';

// Longer than the SDK waits for anything that is there.
const LIMIT = 40_000;
const checks = new Map();

// Registers the checks of a subject.
export const subject = (name, functions) => {
  for (const [own, check] of Object.entries(functions)) {
    const whole = `${name}.${own}`;
    assert.ok(!checks.has(whole), `two checks are called ${whole}`);
    checks.set(whole, check);
  }
};

// What was read is what was written.
export const equal = (found, wanted) => {
  assert.deepEqual(found, wanted);
};

export const sameSet = (found, wanted) => equal([...found].sort(), [...wanted].sort());

// The call fails, in this way.
export const refused = (call, words) => assert.rejects(call, words);

// Everything that an asynchronous list gives.
export const all = async (list) => {
  const found = [];
  for await (const item of list) found.push(item);
  return found;
};

const inTime = (work) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT} ms`)), LIMIT);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

const describe = (error) => {
  const place = /langsmith-contract\/(?!checks)([\w-]+\.mjs:\d+)/.exec(error.stack ?? '')?.[1] ?? '?';
  return `${error.name}: ${String(error.message).slice(0, 1500)} [${place}]`;
};

// Runs the checks that begin with one of the names, or all, and prints what became of each.
export const run = async (names) => {
  const { Client } = await import('langsmith');
  const client = new Client();
  for (const [name, check] of checks) {
    if (names.length > 0 && !names.some((start) => name.startsWith(start))) continue;
    const begun = performance.now();
    let detail = null;
    try {
      await inTime(check(client));
    } catch (error) {
      detail = describe(error);
    }
    const outcome = detail === null ? 'passed' : 'failed';
    const millis = Math.round(performance.now() - begun);
    process.stdout.write(`${JSON.stringify({ name, outcome, detail, millis })}\n`);
  }
  await client.flush();
  process.exit(0);
};
