/** From a link to a session and back: what the centre lets in, and what it does not. */

import { randomBytes } from 'node:crypto';
import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { newRecoveryCode, type Service, startService } from '../../src/index.ts';
import { invited, REASON, signedIn, Visitor } from './signed-in.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];

let now = 1_700_000_000_000;
let central: Central;
let service: Service;
let people = 0;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, checkAnswers: true });
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});
// So that no test is throttled for what another did.
beforeEach(() => {
  now += HOUR;
});

const newName = (): string => {
  people += 1;
  return `person-${people}`;
};
const refusal = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

describe('an invitation’s link', () => {
  test('gives a passkey, by which one signs in, and is let look', async () => {
    const visitor = new Visitor(service);
    const name = newName();
    const link = await invited(central, name, ['auditor']);
    expect(refusal(await visitor.ask('GET', '/totals'))).toEqual([401, 'sign-in-needed']);
    expect(await visitor.register({ link })).toMatchObject({ status: 200, body: { name } });
    expect(visitor.cookie).toBe('');
    const answer = await visitor.signIn();
    expect(answer.body).toMatchObject({ name, roles: ['auditor'], by: 'session' });
    expect(answer.body.capabilities).toContain('read-audit');
    expect(answer.headers.getSetCookie()[0]).toMatch(/^retap=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect((await visitor.ask('GET', '/totals')).status).toBe(200);
    expect((await visitor.ask('GET', '/session')).body).toMatchObject({ open: false, person: { name } });
    expect(refusal(await visitor.ask('GET', '/people'))).toEqual([403, 'not-allowed']);
  });

  test('is valid once', async () => {
    const link = await invited(central, newName(), ['clerk']);
    expect((await new Visitor(service).register({ link })).status).toBe(200);
    expect(refusal(await new Visitor(service).register({ link }))).toEqual([403, 'entry-refused']);
  });

  test('of two browsers at once is valid for one', async () => {
    const link = await invited(central, newName(), ['clerk']);
    const visitors = [new Visitor(service), new Visitor(service)];
    const answers = await Promise.all(visitors.map((each) => each.register({ link })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });

  test('is void after its time, after another one was made, and of somebody who was disabled', async () => {
    const name = newName();
    const [first, second] = [await invited(central, name, ['clerk']), await invited(central, name, ['clerk'])];
    expect(refusal(await new Visitor(service).register({ link: first }))).toEqual([403, 'entry-refused']);
    now += MINUTE;
    expect(refusal(await new Visitor(service).register({ link: second }))).toEqual([403, 'entry-refused']);
    const third = await invited(central, name, ['clerk']);
    await central.people.disable(name, REASON);
    expect(refusal(await new Visitor(service).register({ link: third }))).toEqual([403, 'entry-refused']);
  });

  test('makes no passkey that answers another challenge, is of another site, or without PIN or finger', async () => {
    const link = await invited(central, newName(), ['clerk']);
    const visitor = new Visitor(service);
    const tried = async (change: (visitor: Visitor) => void): Promise<unknown> => {
      const { body } = await visitor.ask('POST', '/registrations/challenge', { link });
      const other = new Visitor(service);
      change(other);
      const credential = other.authenticator.create(body.options);
      return refusal(await visitor.ask('POST', '/registrations', { credential, label: 'x' }));
    };
    const refused = [403, 'entry-refused'];
    expect(
      await tried((other) => {
        other.authenticator.origin = 'http://localhost.evil.example:1';
      }),
    ).toEqual(refused);
    expect(
      await tried((other) => {
        other.authenticator.verifies = false;
      }),
    ).toEqual(refused);
    const { body } = await visitor.ask('POST', '/registrations/challenge', { link });
    const credential = visitor.authenticator.create({ ...body.options, challenge: 'AAAA' });
    expect(refusal(await visitor.ask('POST', '/registrations', { credential, label: 'x' }))).toEqual(refused);
    expect((await visitor.register({ link })).status).toBe(200);
  });
});

describe('a passkey', () => {
  test('that nobody has is refused, as one that is not signed well is, and each challenge serves once', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    const stranger = new Visitor(service);
    stranger.authenticator.create({ challenge: '', user: { id: 'AAAA' } });
    expect(refusal(await stranger.signIn())).toEqual([403, 'sign-in-refused']);
    const { body } = await visitor.ask('POST', '/sign-in/challenge');
    const credential = visitor.authenticator.get(body);
    expect((await visitor.ask('POST', '/sign-in', { credential })).status).toBe(200);
    expect(refusal(await visitor.ask('POST', '/sign-in', { credential }))).toEqual([403, 'sign-in-refused']);
    now += 5 * MINUTE;
    const { body: late } = await visitor.ask('POST', '/sign-in/challenge');
    now += 5 * MINUTE;
    const answer = await visitor.ask('POST', '/sign-in', { credential: visitor.authenticator.get(late) });
    expect(refusal(answer)).toEqual([403, 'sign-in-refused']);
  });

  test('that is there twice is found by its counter', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    const [held] = visitor.authenticator.held;
    expect((await visitor.signIn()).status).toBe(200);
    if (held) held.counter -= 1;
    expect(refusal(await visitor.signIn())).toEqual([403, 'sign-in-refused']);
    const [entry] = await central.audit.entries({ limit: 1 });
    expect(entry).toMatchObject({ what: 'person.sign-in', outcome: 'refused', detail: { refusal: 'passkey-copied' } });
    expect((await visitor.signIn()).status).toBe(200);
  });

  test('that does not count is as good', async () => {
    const visitor = new Visitor(service);
    visitor.authenticator.counts = false;
    await visitor.register({ link: await invited(central, newName(), ['clerk']) });
    expect((await visitor.signIn()).status).toBe(200);
    expect((await visitor.signIn()).status).toBe(200);
  });

  test('names whose it is: under another handle it is refused', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    const { body } = await visitor.ask('POST', '/sign-in/challenge');
    const credential = visitor.authenticator.get(body) as { response: Record<string, string> };
    credential.response.userHandle = 'AAAA';
    expect(refusal(await visitor.ask('POST', '/sign-in', { credential }))).toEqual([403, 'sign-in-refused']);
  });

  test('of somebody who was disabled is refused, and in the log', async () => {
    const name = newName();
    const visitor = await signedIn(central, service, name, 'clerk');
    await central.people.disable(name, REASON);
    expect(refusal(await visitor.ask('GET', '/totals'))).toEqual([401, 'sign-in-needed']);
    expect(refusal(await visitor.signIn())).toEqual([403, 'sign-in-refused']);
    const [entry] = await central.audit.entries({ limit: 1, what: 'person.sign-in' });
    expect(entry).toMatchObject({
      outcome: 'refused',
      object: `person ${name}`,
      detail: { refusal: 'person-disabled' },
    });
  });

  test('after 20 failures from an address it is to wait, whoever it is; success is not counted', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    const stranger = new Visitor(service);
    stranger.authenticator.create({ challenge: '', user: { id: 'AAAA' } });
    for (let tried = 0; tried < 25; tried += 1) expect((await visitor.signIn()).status).toBe(200);
    for (let tried = 0; tried < 20; tried += 1) expect((await stranger.signIn()).status).toBe(403);
    const answer = await visitor.signIn();
    expect(refusal(answer)).toEqual([429, 'attempts-exceeded']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(500);
    now += 10 * MINUTE;
    expect((await visitor.signIn()).status).toBe(200);
  });
});

