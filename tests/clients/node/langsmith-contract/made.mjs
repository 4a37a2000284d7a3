// What checks make before they look at something else, and how they read runs back in every kind of deployment.
import { randomUUID } from 'node:crypto';
import { uuid7 } from 'langsmith';
import { all } from './checks.mjs';

export const name = (kind) => `contract-${kind}-${randomUUID().slice(-12)}`;

// Whether only the second API for queries of runs is served.
export const onlySecond = async (client) => {
  const { instance_flags: flags } = await client._getServerInfo();
  return flags?.ch_query_enabled === false && flags?.sdb_query_enabled === true;
};

// A whole run, as the SDK's low-level calls want one.
export const run = (project, facts = {}) => {
  const { parent, id = uuid7(), ...rest } = facts;
  const start = new Date();
  const stamp = `${start.toISOString().slice(0, -1)}000Z`.replace(/[-:.]/g, '') + id;
  const place = parent
    ? { trace_id: parent.trace_id, parent_run_id: parent.id, dotted_order: `${parent.dotted_order}.${stamp}` }
    : { trace_id: id, dotted_order: stamp };
  return {
    id,
    ...place,
    session_name: project,
    name: 'step',
    run_type: 'chain',
    inputs: { question: 'why?' },
    start_time: start.toISOString(),
    ...rest,
  };
};

// The second half of a run, as the SDK sends it when the run ends.
export const ended = ({ id, trace_id, dotted_order, parent_run_id, session_name }, facts = {}) => ({
  id,
  trace_id,
  dotted_order,
  ...(parent_run_id && { parent_run_id }),
  session_name,
  end_time: new Date().toISOString(),
  outputs: { answer: 'because' },
  ...facts,
});

// A run that is there and has ended.
export const recorded = async (client, project, facts = {}) => {
  const whole = run(project, { end_time: new Date().toISOString(), outputs: { answer: 'because' }, ...facts });
  await client.batchIngestRuns({ runCreates: [whole] });
  return whole;
};

export const session = async (client, project) => (await client.readProject({ projectName: project })).id;

const SELECTS = [
  'ID',
  'NAME',
  'RUN_TYPE',
  'STATUS',
  'INPUTS',
  'OUTPUTS',
  'ERROR',
  'TAGS',
  'EXTRA',
  'METADATA',
  'PARENT_RUN_IDS',
  'TRACE_ID',
  'REFERENCE_EXAMPLE_ID',
  'START_TIME',
  'END_TIME',
  'EVENTS',
];

const asFirst = ({ metadata, ...found }) => ({
  ...found,
  extra: { ...found.extra, metadata: metadata ?? {} },
  run_type: found.run_type.toLowerCase(),
  status: found.status.toLowerCase(),
  parent_run_id: found.parent_run_ids?.at(-1) ?? null,
});

// The runs of a project by id, through the API that the deployment has, flushed before.
export const runs = async (client, project) => {
  await client.flush();
  let found;
  if (await onlySecond(client)) {
    const query = { project_ids: [await session(client, project)], selects: SELECTS };
    found = (await all(client.runs.queryV2(query))).map(asFirst);
  } else {
    found = await all(client.listRuns({ projectName: project }));
  }
  return new Map(found.map((one) => [one.id, one]));
};

export const byName = async (client, project) =>
  Object.fromEntries([...(await runs(client, project)).values()].map((one) => [one.name, one]));

export const CAPITALS = [
  { inputs: { country: 'Peru' }, outputs: { capital: 'Lima' }, metadata: { continent: 'America' }, split: 'train' },
  { inputs: { country: '日本' }, outputs: { capital: '東京' }, metadata: { continent: 'Asia' }, split: 'test' },
  {
    inputs: { country: 'Chad' },
    outputs: { capital: "N'Djamena" },
    metadata: { continent: 'Africa' },
    split: ['test', 'hard'],
  },
];
export const CAPITAL_OF = Object.fromEntries(CAPITALS.map(({ inputs, outputs }) => [inputs.country, outputs.capital]));

// A dataset of three capitals, or of the given examples.
export const dataset = async (client, examples = CAPITALS) => {
  const made = await client.createDataset(name('dataset'));
  if (examples.length > 0) {
    await client.createExamples(examples.map((example) => ({ ...example, dataset_id: made.id })));
  }
  return made;
};

// The examples of a dataset of capitals.
export const byCountry = async (client, datasetId, query = {}) => {
  const found = await all(client.listExamples({ datasetId, ...query }));
  return Object.fromEntries(found.map((one) => [one.inputs.country, one]));
};

// The capital of every country of a dataset.
export const capitals = async (client, datasetId, query = {}) => {
  const found = await byCountry(client, datasetId, query);
  return Object.fromEntries(Object.entries(found).map(([country, one]) => [country, one.outputs?.capital]));
};

const message = (role, text) => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain', 'prompts', 'chat', `${role}MessagePromptTemplate`],
  kwargs: {
    prompt: {
      lc: 1,
      type: 'constructor',
      id: ['langchain', 'prompts', 'prompt', 'PromptTemplate'],
      kwargs: { input_variables: ['name'], template: text, template_format: 'f-string' },
    },
  },
});

// A prompt as LangChain writes it.
export const manifest = (text) => ({
  lc: 1,
  type: 'constructor',
  id: ['langchain', 'prompts', 'chat', 'ChatPromptTemplate'],
  kwargs: { input_variables: ['name'], messages: [message('System', text), message('Human', 'I am {name}.')] },
});
