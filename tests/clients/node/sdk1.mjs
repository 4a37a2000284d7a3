// TypeScript `@modelcontextprotocol/sdk` 1.x: sdk1.mjs MCP_URL LOGIN
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { MemoryProvider, story } from './provider.mjs';

const [url, login] = process.argv.slice(2);
const authProvider = new MemoryProvider(login);
let transport;

await story(authProvider, {
  UnauthorizedError,
  async connect() {
    transport = new StreamableHTTPClientTransport(new URL(url), { authProvider });
    const client = new Client({ name: 'sdk1-test', version: '1.0.0' });
    await client.connect(transport);
    return client;
  },
  finish: (callback) => transport.finishAuth(callback.get('code')),
  protocol: () => transport.protocolVersion,
});
