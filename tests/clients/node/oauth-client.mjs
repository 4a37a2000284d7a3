// A minimal OAuth client for tests that need to hold the pieces: registration, the authorization URL, a loopback
// listener for the redirect, the exchange.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

// A client's page. It names an icon, so that no browser asks for one after the client has gone.
export const page = (text) =>
  `<!doctype html><html lang="en"><title>${text}</title><link rel="icon" href="data:,"><p>${text}.`;

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

// A registered client; whoever listens at its redirect URI is somebody else.
export class OAuthClient {
  // `id`: the client is registered already.
  static async register(origin, name, redirectUri, id) {
    const client = new this();
    await client.prepare(origin, name, redirectUri, id);
    return client;
  }

  async prepare(origin, name, redirectUri, id) {
    this.redirectUri = redirectUri;
    const metadata = await fetch(`${origin}/.well-known/oauth-authorization-server`);
    this.as = await metadata.json();
    this.id = id;
    if (id) return;
    const registration = await fetch(this.as.registration_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: name, redirect_uris: [redirectUri] }),
    });
    if (registration.status !== 201) throw new Error(`registration: ${await registration.text()}`);
    this.id = (await registration.json()).client_id;
  }

  authorizationUrl() {
    this.verifier = base64url(randomBytes(32));
    this.state = base64url(randomBytes(16));
    const url = new URL(this.as.authorization_endpoint);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.id,
      redirect_uri: this.redirectUri,
      state: this.state,
      code_challenge: base64url(createHash('sha256').update(this.verifier).digest()),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  // What every redirect must carry.
  check(parameters) {
    if (parameters.get('state') !== this.state) throw new Error(`state: ${parameters}`);
    if (parameters.get('iss') !== this.as.issuer) throw new Error(`iss: ${parameters}`);
    return parameters;
  }

  async exchange(code) {
    const answer = await fetch(this.as.token_endpoint, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        client_id: this.id,
        code,
        redirect_uri: this.redirectUri,
        code_verifier: this.verifier,
      }),
    });
    const body = await answer.json();
    if (answer.status !== 200 || !body.access_token) throw new Error(`exchange: ${JSON.stringify(body)}`);
    return body;
  }
}

export class LoopbackClient extends OAuthClient {
  static async start(origin, name, id) {
    const client = new LoopbackClient();
    client.arrival = new Promise((resolve) => (client.arrived = resolve));
    client.server = createServer((request, response) => {
      const url = new URL(request.url, client.redirectUri);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end(page('Back at the client'));
      if (url.pathname === '/callback') client.arrived(url.searchParams);
    });
    client.server.listen(0, '127.0.0.1');
    await once(client.server, 'listening');
    await client.prepare(origin, name, `http://127.0.0.1:${client.server.address().port}/callback`, id);
    return client;
  }

  // The parameters of the redirect.
  async redirect() {
    return this.check(await this.arrival);
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
