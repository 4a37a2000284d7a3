// A minimal OAuth client for tests that need to hold the pieces: registration, the authorization URL, a loopback
// listener for the redirect, the exchange.
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');

export class LoopbackClient {
  static async start(origin, name) {
    const client = new LoopbackClient();
    client.arrival = new Promise((resolve) => (client.arrived = resolve));
    client.server = createServer((request, response) => {
      const url = new URL(request.url, client.redirectUri);
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      response.end('<!doctype html><html lang="en"><title>Back at the client</title><p>Back at the client.');
      if (url.pathname === '/callback') client.arrived(url.searchParams);
    });
    client.server.listen(0, '127.0.0.1');
    await once(client.server, 'listening');
    client.redirectUri = `http://127.0.0.1:${client.server.address().port}/callback`;
    const metadata = await fetch(`${origin}/.well-known/oauth-authorization-server`);
    client.as = await metadata.json();
    const registration = await fetch(client.as.registration_endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: name, redirect_uris: [client.redirectUri] }),
    });
    if (registration.status !== 201) throw new Error(`registration: ${await registration.text()}`);
    client.id = (await registration.json()).client_id;
    return client;
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

  // The parameters of the redirect, with what every redirect must carry already checked.
  async redirect() {
    const parameters = await this.arrival;
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

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}
