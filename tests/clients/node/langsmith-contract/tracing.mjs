// Runs as programs make them: through `traceable` and run trees.
import { RunTree } from 'langsmith';
import { traceable } from 'langsmith/traceable';
import { equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

const traced = (client, project, work, facts = {}) =>
  traceable(work, { client, project_name: project, tracingEnabled: true, ...facts });

subject('tracing', {
  async the_first_run_makes_the_project(client) {
    const project = made.name('traced');
    equal(await traced(client, project, async (text) => `${text}!`, { name: 'shout' })('hey'), 'hey!');
    const { shout } = await made.byName(client, project);
    equal([shout.inputs, shout.outputs, shout.status], [{ input: 'hey' }, { outputs: 'hey!' }, 'success']);
    equal([shout.trace_id, shout.parent_run_id ?? null], [shout.id, null]);
  },

  async nested(client) {
    const project = made.name('traced');
    const model = traceable(async (text) => ({ text: text.toUpperCase() }), { name: 'model', run_type: 'llm', client });
    const agent = traced(client, project, async (text) => model(text), { name: 'agent' });
    equal(await agent('ada'), { text: 'ADA' });
    const found = await made.byName(client, project);
    sameSet(Object.keys(found), ['agent', 'model']);
    equal([found.model.run_type, found.model.parent_run_id], ['llm', found.agent.id]);
    equal([found.model.trace_id, found.agent.outputs.text], [found.agent.id, 'ADA']);
  },

  async an_error_is_kept(client) {
    const project = made.name('traced');
    const fails = async () => {
      throw new Error('no such city');
    };
    await refused(() => traced(client, project, fails, { name: 'fails' })(), /no such city/);
    const found = (await made.byName(client, project)).fails;
    equal([found.status, found.error.includes('no such city')], ['error', true]);
  },

  async tags_and_metadata(client) {
    const project = made.name('traced');
    await traced(client, project, async () => 1, { name: 'step', tags: ['fixed'], metadata: { level: 2 } })();
    const { step } = await made.byName(client, project);
    equal([step.tags, step.extra.metadata.level], [['fixed'], 2]);
  },

  async run_tree(client) {
    const project = made.name('tree');
    const root = new RunTree({ name: 'root', inputs: { a: 1 }, project_name: project, client, tracingEnabled: true });
    await root.postRun();
    const child = root.createChild({ name: 'child', run_type: 'llm', inputs: { b: 2 } });
    await child.postRun();
    await child.end({ c: 3 });
    await child.patchRun();
    await root.end({ d: 4 });
    await root.patchRun();
    const found = await made.runs(client, project);
    equal([found.get(child.id).outputs, found.get(child.id).parent_run_id], [{ c: 3 }, root.id]);
    equal([found.get(root.id).outputs, found.get(root.id).status], [{ d: 4 }, 'success']);
  },

  async a_stream(client) {
    const project = made.name('traced');
    const tokens = traced(
      client,
      project,
      async function* () {
        yield 'a';
        yield 'b';
      },
      { name: 'tokens' },
    );
    const seen = [];
    for await (const token of tokens()) seen.push(token);
    const found = (await made.byName(client, project)).tokens;
    equal([seen, found.outputs], [['a', 'b'], { outputs: ['a', 'b'] }]);
  },
});
