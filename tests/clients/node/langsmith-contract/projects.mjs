// Projects: the API calls them sessions.
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

subject('projects', {
  async create_and_read(client) {
    const name = made.name('project');
    const created = await client.createProject({ projectName: name, description: 'Kept', metadata: { team: 'blue' } });
    for (const query of [{ projectId: created.id }, { projectName: name }]) {
      const found = await client.readProject(query);
      equal([found.id, found.name, found.description, found.extra.metadata.team], [created.id, name, 'Kept', 'blue']);
    }
  },

  async a_name_is_taken_once(client) {
    const name = made.name('project');
    const first = await client.createProject({ projectName: name });
    await refused(() => client.createProject({ projectName: name }), /409|already exists/);
    equal((await client.createProject({ projectName: name, upsert: true })).id, first.id);
  },

  async update(client) {
    const { id } = await client.createProject({ projectName: made.name('project') });
    const name = made.name('renamed');
    await client.updateProject(id, { name, description: 'Done', metadata: { b: 2 }, endTime: '2026-11-01T12:30:00Z' });
    const found = await client.readProject({ projectId: id });
    equal([found.name, found.description, found.extra.metadata.b], [name, 'Done', 2]);
    equal(found.end_time.slice(0, 19), '2026-11-01T12:30:00');
  },

  async lists(client) {
    const stem = made.name('listed');
    const ids = [];
    for (const number of [0, 1, 2]) ids.push((await client.createProject({ projectName: `${stem}-${number}` })).id);
    const listed = async (query) => (await all(client.listProjects(query))).map(({ id }) => id);
    sameSet(await listed({ nameContains: stem }), ids);
    equal(await listed({ name: `${stem}-1` }), [ids[1]]);
    sameSet(await listed({ projectIds: ids.slice(0, 2) }), ids.slice(0, 2));
  },

  async of_a_dataset(client) {
    const dataset = await made.dataset(client);
    const { id } = await client.createProject({ projectName: made.name('experiment'), referenceDatasetId: dataset.id });
    equal(
      (await all(client.listProjects({ referenceDatasetId: dataset.id }))).map((found) => found.id),
      [id],
    );
    equal(
      (await all(client.listProjects({ referenceDatasetName: dataset.name }))).map((found) => found.id),
      [id],
    );
  },

  async statistics(client) {
    const project = made.name('counted');
    await made.recorded(client, project);
    await made.recorded(client, project, { error: 'boom' });
    const found = await client.readProject({ projectName: project, includeStats: true });
    equal([found.run_count, found.error_rate], [2, 0.5]);
  },

  async delete_one(client) {
    const name = made.name('deleted');
    await client.createProject({ projectName: name });
    equal(await client.hasProject({ projectName: name }), true);
    await client.deleteProject({ projectName: name });
    equal(await client.hasProject({ projectName: name }), false);
    await refused(() => client.readProject({ projectName: name }), /not found/i);
  },
});
