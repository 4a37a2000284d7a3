// Mastra's `@mastra/mcp` 2.x, which has no way to register: mastra2.mjs MCP_URL LOGIN
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { MCPClient, MCPOAuthClientProvider } from '@mastra/mcp';

const [url, login] = process.argv.slice(2);
const clientMetadataUrl = process.env.CLIENT_DOCUMENT;
// Mastra listens there, or at another port if this one is taken.
const redirectUrl = 'http://127.0.0.1:3030/callback';
let logins = 0;
let callback;

async function openBrowser(page) {
  logins += 1;
  const target = page.searchParams.get('redirect_uri');
  const browser = [process.env.FAKE_BROWSER, page.href, target, login, 'deliver'];
  const { stdout } = await promisify(execFile)(process.env.PYTHON, browser, { timeout: 60_000 });
  callback = new URL(stdout.trim());
}

const authProvider = new MCPOAuthClientProvider({
  redirectUrl,
  clientMetadataUrl,
  clientMetadata: {
    client_name: 'Mastra client test',
    redirect_uris: [redirectUrl],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  },
  onRedirectToAuthorization: openBrowser,
});
const client = new MCPClient({ id: 'test', servers: { langsmith: { url: new URL(url), authProvider } } });
await client.authenticate('langsmith', { timeoutMs: 60_000 });
const tools = await client.listTools();
const result = await tools.langsmith_list_projects.execute({ limit: 5 });
await client.disconnect();
console.log(
  JSON.stringify({
    tools: Object.keys(tools),
    result,
    logins,
    iss: callback.searchParams.get('iss'),
    client_id: (await authProvider.clientInformation()).client_id,
  }),
);