describe('a session', () => {
  test('ends by rest, which looking on does not interrupt', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    now += 29 * MINUTE;
    expect((await visitor.ask('GET', '/totals')).status).toBe(200);
    now += 29 * MINUTE;
    visitor.headers['retap-looks-on'] = '1';
    expect((await visitor.ask('GET', '/totals')).status).toBe(200);
    now += MINUTE;
    expect(refusal(await visitor.ask('GET', '/totals'))).toEqual([401, 'sign-in-needed']);
  });

  test('ends after twelve hours, however busy', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
      now += 20 * MINUTE;
      expect((await visitor.ask('GET', '/totals')).status).toBe(200);
    }
    now += 20 * MINUTE;
    expect((await visitor.ask('GET', '/totals')).status).toBe(401);
  });

  test('gets a token of its own at each sign-in; signing out ends it, and no other', async () => {
    const visitor = await signedIn(central, service, newName(), 'clerk');
    const first = visitor.cookie;
    await visitor.signIn();
    expect(visitor.cookie).not.toBe(first);
    const { headers } = await visitor.ask('DELETE', '/session');
    expect(headers.getSetCookie()[0]).toContain('Max-Age=0');
    expect(visitor.cookie).toBe('');
    visitor.cookie = first;
    expect((await visitor.ask('GET', '/totals')).status).toBe(200);
    expect((await visitor.ask('DELETE', '/sessions')).body).toEqual({ ended: 1 });
    visitor.cookie = first;
    expect((await visitor.ask('GET', '/totals')).status).toBe(401);
  });

  test('goes on under another token when the passkey was shown again, for what needs that', async () => {
    const visitor = await signedIn(central, service, newName(), 'administrator');
    const invitation = { name: newName(), roles: ['clerk'], why: 'new here' };
    now += 5 * MINUTE;
    expect(refusal(await visitor.ask('POST', '/people', invitation))).toEqual([403, 'sign-in-again']);
    const before = visitor.cookie;
    expect((await visitor.confirm()).status).toBe(200);
    const { status, body } = await visitor.ask('POST', '/people', invitation);
    expect([status, body.person.state]).toEqual([200, 'invited']);
    expect(body.link).toMatch(/^http:\/\/localhost:\d+\/sign-in\.html#link=[\w-]{43}$/);
    visitor.cookie = before;
    expect((await visitor.ask('GET', '/people')).status).toBe(401);
  });

  test('cannot be confirmed by the passkey of another', async () => {
    const [one, other] = [
      await signedIn(central, service, newName(), 'administrator'),
      await signedIn(central, service, newName(), 'administrator'),
    ];
    const { body } = await one.ask('POST', '/session/challenge');
    const credential = other.authenticator.get(body);
    expect(refusal(await one.ask('PUT', '/session', { credential }))).toEqual([403, 'sign-in-refused']);
    const { body: theirs } = await other.ask('POST', '/session/challenge');
    const answer = await one.ask('PUT', '/session', { credential: one.authenticator.get(theirs) });
    expect(refusal(answer)).toEqual([403, 'sign-in-refused']);
  });

  test.each(['roles', 'recovery', 'removal of its passkey'])('ends with %s', async (what) => {
    const name = newName();
    const visitor = await signedIn(central, service, name, 'clerk');
    if (what === 'roles') await central.people.setRoles(name, ['inspector'], REASON);
    if (what === 'removal of its passkey') {
      const { body } = await visitor.ask('POST', '/passkeys/challenge');
      await visitor.ask('POST', '/passkeys', { credential: visitor.authenticator.create(body), label: 'another' });
      const [first] = await central.people.passkeys(name);
      await central.people.removePasskey(name, first?.id ?? 0, REASON);
    }
    if (what === 'recovery') await recovered(name);
    expect((await visitor.ask('GET', '/totals')).status).toBe(401);
  });
});

