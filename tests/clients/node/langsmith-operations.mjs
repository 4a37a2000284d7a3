// LangChain's SDK, told what to do: langsmith-operations.mjs URL KEY WORKSPACE
// Every line of input is {operation, …}, answered with a line: what the SDK made of it. An empty line ends it.
import { createInterface } from 'node:readline';
import { isolate } from './langsmith-contract/isolate.mjs';

const [url, key, workspace] = process.argv.slice(2);
isolate(url, key, workspace);
const { Client } = await import('langsmith');
const { evaluate } = await import('langsmith/evaluation');
const { traceable } = await import('langsmith/traceable');
const client = new Client();

const all = async (list) => {
  const found = [];
  for await (const item of list) found.push(item);
  return found;
};

const part = (role, template) => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain_core', 'prompts', 'chat', `${role === 'human' ? 'Human' : 'System'}MessagePromptTemplate`],
  kwargs: {
    prompt: {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'prompts', 'prompt', 'PromptTemplate'],
      kwargs: { input_variables: variables(template), template, template_format: 'f-string' },
    },
  },
});

const variables = (template) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

const operations = {
  async push_prompt({ name, messages, ...facts }) {
    const object = {
      lc: 1,
      type: 'constructor',
      id: ['langchain_core', 'prompts', 'chat', 'ChatPromptTemplate'],
      kwargs: {
        input_variables: messages.flatMap(([, template]) => variables(template)),
        messages: messages.map(([role, template]) => part(role, template)),
      },
    };
    await client.pushPrompt(name, { object, ...facts });
    return { commit_hash: (await client.getPrompt(name)).last_commit_hash };
  },

  async pull_prompt({ name, values }) {
    const { commit_hash, manifest } = await client.pullPromptCommit(name, { skipCache: true });
    const messages = manifest.kwargs.messages.map(({ id, kwargs }) => {
      const said = kwargs.prompt.kwargs.template.replaceAll(/\{(\w+)\}/g, (_, variable) => values[variable]);
      return [id.at(-1).replace('MessagePromptTemplate', '').toLowerCase(), said];
    });
    return { messages, variables: [...manifest.kwargs.input_variables].sort(), commit_hash };
  },

  async create_dataset({ name, examples }) {
    const { id } = await client.createDataset(name);
    const made = await client.createExamples(examples.map((example) => ({ ...example, dataset_id: id })));
    return { id, count: made.length };
  },

  async list_examples({ dataset, as_of: asOf, splits }) {
    const found = await all(
      client.listExamples({ datasetName: dataset, ...(asOf && { asOf }), ...(splits && { splits }) }),
    );
    return found.map(({ id, inputs, outputs, metadata }) => ({ id, inputs, outputs, metadata }));
  },

  async list_splits({ dataset }) {
    return (await client.listDatasetSplits({ datasetName: dataset })).sort();
  },

  async evaluate({ dataset, answers, metadata }) {
    const target = async ({ country }) => ({ capital: answers[country] });
    const correct = ({ outputs, referenceOutputs }) => ({
      key: 'correct',
      score: Number(outputs.capital === referenceOutputs.capital),
    });
    const results = await evaluate(target, {
      data: dataset,
      evaluators: [correct],
      metadata,
      experimentPrefix: dataset,
      client,
    });
    await client.flush();
    return { name: results.experimentName };
  },

  async list_feedback({ run_ids: runIds }) {
    return all(client.listFeedback({ runIds }));
  },

  async converse({ project, thread, turns }) {
    const answers = Object.fromEntries(turns);
    const facts = { client, project_name: project, tracingEnabled: true, metadata: { session_id: thread } };
    const model = async ({ messages }) => {
      // No model answers within the millisecond, and the runs of a thread are in the order of their times.
      for (const asked = Date.now(); Date.now() === asked;);
      return { role: 'assistant', content: answers[messages.at(-1).content] };
    };
    const said = [];
    for (const [question, answer] of turns) {
      said.push({ role: 'user', content: question });
      await traceable(model, { name: 'model', run_type: 'llm', ...facts })({ messages: [...said] });
      said.push({ role: 'assistant', content: answer });
    }
    await client.flush();
    return { turns: turns.length };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  if (!line) break;
  const { operation, ...told } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify({ answer: await operations[operation](told) })}\n`);
}
process.exit(0);
