// Reading runs.
import { uuid7 } from 'langsmith';
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

// A root, its child, and a root that failed.
const three = async (client) => {
  const project = made.name('read');
  const done = { outputs: { answer: 'because' }, end_time: new Date().toISOString() };
  const root = made.run(project, { name: 'root', tags: ['red'], ...done });
  const child = made.run(project, { name: 'child', run_type: 'llm', parent: root, ...done });
  const failed = made.run(project, { name: 'failed', error: 'boom', end_time: done.end_time });
  await client.batchIngestRuns({ runCreates: [root, child, failed] });
  return { project, root, child, failed };
};

subject('reading', {
  async read_run(client) {
    const { root, child } = await three(client);
    const found = await client.readRun(root.id);
    equal([found.id, found.name, found.inputs, found.outputs], [root.id, 'root', root.inputs, root.outputs]);
    const whole = await client.readRun(root.id, { loadChildRuns: true });
    equal(
      whole.child_runs.map(({ id }) => id),
      [child.id],
    );
    await refused(() => client.readRun(uuid7()), /404|not found/i);
  },

  async list_runs(client) {
    const { project, root, child, failed } = await three(client);
    const ids = async (query) => (await all(client.listRuns({ projectName: project, ...query }))).map(({ id }) => id);
    sameSet(await ids({}), [root.id, child.id, failed.id]);
    sameSet(await ids({ isRoot: true }), [root.id, failed.id]);
    equal(await ids({ runType: 'llm' }), [child.id]);
    equal(await ids({ error: true }), [failed.id]);
    sameSet(await ids({ traceId: root.id }), [root.id, child.id]);
    equal(await ids({ parentRunId: root.id }), [child.id]);
    equal(await ids({ filter: 'eq(name, "child")' }), [child.id]);
    equal((await ids({ limit: 2 })).length, 2);
    equal(
      (await all(client.listRuns({ id: [root.id] }))).map(({ id }) => id),
      [root.id],
    );
  },

  async query(client) {
    const { project, root, child, failed } = await three(client);
    const project_ids = [await made.session(client, project)];
    const min_start_time = new Date(Date.now() - 3_600_000).toISOString();
    const ids = async (facts) =>
      (await all(client.runs.queryV2({ project_ids, min_start_time, selects: ['ID'], ...facts }))).map(({ id }) => id);
    sameSet(await ids({}), [root.id, child.id, failed.id]);
    sameSet(await ids({ page_size: 1 }), [root.id, child.id, failed.id]);
    equal(await ids({ has_error: true }), [failed.id]);
    equal(await ids({ run_type: 'LLM' }), [child.id]);
  },

  async retrieve(client) {
    const { project, root } = await three(client);
    const where = { project_id: await made.session(client, project), start_time: root.start_time };
    const found = await client.runs.retrieveV2(root.id, { ...where, selects: ['ID', 'NAME', 'INPUTS'] });
    equal([found.id, found.name, found.inputs], [root.id, 'root', root.inputs]);
  },

  async thread(client) {
    const [project, thread] = [made.name('thread'), made.name('thread')];
    for (const text of ['one', 'two']) {
      await made.recorded(client, project, { inputs: { text }, extra: { metadata: { thread_id: thread } } });
    }
    const found = await all(client.readThread({ threadId: thread, projectName: project }));
    equal(
      found.map(({ inputs }) => inputs.text),
      ['one', 'two'],
    );
  },

  async run_statistics(client) {
    const { project } = await three(client);
    const roots = await client.getRunStats({ projectIds: [await made.session(client, project)], isRoot: true });
    equal([roots.run_count, roots.error_rate], [2, 0.5]);
  },
});
