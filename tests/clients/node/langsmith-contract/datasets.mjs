// Datasets, their versions, tags and splits.
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

// A dataset that changed after the version that comes with it.
const grown = async (client) => {
  const { id } = await made.dataset(client);
  const first = await client.readDatasetVersion({ datasetId: id, tag: 'latest' });
  const { Peru, Chad } = await made.byCountry(client, id);
  await client.updateExample({ id: Peru.id, outputs: { capital: 'Cusco' } });
  await client.deleteExample(Chad.id);
  return { id, first, Peru, Chad };
};

subject('datasets', {
  async create_and_read(client) {
    const name = made.name('dataset');
    const inputsSchema = { type: 'object', required: ['country'] };
    const { id } = await client.createDataset(name, {
      description: 'Capitals',
      inputsSchema,
      metadata: { team: 'blue' },
    });
    for (const query of [{ datasetId: id }, { datasetName: name }]) {
      const found = await client.readDataset(query);
      equal([found.id, found.name, found.description, found.data_type], [id, name, 'Capitals', 'kv']);
      equal([found.inputs_schema_definition, found.metadata.team], [inputsSchema, 'blue']);
    }
    await refused(() => client.createDataset(name), /409|already exists/);
    equal(await client.hasDataset({ datasetName: made.name('none') }), false);
  },

  async lists(client) {
    const stem = made.name('listed');
    const ids = [];
    for (const number of [0, 1, 2]) ids.push((await client.createDataset(`${stem}-${number}`)).id);
    const listed = async (query) => (await all(client.listDatasets(query))).map(({ id }) => id);
    sameSet(await listed({ datasetNameContains: stem }), ids);
    equal(await listed({ datasetName: `${stem}-1` }), [ids[1]]);
    sameSet(await listed({ datasetIds: ids.slice(0, 2) }), ids.slice(0, 2));
  },

  async update(client) {
    const { id } = await client.createDataset(made.name('dataset'));
    const name = made.name('renamed');
    await client.updateDataset({ datasetId: id, name, description: 'Later' });
    const found = await client.readDataset({ datasetId: id });
    equal([found.name, found.description], [name, 'Later']);
  },

  async versions(client) {
    const { id, first } = await grown(client);
    equal(await made.capitals(client, id, { asOf: first.as_of }), made.CAPITAL_OF);
    equal(await made.capitals(client, id), { Peru: 'Cusco', 日本: '東京' });
  },

  async tags(client) {
    const { id, first } = await grown(client);
    await client.updateDatasetTag({ datasetId: id, asOf: first.as_of, tag: 'prod' });
    const found = await client.readDatasetVersion({ datasetId: id, tag: 'prod' });
    equal([found.as_of, found.tags], [first.as_of, ['prod']]);
    equal(await made.capitals(client, id, { asOf: 'prod' }), made.CAPITAL_OF);
  },

  async difference(client) {
    const { id, first, Peru, Chad } = await grown(client);
    const found = await client.diffDatasetVersions({ datasetId: id, fromVersion: first.as_of, toVersion: 'latest' });
    equal([found.examples_modified, found.examples_removed, found.examples_added], [[Peru.id], [Chad.id], []]);
  },

  async splits(client) {
    const { id } = await made.dataset(client);
    sameSet(await client.listDatasetSplits({ datasetId: id }), ['hard', 'test', 'train']);
    sameSet(Object.keys(await made.byCountry(client, id, { splits: ['test'] })), ['Chad', '日本']);
    const { Peru } = await made.byCountry(client, id);
    await client.updateDatasetSplits({ datasetId: id, splitName: 'extra', exampleIds: [Peru.id] });
    equal(Object.keys(await made.byCountry(client, id, { splits: ['extra'] })), ['Peru']);
    await client.updateDatasetSplits({ datasetId: id, splitName: 'extra', exampleIds: [Peru.id], remove: true });
    equal(await made.byCountry(client, id, { splits: ['extra'] }), {});
  },

  async upload_csv(client) {
    const name = made.name('table');
    const csvFile = new Blob(['country,capital\nPeru,Lima\n日本,東京\n']);
    const table = { csvFile, fileName: 'capitals.csv', inputKeys: ['country'], outputKeys: ['capital'], name };
    const { id } = await client.uploadCsv(table);
    equal(await made.capitals(client, id), { Peru: 'Lima', 日本: '東京' });
  },

  async delete_one(client) {
    const { id, name } = await made.dataset(client);
    await client.deleteDataset({ datasetName: name });
    await refused(() => client.readDataset({ datasetId: id }), /404|not found/i);
    equal(await client.hasDataset({ datasetName: name }), false);
  },
});
