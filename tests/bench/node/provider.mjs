// oidc-provider as it does the same work as our /token: a public client, refresh tokens that rotate on every use, and
// ES256-signed JWT access tokens for one resource.
//
// Arguments: the number of grants, the number of codes, a redirect URI and a PKCE challenge (S256). Prints one line of JSON
// with the token endpoint, the client, a refresh token of each grant and the codes, made through the models that its own
// authorization endpoint uses.

import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const RESOURCE = 'http://localhost/mcp';
const SCOPE = 'langsmith:read langsmith:write langsmith:publish billing:read agents:run servers:use servers:manage';
const MONTH = 30 * 24 * 3600;

const [grants, codesWanted, redirectUri, codeChallenge] = process.argv.slice(2);
const all = new Map();

// The provider's own in-memory adapter looks at every past token of a grant on each rotation, so a long chain would slow
// down for a reason that no real deployment has.
class Memory {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    all.set(this.key(id), payload);
  }

  async find(id) {
    return all.get(this.key(id));
  }

  async consume(id) {
    all.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    all.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const [key, payload] of all) {
      if (payload.grantId === grantId) all.delete(key);
    }
  }
}

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const server = createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const origin = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(origin, {
  adapter: Memory,
  jwks: { keys: [{ ...key, alg: 'ES256', use: 'sig', kid: 'bench' }] },
  clients: [
    {
      client_id: 'bench',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: RESOURCE,
        accessTokenTTL: 3600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  rotateRefreshToken: true,
  ttl: { AuthorizationCode: MONTH, Grant: MONTH, RefreshToken: MONTH },
});
server.on('request', provider.callback());

const client = await provider.Client.find('bench');

async function granted(number) {
  const accountId = `person-${number}`;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope('offline_access');
  grant.addResourceScope(RESOURCE, SCOPE);
  return {
    accountId,
    client,
    grantId: await grant.save(),
    resource: RESOURCE,
    scope: `offline_access ${SCOPE}`,
    expiresWithSession: false,
  };
}

const tokens = [];
for (let number = 0; number < Number(grants); number += 1) {
  const token = new provider.RefreshToken({ ...(await granted(number)), gty: 'authorization_code' });
  tokens.push(await token.save());
}
const codes = [];
for (let number = 0; number < Number(codesWanted); number += 1) {
  const code = new provider.AuthorizationCode({
    ...(await granted(number)),
    redirectUri,
    codeChallenge,
    codeChallengeMethod: 'S256',
  });
  codes.push(await code.save());
}
console.log(JSON.stringify({ url: `${origin}/token`, clientId: client.clientId, tokens, codes }));
