// Prompts and their commits.
import { all, equal, refused, sameSet, subject } from './checks.mjs';
import * as made from './made.mjs';

const hello = made.manifest('Greet {name}.');
const bye = made.manifest('Say good-bye to {name}.');
const skipCache = true;

subject('prompts', {
  async push_and_pull(client) {
    const name = made.name('prompt');
    const url = await client.pushPrompt(name, { object: hello, description: 'Greets', tags: ['a'] });
    const found = await client.getPrompt(name);
    equal([found.description, found.num_commits, found.tags.includes('a')], ['Greets', 1, true]);
    equal([url.includes(name), url.includes(found.last_commit_hash.slice(0, 8))], [true, true]);
    const commit = await client.pullPromptCommit(name, { skipCache });
    equal([commit.commit_hash, commit.manifest.kwargs.messages], [found.last_commit_hash, hello.kwargs.messages]);
  },

  async a_second_commit(client) {
    const name = made.name('prompt');
    await client.pushPrompt(name, { object: hello });
    const first = (await client.pullPromptCommit(name, { skipCache })).commit_hash;
    await client.pushPrompt(name, { object: bye });
    const second = (await client.pullPromptCommit(name, { skipCache })).commit_hash;
    equal(
      (await all(client.listCommits(name))).map((one) => one.commit_hash),
      [second, first],
    );
    const old = await client.pullPromptCommit(`${name}:${first}`, { skipCache });
    equal(old.manifest.kwargs.messages, hello.kwargs.messages);
  },

  async tags_name_commits(client) {
    const name = made.name('prompt');
    await client.pushPrompt(name, { object: hello, commitTags: ['production'] });
    const first = (await client.pullPromptCommit(name, { skipCache })).commit_hash;
    await client.pushPrompt(name, { object: bye });
    equal((await client.pullPromptCommit(`${name}:production`, { skipCache })).commit_hash, first);
  },

  async the_same_again_is_no_commit(client) {
    const name = made.name('prompt');
    await client.pushPrompt(name, { object: hello });
    await refused(() => client.pushPrompt(name, { object: hello }), /409|Nothing to commit/);
    equal((await client.getPrompt(name)).num_commits, 1);
  },

  async create_update_and_list(client) {
    const stem = made.name('listed');
    for (const number of [0, 1, 2]) await client.createPrompt(`${stem}-${number}`, { tags: ['old'] });
    await client.updatePrompt(`${stem}-1`, { description: 'after', tags: ['new'] });
    const found = await client.getPrompt(`${stem}-1`);
    equal([found.description, found.tags], ['after', ['new']]);
    const listed = async (query) =>
      (await all(client.listPrompts({ query: stem, ...query }))).map((one) => one.repo_handle);
    sameSet(
      await listed({}),
      [0, 1, 2].map((number) => `${stem}-${number}`),
    );
    await client.updatePrompt(`${stem}-2`, { isArchived: true });
    equal(await listed({ isArchived: true }), [`${stem}-2`]);
  },

  async likes(client) {
    const name = made.name('prompt');
    await client.createPrompt(name);
    equal(await client.likePrompt(name), { likes: 1 });
    equal(await client.unlikePrompt(name), { likes: 0 });
  },

  async delete_one(client) {
    const name = made.name('prompt');
    await client.pushPrompt(name, { object: hello });
    equal(await client.promptExists(name), true);
    await client.deletePrompt(name);
    equal([await client.promptExists(name), await client.getPrompt(name)], [false, null]);
  },
});
