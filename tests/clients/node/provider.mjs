// What both generations of the TypeScript client share: an OAuth provider that remembers in memory, the person
// with a browser, and the report. Both SDKs ask for the same provider interface.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

// Nothing listens here: the fake browser hands the redirect over without following it.
const REDIRECT_URI = 'http://localhost:3030/callback';

export class MemoryProvider {
  logins = 0;
  redirectUrl = REDIRECT_URI;
  // The URL of a document about this client, if it has one.
  clientMetadataUrl = process.env.CLIENT_DOCUMENT;
  clientMetadata = {
    client_name: 'TypeScript client test',
    redirect_uris: [REDIRECT_URI],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  };

  constructor(login) {
    this.login = login;
  }

  state() {
    return (this.expectedState = randomUUID());
  }
  clientInformation() {
    return this.client;
  }
  saveClientInformation(client) {
    this.client = client;
  }
  tokens() {
    return this.saved;
  }
  saveTokens(tokens) {
    this.saved = tokens;
  }
  saveCodeVerifier(verifier) {
    this.verifier = verifier;
  }
  codeVerifier() {
    return this.verifier;
  }

  async redirectToAuthorization(url) {
    this.logins += 1;
    const browser = [process.env.FAKE_BROWSER, url.href, REDIRECT_URI, this.login];
    const { stdout } = await promisify(execFile)(process.env.PYTHON, browser, { timeout: 60_000 });
    this.callback = new URL(stdout.trim()).searchParams;
    if (this.callback.get('state') !== this.expectedState) throw new Error(`another state in ${stdout}`);
    if (!this.callback.has('code')) throw new Error(`the login ended without a code: ${stdout}`);
  }

  // The server answers a spoiled token as it answers an expired one: 401 `invalid_token`.
  spoilAccessToken() {
    const before = this.saved;
    this.saved = { ...before, access_token: `${before.access_token.slice(0, -8)}AAAAAAAA` };
    return before;
  }
}

// Logs in and answers a connected client. `connect()` answers one, or throws the SDK's UnauthorizedError after the
// browser has been sent away; `finish` is the SDK's way to hand the callback over.
export async function logIn(provider, { connect, finish, UnauthorizedError }) {
  await connect().then(
    () => Promise.reject(new Error('connected without logging in')),
    (error) => {
      if (!(error instanceof UnauthorizedError)) throw error;
    },
  );
  await finish(provider.callback);
  return connect();
}

// Runs the whole story: a login, and a call before and after the token is spoiled.
export async function story(provider, sdk) {
  const client = await logIn(provider, sdk);
  const tools = await client.listTools();
  const call = { name: 'list_projects', arguments: { limit: 5 } };
  const first = await client.callTool(call);
  const before = provider.spoilAccessToken();
  const second = await client.callTool(call);
  const report = {
    protocol: sdk.protocol(client),
    tools: tools.tools.map((tool) => tool.name),
    first,
    second,
    access_token_changed: before.access_token !== provider.saved.access_token,
    refresh_token_changed: before.refresh_token !== provider.saved.refresh_token,
    scope: provider.saved.scope,
    iss: provider.callback.get('iss'),
    client_id: provider.client.client_id,
    logins: provider.logins,
  };
  await client.close();
  console.log(JSON.stringify(report));
}
