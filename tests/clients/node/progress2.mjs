// TypeScript `@modelcontextprotocol/client` 2.x: progress2.mjs MCP_URL LOGIN [REVISION]. Follows a tool's steps; with a
// revision, cancels another call.
import { generation2 } from './generation2.mjs';
import { logIn } from './provider.mjs';

const [url, login, pin] = process.argv.slice(2);
const { authProvider, sdk } = generation2(url, login, pin);
const client = await logIn(authProvider, sdk);
await client.listTools();
const call = (name, options) => client.callTool({ name: `steps__${name}`, arguments: {} }, options);
const steps = [];
const going = [];
const walked = await call('walk', {
  onprogress: ({ progress, total, message }) => {
    steps.push([progress, total, message]);
    going.push(call('go'));
  },
});
await Promise.all(going);
let givenUp = null;
if (pin) {
  const stop = new AbortController();
  const resting = call('rest', { signal: stop.signal, onprogress: () => stop.abort() });
  await resting.then(
    () => Promise.reject(new Error('the call was not cancelled')),
    () => {},
  );
  givenUp = (await call('given_up')).structuredContent;
}
console.log(JSON.stringify({ steps, walked: walked.structuredContent, given_up: givenUp }));
await client.close();
