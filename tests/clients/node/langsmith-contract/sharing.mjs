// Showing runs and datasets to whoever has their address.
import { equal, refused, subject } from './checks.mjs';
import * as made from './made.mjs';

subject('sharing', {
  async a_run(client) {
    const run = await made.recorded(client, made.name('shared'));
    equal(await client.readRunSharedLink(run.id), undefined);
    const url = await client.shareRun(run.id);
    equal(await client.readRunSharedLink(run.id), url);
    await client.unshareRun(run.id);
    equal(await client.readRunSharedLink(run.id), undefined);
  },

  async runs_of_a_shared_trace(client) {
    const run = await made.recorded(client, made.name('shared'));
    const token = /public\/([0-9a-f-]+)\/r/.exec(await client.shareRun(run.id))[1];
    equal(
      (await client.listSharedRuns(token)).map(({ id }) => id),
      [run.id],
    );
  },

  async a_dataset(client) {
    const { id, name } = await made.dataset(client);
    const { share_token: token } = await client.shareDataset(id);
    equal((await client.readDatasetSharedSchema(id)).share_token, token);
    const found = await client.readSharedDataset(token);
    equal([found.id, found.name], [id, name]);
    const examples = await client.listSharedExamples(token);
    equal(Object.fromEntries(examples.map((one) => [one.inputs.country, one.outputs.capital])), made.CAPITAL_OF);
    await client.unshareDataset(id);
    await refused(() => client.readSharedDataset(token), /40\d|not found/i);
  },
});
