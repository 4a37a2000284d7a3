// Annotation queues.
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

const filled = async (client) => {
  const { id } = await client.createAnnotationQueue({ name: made.name('queue') });
  const project = made.name('queued');
  const runs = [await made.recorded(client, project), await made.recorded(client, project)];
  const sessionId = await made.session(client, project);
  await client.addRunsToAnnotationQueue(
    id,
    runs.map((run) => ({ runId: run.id, sessionId, startTime: run.start_time })),
  );
  return { id, runs };
};

subject('queues', {
  async create_read_and_update(client) {
    const name = made.name('queue');
    const { id } = await client.createAnnotationQueue({ name, description: 'To check', rubricInstructions: 'Look' });
    const found = await client.readAnnotationQueue(id);
    equal([found.name, found.description, found.rubric_instructions], [name, 'To check', 'Look']);
    await client.updateAnnotationQueue(id, { name: `${name}-2`, description: 'Later' });
    const again = await client.readAnnotationQueue(id);
    equal([again.name, again.description], [`${name}-2`, 'Later']);
    equal(
      (await all(client.listAnnotationQueues({ nameContains: name }))).map((one) => one.id),
      [id],
    );
  },

  async runs(client) {
    const { id, runs } = await filled(client);
    const listed = async () => (await all(client.listRunsFromAnnotationQueue(id))).map((one) => one.id);
    sameSet(
      await listed(),
      runs.map((one) => one.id),
    );
    equal((await client.getSizeFromAnnotationQueue(id)).size, 2);
    const first = await client.getRunFromAnnotationQueue(id, 0);
    equal(runs.map((one) => one.id).includes(first.id), true);
    await client.deleteRunFromAnnotationQueue(id, runs[0].id);
    equal(await listed(), [runs[1].id]);
  },

  async delete_one(client) {
    const { id } = await filled(client);
    await client.deleteAnnotationQueue(id);
    await refused(() => client.readAnnotationQueue(id), /404|not found/i);
  },
});
