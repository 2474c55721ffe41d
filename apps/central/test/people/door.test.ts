/** What the door of an enrolled centre gives, and what it notes of whoever may not pass. */

import { type Central, openCentral } from '@retap/central';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import type { Caller, DenialCode } from '../../src/api/caller.ts';
import { type Service, startService } from '../../src/index.ts';
import { dropSessionCookie, keepSessionCookie } from '../../src/people/cookie.ts';
import { guardOf } from '../../src/people/guard.ts';
import { siteOf } from '../../src/people/site.ts';
import { signedIn, Visitor } from './signed-in.ts';

describe('the cookie of a session', () => {
  const site = siteOf('https://centre.example');
  const app = new Hono()
    .get('/in', (c) => {
      keepSessionCookie(c, site, 'token');
      return c.body(null, 204);
    })
    .get('/out', (c) => {
      dropSessionCookie(c, site);
      return c.body(null, 204);
    });
  const set = async (path: string): Promise<string[]> =>
    (await app.request(path)).headers.getSetCookie()[0]?.split('; ').sort() ?? [];

  test('is Secure, HttpOnly, SameSite=Strict, of this host alone, and ends with the browser', async () => {
    expect(await set('/in')).toEqual(['HttpOnly', 'Path=/', 'SameSite=Strict', 'Secure', '__Host-retap=token']);
  });

  test('is taken back in the same words, or the browser would keep it', async () => {
    expect(await set('/out')).toEqual([
      'HttpOnly',
      'Max-Age=0',
      'Path=/',
      'SameSite=Strict',
      'Secure',
      '__Host-retap=',
    ]);
  });
});

