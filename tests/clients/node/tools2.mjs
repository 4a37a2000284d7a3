// TypeScript `@modelcontextprotocol/client` 2.x: tools2.mjs MCP_URL LOGIN [REVISION]
// It logs in and says which tools there are. Then every line of input is a call, {name, arguments}, answered with a
// line: the result, and what the advertised output schema and the text say against its structured content. An empty
// line ends it.
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { AjvJsonSchemaValidator } from '@modelcontextprotocol/client/validators/ajv';
import { generation2 } from './generation2.mjs';
import { logIn } from './provider.mjs';

const say = (facts) => console.log(JSON.stringify(facts));
const { authProvider, sdk } = generation2(...process.argv.slice(2));
const client = await logIn(authProvider, sdk);
const { tools } = await client.listTools();
const ajv = new AjvJsonSchemaValidator();
const validators = new Map(tools.map((tool) => [tool.name, ajv.getValidator(tool.outputSchema)]));
say({ protocol: sdk.protocol(client), tools: [...validators.keys()], logins: authProvider.logins });

for await (const line of createInterface({ input: process.stdin })) {
  if (!line) break;
  const call = JSON.parse(line);
  const result = await client.callTool(call);
  const verdict = validators.get(call.name)(result.structuredContent);
  const complaints = verdict.valid ? [] : [verdict.errorMessage];
  if (!isDeepStrictEqual(JSON.parse(result.content[0].text), result.structuredContent)) {
    complaints.push('the text says something else');
  }
  say({ result, complaints });
}
await client.close();
process.stdin.destroy();
