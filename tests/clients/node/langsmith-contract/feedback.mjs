// Feedback, its configurations, and addresses through which somebody without a key may leave it.
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

const scored = async (client, facts = {}) => {
  const project = made.name('scored');
  const run = await made.recorded(client, project);
  const sessionId = await made.session(client, project);
  const created = await client.createFeedback({ runId: run.id, sessionId, key: 'correct', score: 1, ...facts });
  return { project, run, sessionId, id: created.id };
};

const RANGE = { type: 'continuous', min: 0, max: 5 };
const TOPICS = {
  type: 'categorical',
  categories: [
    { value: 0, label: 'billing' },
    { value: 1, label: 'shipping' },
  ],
};

subject('feedback', {
  async create_and_read(client) {
    const { run, sessionId, id } = await scored(client, {
      score: 0.25,
      comment: 'nearly',
      correction: { capital: 'Lima' },
    });
    const found = await client.readFeedback(id);
    equal([found.key, found.score, found.comment, found.correction], ['correct', 0.25, 'nearly', { capital: 'Lima' }]);
    equal([found.run_id, found.session_id, found.feedback_source.type], [run.id, sessionId, 'api']);
  },

  async with_its_trace(client) {
    const project = made.name('scored');
    const run = await made.recorded(client, project);
    const sessionId = await made.session(client, project);
    const { id } = await client.createFeedback({ runId: run.id, traceId: run.id, sessionId, key: 'correct', score: 1 });
    await client.flush();
    equal((await client.readFeedback(id)).score, 1);
  },

  async update(client) {
    const { id } = await scored(client, { comment: 'first' });
    await client.updateFeedback(id, { score: 0.5, comment: 'second' });
    const found = await client.readFeedback(id);
    equal([found.score, found.comment, found.key], [0.5, 'second', 'correct']);
  },

  async lists(client) {
    const { run, sessionId, id } = await scored(client);
    const other = await client.createFeedback({
      runId: run.id,
      sessionId,
      key: 'helpful',
      score: 0,
      feedbackSourceType: 'model',
    });
    const listed = async (query) => (await all(client.listFeedback(query))).map((one) => one.id);
    sameSet(await listed({ runIds: [run.id] }), [id, other.id]);
    equal(await listed({ runIds: [run.id], feedbackKeys: ['helpful'] }), [other.id]);
    equal(await listed({ runIds: [run.id], feedbackSourceTypes: ['model'] }), [other.id]);
  },

  async delete_one(client) {
    const { run, id } = await scored(client);
    await client.deleteFeedback(id);
    await refused(() => client.readFeedback(id), /404|not found/i);
    equal(await all(client.listFeedback({ runIds: [run.id] })), []);
  },

  async by_a_token(client) {
    const run = await made.recorded(client, made.name('token'));
    const token = await client.createPresignedFeedbackToken(run.id, 'thumbs', { expiration: { hours: 1 } });
    equal(
      (await all(client.listPresignedFeedbackTokens(run.id))).map(({ id }) => id),
      [token.id],
    );
    const body = JSON.stringify({ score: 1 });
    const answer = await fetch(token.url, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
    equal(answer.ok, true);
    const [found] = await all(client.listFeedback({ runIds: [run.id] }));
    equal([found.key, found.score], ['thumbs', 1]);
  },

  async configurations(client) {
    const feedbackKey = made.name('rating');
    await client.createFeedbackConfig({ feedbackKey, feedbackConfig: RANGE, isLowerScoreBetter: true });
    const listed = () => all(client.listFeedbackConfigs({ feedbackKeys: [feedbackKey] }));
    const [found] = await listed();
    equal([found.feedback_config.max, found.is_lower_score_better], [5, true]);
    await client.updateFeedbackConfig(feedbackKey, { feedbackConfig: { ...RANGE, max: 10 } });
    equal((await listed())[0].feedback_config.max, 10);
    await client.deleteFeedbackConfig(feedbackKey);
    equal(await listed(), []);
  },

  async categories(client) {
    const feedbackKey = made.name('topics');
    await client.createFeedbackConfig({ feedbackKey, feedbackConfig: TOPICS });
    await client.addFeedbackCategories(feedbackKey, [{ value: 2, label: 'returns' }]);
    await client.removeFeedbackCategories(feedbackKey, [0]);
    const [found] = await all(client.listFeedbackConfigs({ feedbackKeys: [feedbackKey] }));
    equal(
      found.feedback_config.categories.map(({ label }) => label),
      ['shipping', 'returns'],
    );
  },
});