describe('who may not', () => {
  const NOW = 1_700_000_000_000;
  let central: Central;
  let service: Service;

  beforeAll(async () => {
    central = await openCentral({ database: embeddedDirectory(), now: () => NOW });
    await central.registry.settle(ENROLLED);
    service = await startService({ central, now: () => NOW, port: 0, log: () => {} });
  });
  afterAll(async () => {
    await service?.stop();
    await central?.close();
  });
  const refusals = async () =>
    (await central.audit.entries({ what: 'request.refused', limit: 100 })).map(({ who, object, outcome, detail }) => ({
      ...{ who, object, outcome, refusal: detail.refusal },
    }));

  test('stands in the audit log, by name or as a stranger, and with what was asked', async () => {
    const inspector = await signedIn(central, service, 'ina', 'inspector');
    await inspector.ask('GET', '/people');
    await new Visitor(service).ask('GET', '/totals');
    expect(await refusals()).toEqual([
      { who: 'stranger', object: '/totals', outcome: 'refused', refusal: 'sign-in-needed' },
      { who: '@ina', object: '/people', outcome: 'refused', refusal: 'not-allowed' },
    ]);
  });

  test('does not fill it by asking again and again', async () => {
    const before = (await refusals()).length;
    for (let time = 0; time < 200; time += 1) await new Visitor(service).ask('GET', '/totals');
    expect((await refusals()).length - before).toBeLessThan(3);
  });

  test('fills it from no number of addresses, and uses up nothing that notes somebody known', async () => {
    let at = NOW;
    const own = await openCentral({ database: embeddedDirectory(), now: () => at });
    await own.registry.settle(ENROLLED);
    const guard = guardOf({
      ...{ central: own, site: () => expect.fail('none'), now: () => at },
      clientOf: (c) => c.req.path,
    });
    const refuse = (path: string, caller: Caller, code: DenialCode) =>
      guard.refused({ req: { path, method: 'GET' }, var: { route: '/x' } } as never, caller, code);
    const known = (n: number) => ({ kind: 'person', who: `@ina${n}` }) as never;
    for (let client = 0; client < 100; client += 1) {
      await refuse(`a${client}`, { kind: 'everybody' }, 'sign-in-needed');
      await own.people.refused('person.sign-in', null, '', { refusal: 'passkey-refused', client });
      await new Device(client + 1).enrol(own, new Uint8Array(32));
    }
    for (let n = 0; n < 3; n += 1) await refuse('/', known(n), 'not-allowed');
    const refused = async () => (await own.audit.entries({ limit: 1_000 })).filter((e) => e.outcome === 'refused');
    const byStrangers = async () => (await refused()).filter(({ who }) => who === 'stranger');
    expect((await refused()).filter(({ who }) => who !== 'stranger')).toHaveLength(3);
    expect(await byStrangers()).toHaveLength(60);
    at += 60_000;
    await refuse('b', { kind: 'everybody' }, 'sign-in-needed');
    const told = (await byStrangers()).map(({ detail }) => 1 + Number(detail.leftOut ?? 0));
    expect(told.reduce((sum, count) => sum + count)).toBe(301);
    await own.close();
  }, 60_000);

  test('sends names and texts that SQL could mistake, and they are names and texts', async () => {
    const administrator = await signedIn(central, service, 'ada', 'administrator');
    const name = "x'; drop table person; --";
    const answer = await administrator.ask('POST', '/people', {
      name,
      roles: ['clerk'],
      why: "'); delete from audit; --",
    });
    expect([answer.status, answer.body.code]).toEqual([400, 'question-malformed']);
    const other = await administrator.ask('POST', '/people', {
      name: 'bob',
      roles: ['clerk'],
      why: "'); delete from audit; --",
    });
    expect(other.status).toBe(200);
    expect((await central.people.people()).map((person) => person.name).sort()).toEqual(['ada', 'bob', 'ina']);
  });

  test('sends a prototype along, or a field that was not meant, and it is refused', async () => {
    const administrator = await signedIn(central, service, 'eva', 'administrator');
    for (const body of [
      '{"name":"mal","why":"x","__proto__":{"roles":["clerk"]}}',
      '{"name":"mal","roles":["clerk"],"why":"x","disabled":true}',
    ]) {
      const answer = await fetch(`${service.url}/people`, {
        ...{
          method: 'POST',
          body,
          headers: { ...administrator.headers, 'content-type': 'application/json', cookie: administrator.cookie },
        },
      });
      expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([400, 'question-malformed']);
    }
    expect((await central.people.people()).some(({ name }) => name === 'mal')).toBe(false);
  });

  test('makes themselves more, or reaches for what is not theirs, stands in it too', async () => {
    const mia = await signedIn(central, service, 'mia', 'administrator');
    const why = 'I may';
    const other = { ...(await mia.ask('POST', '/sign-in/challenge')).body, user: { id: 'AA' } };
    const tried = [
      await mia.ask('POST', '/people', { name: 'mia', roles: ['finance'], why }),
      await mia.ask('PUT', '/people/mia/roles', { roles: ['finance'], why }),
      await mia.ask('PUT', '/people/mia/state', { state: 'enabled', why }),
      await mia.ask('DELETE', '/sessions/999'),
      await mia.ask('PUT', '/passkeys/999', { label: 'mine' }),
      await mia.ask('POST', '/passkeys', { label: 'mine', credential: mia.authenticator.create(other) }),
      await mia.ask('POST', '/webhooks', { url: 'https://[::ffff:a9fe:a9fe]/secret', events: ['alert.*'], why }),
      await mia.ask('POST', '/webhooks/999/enable', { why }),
      await mia.ask('POST', '/webhooks/999/replay', { from: 1, why }),
    ];
    expect(tried.map(({ status }) => status)).toEqual([403, 403, 403, 404, 404, 403, 400, 404, 404]);
    const entries = await central.audit.entries({ who: '@mia', limit: tried.length });
    expect(entries.map(({ what, outcome, detail }) => [what, outcome, detail.refusal]).reverse()).toEqual([
      ['person.invited', 'refused', 'own-roles'],
      ['person.roles', 'refused', 'own-roles'],
      ['person.enabled', 'refused', 'own-roles'],
      ['person.sign-out', 'refused', 'session-unknown'],
      ['passkey.renamed', 'refused', 'passkey-unknown'],
      ['passkey.added', 'refused', 'sign-in-refused'],
      ['webhook.added', 'refused', 'url-address-refused'],
      ['webhook.enabled', 'refused', 'webhook-unknown'],
      ['webhook.replayed', 'refused', 'webhook-unknown'],
    ]);
    expect(JSON.stringify(entries)).not.toContain('secret');
  });
});
