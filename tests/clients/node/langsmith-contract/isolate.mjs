// Points the SDK at the service, and away from whatever the machine has set for it.
export const isolate = (url, key, workspace) => {
  for (const name of Object.keys(process.env)) {
    if (/^LANG(SMITH|CHAIN)_/.test(name)) delete process.env[name];
  }
  Object.assign(process.env, { LANGSMITH_ENDPOINT: url, LANGSMITH_API_KEY: key, LANGSMITH_TRACING: 'true' });
  if (workspace) process.env.LANGSMITH_WORKSPACE_ID = workspace;
  // What the SDK tells a person at the terminal is no line of ours.
  for (const level of ['log', 'info', 'warn', 'error']) console[level] = () => {};
};
