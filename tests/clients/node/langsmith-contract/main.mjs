// LangChain's SDK for TypeScript, driven through its operations: main.mjs URL KEY WORKSPACE [NAME…]
// Every check is a line of output, {name, outcome, detail}. WORKSPACE may be empty: the key's first one. Names limit the
// run to the checks that begin so.
import { run } from './checks.mjs';
import { isolate } from './isolate.mjs';

const [url, key, workspace, ...names] = process.argv.slice(2);
isolate(url, key, workspace);
const subjects = [
  'projects',
  'tracing',
  'ingestion',
  'reading',
  'datasets',
  'examples',
  'experiments',
  'feedback',
  'prompts',
  'queues',
  'sharing',
];
for (const subject of subjects) await import(`./${subject}.mjs`);
await run(names);
