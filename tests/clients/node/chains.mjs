// Clients whose callback sends the browser on, to wherever they like: a hosted client to its desktop app, a relay to an
// editor on loopback. Chromium holds a page's `form-action` against the whole chain of redirects that follows its form.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { OAuthClient, page } from './oauth-client.mjs';
import { ALLOW, CLIENT_NAME, DENY } from './person.mjs';

// A client's callback at `/callback`, which sends the browser on; and another page of theirs.
class Site {
  static async listen(create, scheme) {
    const site = new Site();
    site.called = [];
    site.server = create((request, response) => {
      const url = new URL(request.url, site.origin);
      if (url.pathname !== '/callback') return response.end(page('Here'));
      site.called.push(url.searchParams);
      response.writeHead(307, { location: site.onward });
      return response.end();
    });
    site.server.listen(0, '127.0.0.1');
    await once(site.server, 'listening');
    site.origin = `${scheme}://${scheme === 'https' ? 'localhost' : '127.0.0.1'}:${site.server.address().port}`;
    return site;
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export async function chains(person) {
  const [cert, key] = process.argv.slice(6, 8).map((file) => readFileSync(file));
  const https = await Site.listen((handler) => createTlsServer({ cert, key }, handler), 'https');
  const one = await Site.listen(createServer, 'http');
  const other = await Site.listen(createServer, 'http');
  // Nobody takes such links on a machine of tests.
  person.expected = /probe-app/;
  await person.useKey('lsv2_pt_demo');
  for (const [start, onward] of [
    [https, 'probe-app://done'],
    [https, `${one.origin}/after`],
    [https, `${https.origin}/after`],
    [one, `${other.origin}/after`],
    [one, `${https.origin}/after`],
  ]) {
    start.onward = onward;
    const client = await OAuthClient.register(person.origin, CLIENT_NAME, `${start.origin}/callback`);
    for (const button of [ALLOW, DENY, ALLOW, DENY]) await arrive(person, client, button, start);
  }
  for (const site of [https, one, other]) site.close();
}

async function arrive(person, client, button, start) {
  const page = await person.context.newPage();
  const session = await person.context.newCDPSession(page);
  await session.send('Network.enable');
  const there = new Promise((resolve) => {
    session.on('Network.requestWillBeSent', ({ request }) => request.url.startsWith(start.onward) && resolve());
  });
  const blocked = new Promise((_, reject) => {
    page.on('console', (message) => /form-action/.test(message.text()) && reject(new Error(message.text())));
  });
  await page.goto(client.authorizationUrl());
  if (button === ALLOW) await page.locator('input[name=workspace]').first().check();
  await page.click(button, { noWaitAfter: true });
  const late = new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${start.origin} to ${start.onward}: nobody arrived`)), 30_000).unref();
  });
  await Promise.race([there, blocked, late]);
  const told = client.check(start.called.pop());
  if (!told.has(button === ALLOW ? 'code' : 'error')) throw new Error(`${told}`);
  if (!start.onward.startsWith('probe-app')) await page.waitForURL((url) => url.href.startsWith(start.onward));
  await page.close();
}
