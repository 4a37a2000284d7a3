// TypeScript `@modelcontextprotocol/client` 2.x: client2.mjs MCP_URL LOGIN [REVISION]
// Without a revision it connects as it does by default; with one it is pinned to it.
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { MemoryProvider, story } from './provider.mjs';

const [url, login, pin] = process.argv.slice(2);

// Remembering what it discovered lets this generation bind the callback to the issuer that it started with.
class DiscoveringProvider extends MemoryProvider {
  discoveryState() {
    return this.discovered;
  }
  saveDiscoveryState(state) {
    this.discovered = state;
  }
}

const authProvider = new DiscoveringProvider(login);
const options = pin ? { versionNegotiation: { mode: { pin } } } : {};
let transport;

await story(authProvider, {
  UnauthorizedError,
  async connect() {
    transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
    const client = new Client({ name: 'client2-test', version: '1.0.0' }, options);
    await client.connect(transport);
    return client;
  },
  finish: (callback) => transport.finishAuth(callback),
  protocol: (client) => client.getNegotiatedProtocolVersion(),
});
