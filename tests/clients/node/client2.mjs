// TypeScript `@modelcontextprotocol/client` 2.x: client2.mjs MCP_URL LOGIN [REVISION]
import { generation2 } from './generation2.mjs';
import { story } from './provider.mjs';

const { authProvider, sdk } = generation2(...process.argv.slice(2));
await story(authProvider, sdk);
