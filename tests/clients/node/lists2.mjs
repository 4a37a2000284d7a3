// TypeScript `@modelcontextprotocol/client` 2.x: lists2.mjs MCP_URL LOGIN TOOL [REVISION]. Reads every page of the list of
// tools, then calls TOOL.
import { generation2 } from './generation2.mjs';
import { logIn } from './provider.mjs';

const [url, login, tool, pin] = process.argv.slice(2);
const { authProvider, sdk } = generation2(url, login, pin);
const client = await logIn(authProvider, sdk);
const pages = [];
let cursor;
do {
  const page = await client.request({ method: 'tools/list', params: cursor ? { cursor } : {} });
  pages.push(page.tools.map((one) => one.name));
  cursor = page.nextCursor;
} while (cursor);
const called = await client.callTool({ name: tool, arguments: { a: 1 } });
console.log(JSON.stringify({ pages, called: called.structuredContent }));
await client.close();
