// TypeScript `@modelcontextprotocol/client` 2.x: agents2.mjs MCP_URL LOGIN [REVISION]. Calls agents: an answer, a
// failure, two questions, progress. With a revision, questions are answered by the client's own handler.
import { generation2 } from './generation2.mjs';
import { logIn } from './provider.mjs';

const [url, login, pin] = process.argv.slice(2);
const asked = [];
const elicit = async ({ params }) => {
  asked.push({ message: params.message, schema: params.requestedSchema });
  return params.message === 'wipe?' ? { action: 'decline' } : { action: 'accept', content: { answer: false } };
};
const { authProvider, sdk } = generation2(url, login, pin, pin && elicit);
const client = await logIn(authProvider, sdk);
const { tools } = await client.listTools();
const call = (name, args, options) => client.callTool({ name, arguments: args }, options);
const steered = async (orders) => (await call('fixture__steered', orders)).structuredContent;

const messages = [];
const onprogress = ({ message }) => messages.push(message);
const answered = await call('fixture__echo', { question: 'why?' }, { onprogress });
const failed = await call('fixture__steered', { fail: 'no luck' });
const question = await steered({ ask: { value: 'go on?', schema: { type: 'boolean' } } });
let resumed;
if (question.status === 'input_required') {
  const answers = { [question.questions[0].id]: false };
  resumed = (await call('agent_resume', { handle: question.handle, answers })).structuredContent;
}
const declined = pin ? await steered({ ask: { value: 'wipe?' } }) : null;
console.log(
  JSON.stringify({
    agents: tools.map(({ name }) => name).filter((name) => name.startsWith('fixture__')).sort(),
    answered: answered.structuredContent,
    messages: messages.slice(0, 1),
    failed: [failed.isError, failed.structuredContent.error],
    done: (resumed ?? question).output.answer,
    asked,
    declined,
  }),
);
await client.close();
