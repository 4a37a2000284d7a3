// Two people with a browser each connect the same client, each in the middle of the other's login.
import { LoopbackClient } from './oauth-client.mjs';
import { CLIENT_NAME, Person } from './person.mjs';

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

export async function twoPeople(ada) {
  const { origin, scenario, screenshots, executablePath } = ada;
  const client = await LoopbackClient.start(origin, CLIENT_NAME, ada.client.id);
  const where = { origin, scenario: `${scenario}-other`, screenshots, executablePath };
  const grace = await Person.start(where, {}, false, client);
  try {
    await ada.useKey('lsv2_pt_demo');
    await ada.seeConsent();
    await grace.useKey('lsv2_pt_demo_grace');
    await grace.seeConsent();
    await ada.allow();
    await grace.allow();
    const first = await ada.arriveWithToken();
    const second = await grace.arriveWithToken();
    const [one, other] = [claims(first.access_token), claims(second.access_token)];
    if (one.client_id !== other.client_id) throw new Error('not the same client');
    for (const member of ['sub', 'grant']) {
      if (one[member] === other[member]) throw new Error(`${member} is ${one[member]} for both`);
    }
    await ada.seeText(/back at the client/i);
    await grace.seeText(/back at the client/i);
  } finally {
    await grace.end();
  }
}
