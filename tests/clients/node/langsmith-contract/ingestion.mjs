// Runs as the low-level calls write them: one by one, in batches, in parts, in any order.
import { Client } from 'langsmith';
import { equal, subject } from './checks.mjs';
import * as made from './made.mjs';

const whole = async (client, project, id) => {
  const found = (await made.runs(client, project)).get(id);
  equal([found.inputs, found.outputs, found.status], [{ question: 'why?' }, { answer: 'because' }, 'success']);
};

// The halves of a run, each written by its own call.
const halves = async (client, project, first, second) => {
  const started = made.run(project);
  await first(started);
  await second(made.ended(started));
  await whole(client, project, started.id);
};

subject('ingestion', {
  async one_by_one(client) {
    const single = new Client({ autoBatchTracing: false });
    const create = ({ session_name: project_name, ...run }) => single.createRun({ ...run, project_name });
    await halves(client, made.name('single'), create, ({ id, ...end }) => single.updateRun(id, end));
  },

  async batch(client) {
    const create = (run) => client.batchIngestRuns({ runCreates: [run] });
    await halves(client, made.name('batch'), create, (end) => client.batchIngestRuns({ runUpdates: [end] }));
  },

  async parts(client) {
    const create = (run) => client.multipartIngestRuns({ runCreates: [run] });
    await halves(client, made.name('parts'), create, (end) => client.multipartIngestRuns({ runUpdates: [end] }));
  },

  async compressed_parts(client) {
    const project = made.name('gzip');
    const run = made.run(project, { outputs: { answer: 'because' }, end_time: new Date().toISOString() });
    await client.multipartIngestRuns({ runCreates: [run] }, { useGzip: true });
    await whole(client, project, run.id);
  },

  async both_halves_at_once(client) {
    for (const ingest of ['batchIngestRuns', 'multipartIngestRuns']) {
      const project = made.name('both');
      const run = made.run(project);
      await client[ingest]({ runCreates: [run], runUpdates: [made.ended(run)] });
      await whole(client, project, run.id);
    }
  },

  async the_end_before_the_start(client) {
    for (const ingest of ['batchIngestRuns', 'multipartIngestRuns']) {
      const project = made.name('reversed');
      const run = made.run(project);
      await client[ingest]({ runUpdates: [made.ended(run)] });
      await client[ingest]({ runCreates: [run] });
      await whole(client, project, run.id);
    }
  },

  async many(client) {
    const project = made.name('many');
    const many = Array.from({ length: 250 }, (_, number) => made.run(project, { name: `run ${number}` }));
    await client.multipartIngestRuns({ runCreates: many });
    equal((await made.runs(client, project)).size, 250);
  },

  async large(client) {
    const project = made.name('large');
    const text = 'ü'.repeat(2 << 20);
    const run = made.run(project, { inputs: { text }, outputs: { n: 1 }, end_time: new Date().toISOString() });
    await client.multipartIngestRuns({ runCreates: [run] });
    equal((await made.runs(client, project)).get(run.id).inputs.text.length, text.length);
  },

  async files(client) {
    const project = made.name('files');
    const run = made.run(project, {
      outputs: { n: 1 },
      attachments: { note: ['text/plain', new TextEncoder().encode('hello')] },
    });
    await client.multipartIngestRuns({ runCreates: [run] });
    equal((await made.runs(client, project)).get(run.id).outputs, { n: 1 });
  },
});
