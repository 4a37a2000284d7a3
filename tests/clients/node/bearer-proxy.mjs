// Puts a bearer token on every request, because the conformance suite cannot: bearer-proxy.mjs TARGET_ORIGIN TOKEN
// Prints its own origin; Host and Origin pass unchanged, so that the suite's attacks with them arrive.
import { createServer, request } from 'node:http';

const [target, token] = process.argv.slice(2);
const { hostname, port } = new URL(target);

const server = createServer((incoming, outgoing) => {
  const headers = { ...incoming.headers, authorization: `Bearer ${token}` };
  const onward = request({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
});
server.listen(0, 'localhost', () => console.log(`http://localhost:${server.address().port}`));
