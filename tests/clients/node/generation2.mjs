// What the scripts for TypeScript `@modelcontextprotocol/client` 2.x share: how this generation is connected.
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import { MemoryProvider } from './provider.mjs';

// Remembering what it discovered lets this generation bind the callback to the issuer that it started with.
class DiscoveringProvider extends MemoryProvider {
  discoveryState() {
    return this.discovered;
  }
  saveDiscoveryState(state) {
    this.discovered = state;
  }
}

// The provider, and the SDK's part of a login. Without a revision it connects as it does by default; with one it is
// pinned to it. The questions of servers are answered by `elicit`.
export function generation2(url, login, pin, elicit) {
  const authProvider = new DiscoveringProvider(login);
  const options = pin ? { versionNegotiation: { mode: { pin } } } : {};
  if (elicit) options.capabilities = { elicitation: {} };
  let transport;
  const sdk = {
    UnauthorizedError,
    async connect() {
      transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
      const client = new Client({ name: 'client2-test', version: '1.0.0' }, options);
      if (elicit) client.setRequestHandler('elicitation/create', elicit);
      await client.connect(transport);
      return client;
    },
    finish: (callback) => transport.finishAuth(callback),
    protocol: (client) => client.getNegotiatedProtocolVersion(),
  };
  return { authProvider, sdk };
}