describe('a code for recovery', () => {
  test('is refused alike for a name that is unknown, of somebody else, used, or expired', async () => {
    const [name, other] = [newName(), newName()];
    for (const each of [name, other]) await signedIn(central, service, each, 'clerk');
    const code = newRecoveryCode((count) => Uint8Array.from(randomBytes(count)));
    await central.people.recover({ name, digest: code.digest, validMs: MINUTE }, REASON);
    const answers = [];
    for (const tried of ['nobody-here', other]) {
      answers.push(await new Visitor(service).register({ name: tried, code: code.text }));
    }
    expect((await new Visitor(service).register({ name, code: code.text })).status).toBe(200);
    answers.push(await new Visitor(service).register({ name, code: code.text }));
    await central.people.recover({ name, digest: code.digest, validMs: MINUTE }, REASON);
    now += MINUTE;
    answers.push(await new Visitor(service).register({ name, code: code.text }));
    const said = answers.map(({ status, body }) => [status, body.code, body.message]);
    expect(new Set(said.map(String)).size).toBe(1);
    expect(said[0]?.slice(0, 2)).toEqual([403, 'entry-refused']);
  });

  test('of one person is tried five times, and another’s meanwhile', async () => {
    const code = newRecoveryCode((count) => Uint8Array.from(randomBytes(count))).text;
    const statuses = [];
    for (let tried = 0; tried < 6; tried += 1) {
      statuses.push((await new Visitor(service).register({ name: 'guessed', code })).status);
    }
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429]);
    expect((await new Visitor(service).register({ name: 'another', code })).status).toBe(403);
  });
});

test('wrong codes for somebody keep nobody from signing in who has their passkey', async () => {
  const name = newName();
  const visitor = await signedIn(central, service, name, 'clerk');
  const code = newRecoveryCode((count) => Uint8Array.from(randomBytes(count))).text;
  for (let tried = 0; tried < 5; tried += 1) await new Visitor(service).register({ name, code });
  expect(refusal(await new Visitor(service).register({ name, code }))).toEqual([429, 'attempts-exceeded']);
  expect((await visitor.signIn()).status).toBe(200);
});

test('a stream of events ends with its session', async () => {
  const name = newName();
  const { cookie } = await signedIn(central, service, name, 'auditor');
  const answer = await fetch(`${service.url}/events`, { headers: { cookie } });
  const whole = answer.text();
  await central.people.endSessions(name, REASON);
  expect(await whole).not.toContain('sign-in-needed');
  expect((await fetch(`${service.url}/events`, { headers: { cookie } })).status).toBe(401);
});

async function recovered(name: string): Promise<Visitor> {
  const { text, digest } = newRecoveryCode((count) => Uint8Array.from(randomBytes(count)));
  await central.people.recover({ name, digest, validMs: HOUR }, REASON);
  const visitor = new Visitor(service);
  expect((await visitor.register({ name, code: text.toLowerCase() })).status).toBe(200);
  return visitor;
}
