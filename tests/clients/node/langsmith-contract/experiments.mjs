// Experiments.
import { evaluate } from 'langsmith/evaluation';
import { all, equal, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

const answer = async ({ country }) => ({ capital: made.CAPITAL_OF[country] });
const lima = async () => ({ capital: 'Lima' });
const correct = ({ outputs, referenceOutputs }) => ({
  key: 'correct',
  score: Number(outputs.capital === referenceOutputs.capital),
});

// An experiment over a new dataset of three capitals, everything written.
const experiment = async (client, target, facts = {}) => {
  const dataset = await made.dataset(client);
  const options = {
    data: dataset.name,
    evaluators: [correct],
    experimentPrefix: made.name('evaluate'),
    client,
    ...facts,
  };
  const results = await evaluate(target, options);
  await client.flush();
  const read = () => client.readProject({ projectName: results.experimentName, includeStats: true });
  return { dataset, results, read, found: await read() };
};

subject('experiments', {
  async evaluate_all(client) {
    const { dataset, results, found } = await experiment(client, answer, { metadata: { model: 'm-1' } });
    equal([found.reference_dataset_id, found.run_count, found.extra.metadata.model], [dataset.id, 3, 'm-1']);
    equal([found.feedback_stats.correct.n, found.feedback_stats.correct.avg], [3, 1]);
    const runs = [...(await made.runs(client, results.experimentName)).values()];
    const examples = Object.values(await made.byCountry(client, dataset.id));
    sameSet(
      runs.map((run) => run.reference_example_id),
      examples.map(({ id }) => id),
    );
    sameSet(
      runs.map((run) => run.outputs.capital),
      Object.values(made.CAPITAL_OF),
    );
  },

  async the_version_of_the_dataset(client) {
    const { dataset, read } = await experiment(client, answer);
    const latest = (await client.readDatasetVersion({ datasetId: dataset.id, tag: 'latest' })).as_of;
    const found = await read();
    equal(new Date(found.extra.metadata.dataset_version).getTime(), new Date(latest).getTime());
  },

  async summaries(client) {
    const accuracy = ({ outputs, referenceOutputs }) => {
      const right = outputs.filter((one, at) => one.capital === referenceOutputs[at].capital).length;
      return { key: 'accuracy', score: right / outputs.length };
    };
    const { found } = await experiment(client, answer, { summaryEvaluators: [accuracy] });
    equal(found.session_feedback_stats.accuracy.avg, 1);
  },

  async repetitions(client) {
    const { found } = await experiment(client, lima, { numRepetitions: 2 });
    equal([found.run_count, found.feedback_stats.correct.n], [6, 6]);
    equal(Math.round(found.feedback_stats.correct.avg * 1000), 333);
  },

  async failures(client) {
    const fails = async ({ country }) => {
      if (country === 'Chad') throw new Error('Chad');
      return answer({ country });
    };
    const { results } = await experiment(client, fails);
    const statuses = [...(await made.runs(client, results.experimentName)).values()].map(({ status }) => status);
    equal(statuses.sort(), ['error', 'success', 'success']);
  },

  async two_compared(client) {
    const { dataset, results } = await experiment(client, answer);
    const other = await evaluate(lima, { data: dataset.name, evaluators: [correct], client });
    await client.flush();
    const prefer = ({ runs, example }) => ({
      key: 'preferred',
      scores: Object.fromEntries(runs.map((run) => [run.id, Number(run.outputs.capital === example.outputs.capital)])),
    });
    const names = [results.experimentName, other.experimentName];
    const compared = await evaluate(names, { evaluators: [prefer], client });
    await client.flush();
    equal([compared.results.length, compared.comparativeExperiment.reference_dataset_id], [3, dataset.id]);
    const runIds = [];
    for (const name of names) runIds.push(...(await made.runs(client, name)).keys());
    const kept = await all(client.listFeedback({ runIds, feedbackKeys: ['preferred'] }));
    equal([kept.length, kept.reduce((sum, { score }) => sum + score, 0)], [6, 4]);
  },
});
