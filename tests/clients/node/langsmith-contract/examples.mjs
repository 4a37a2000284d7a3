// Examples.
import { uuid7 } from 'langsmith';
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

subject('examples', {
  async one(client) {
    const { id: dataset_id } = await made.dataset(client, []);
    const id = uuid7();
    const wanted = {
      id,
      dataset_id,
      inputs: { country: 'Oman' },
      outputs: { capital: 'Muscat' },
      metadata: { level: 2 },
      split: 'test',
    };
    await client.createExample(wanted);
    const found = await client.readExample(id);
    equal([found.inputs, found.outputs, found.dataset_id], [wanted.inputs, wanted.outputs, dataset_id]);
    equal(found.metadata, { level: 2, dataset_split: ['test'] });
  },

  async many(client) {
    const { id } = await made.dataset(client);
    equal(await made.capitals(client, id), made.CAPITAL_OF);
    equal((await client.readDataset({ datasetId: id })).example_count, 3);
  },

  async in_lists(client) {
    const { id } = await made.dataset(client, []);
    const exampleIds = [uuid7(), uuid7()];
    const lists = {
      inputs: [{ n: 1 }, { n: 2 }],
      outputs: [{ m: 1 }, { m: 2 }],
      splits: ['a', ['b', 'c']],
      exampleIds,
    };
    await client.createExamples({ datasetId: id, ...lists });
    const found = new Map((await all(client.listExamples({ datasetId: id }))).map((one) => [one.id, one]));
    equal(
      exampleIds.map((one) => [found.get(one).inputs.n, found.get(one).outputs.m]),
      [
        [1, 1],
        [2, 2],
      ],
    );
    sameSet(found.get(exampleIds[1]).metadata.dataset_split, ['b', 'c']);
  },

  async from_a_run(client) {
    const { id: dataset_id } = await made.dataset(client, []);
    const run = await made.recorded(client, made.name('source'));
    await client.createExample({ dataset_id, source_run_id: run.id, use_source_run_io: true });
    const [found] = await all(client.listExamples({ datasetId: dataset_id }));
    equal([found.inputs, found.outputs, found.source_run_id], [run.inputs, run.outputs, run.id]);
  },

  async lists(client) {
    const { id } = await made.dataset(client);
    const { Peru, Chad } = await made.byCountry(client, id);
    sameSet(
      (await all(client.listExamples({ datasetId: id, exampleIds: [Peru.id, Chad.id] }))).map((one) => one.id),
      [Peru.id, Chad.id],
    );
    equal(Object.keys(await made.byCountry(client, id, { metadata: { continent: 'Asia' } })), ['日本']);
    equal(Object.keys(await made.byCountry(client, id, { limit: 2 })).length, 2);
  },

  async update(client) {
    const { id } = await made.dataset(client);
    const { Peru, Chad } = await made.byCountry(client, id);
    const updates = [
      { id: Peru.id, dataset_id: id, outputs: { capital: 'Cusco' } },
      { id: Chad.id, dataset_id: id, split: 'easy' },
    ];
    await client.updateExamples(updates);
    const found = await made.byCountry(client, id);
    equal([found.Peru.inputs, found.Peru.outputs], [{ country: 'Peru' }, { capital: 'Cusco' }]);
    equal([found.Chad.outputs.capital, found.Chad.metadata.dataset_split], ["N'Djamena", ['easy']]);
  },

  async files(client) {
    const { id: dataset_id } = await made.dataset(client, []);
    const data = new TextEncoder().encode('hello');
    const id = uuid7();
    await client.createExample({
      id,
      dataset_id,
      inputs: { n: 1 },
      attachments: { note: { mimeType: 'text/plain', data } },
    });
    const [found] = await all(client.listExamples({ datasetId: dataset_id, includeAttachments: true }));
    equal(await (await fetch(found.attachments.note.presigned_url)).text(), 'hello');
    const attachments_operations = { rename: { note: 'letter' }, retain: [] };
    await client.updateExample({ id, dataset_id, attachments_operations });
    const [again] = await all(client.listExamples({ datasetId: dataset_id, includeAttachments: true }));
    equal(Object.keys(again.attachments), ['letter']);
  },

  async delete_some(client) {
    const { id } = await made.dataset(client);
    const { Peru, Chad, 日本: japan } = await made.byCountry(client, id);
    await client.deleteExample(Peru.id);
    await refused(() => client.readExample(Peru.id), /404|not found/i);
    await client.deleteExamples([Chad.id]);
    equal(
      (await all(client.listExamples({ datasetId: id }))).map((one) => one.id),
      [japan.id],
    );
  },

  async delete_for_good(client) {
    const { id } = await made.dataset(client);
    const before = (await client.readDatasetVersion({ datasetId: id, tag: 'latest' })).as_of;
    const { Peru } = await made.byCountry(client, id);
    await client.deleteExamples([Peru.id], { hardDelete: true });
    sameSet(Object.keys(await made.byCountry(client, id, { asOf: before })), ['Chad', '日本']);
  },
});
