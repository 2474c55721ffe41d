/** What two processes on one database are asked at once, where only one of them may do it. */
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral, type Role } from '../../src/index.ts';
import { sqlIn } from '../database.ts';
import { ENROLLED } from '../device.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const ROUNDS = 8;
const REASON = { who: 'root', why: 'a test' };

let postgres: TestPostgres;
let database: string;
/** Two processes, as far as the database sees them. */
let one: Central;
let other: Central;
let made = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  one = await openCentral({ database, now: () => NOW });
  other = await openCentral({ database, now: () => NOW });
  await one.registry.settle(ENROLLED);
});
afterAll(async () => {
  await one?.close();
  await other?.close();
  await postgres?.stop();
});

/** Never the same twice. */
function fresh(): Uint8Array {
  made += 1;
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(0, made);
  return bytes;
}

const passkeyOf = (counter = 0) => ({ credential: fresh(), publicKey: fresh(), counter, transports: [], label: 'key' });

async function invited(name: string, roles: readonly Role[]): Promise<Uint8Array> {
  const digest = fresh();
  expect(await one.people.invite({ name, roles, digest, validMs: HOUR, userHandle: fresh() }, REASON)).toBe('invited');
  return digest;
}

/** Somebody with a passkey. @returns its number */
async function registered(name: string, roles: readonly Role[], counter = 0): Promise<number> {
  const link = await invited(name, roles);
  const passkey = passkeyOf(counter);
  expect(await one.people.register(link, passkey)).toEqual({ name });
  return (await one.people.passkeyOf(passkey.credential))?.id ?? 0;
}

const isRefusal = (answer: unknown): boolean => typeof answer === 'object' && answer !== null && 'refusal' in answer;
/** In one order, whoever came first. */
const sorted = (answers: readonly unknown[]) =>
  [...answers].sort((a, b) => Number(isRefusal(a)) - Number(isRefusal(b)));

describe('at two processes at once', () => {
  test('one link makes one passkey', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = `link-${round}`;
      const link = await invited(name, ['clerk']);
      const answers = await Promise.all([one, other].map(({ people }) => people.register(link, passkeyOf())));
      expect(sorted(answers)).toEqual([{ name }, { refusal: 'entry-refused' }]);
      expect(await one.people.passkeys(name)).toHaveLength(1);
    }
  });

  test('of two administrators who take each other’s role or state, one stays', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const [ana, bor] = [`ana-${round}`, `bor-${round}`];
      for (const name of [ana, bor]) await registered(name, ['administrator', 'auditor']);
      // Those of the round before may not stand in for them.
      await sqlIn(database, `update person set roles = '{auditor}' where not name = any($1::text[])`, [[ana, bor]]);
      const demoted = one.people.setRoles(ana, ['auditor'], REASON);
      const second =
        round % 2 === 0 ? other.people.disable(bor, REASON) : other.people.setRoles(bor, ['auditor'], REASON);
      const answers = await Promise.all([demoted, second]);
      expect(answers.filter(isRefusal)).toEqual([{ refusal: 'last-administrator' }]);
      const left = (await one.people.people()).filter(
        ({ roles, state }) => state === 'enabled' && roles.includes('administrator'),
      );
      expect(left).toHaveLength(1);
    }
  });

  test('a counter that was shown once is not shown again: one of the two is a copy', async () => {
    const passkey = await registered('counted', ['clerk'], 1);
    for (let counter = 2; counter < 2 + ROUNDS; counter += 1) {
      const answers = await Promise.all(
        [one, other].map(({ people }) => people.signIn({ passkey, counter }, { digest: fresh(), client: '192.0.2.1' })),
      );
      expect(sorted(answers)).toMatchObject([{ name: 'counted' }, { refusal: 'sign-in-refused' }]);
    }
    expect(await one.people.sessions('counted')).toHaveLength(ROUNDS);
    const copies = (await one.audit.entries({ limit: 3 * ROUNDS })).filter(
      ({ detail }) => detail.refusal === 'passkey-copied',
    );
    expect(copies).toHaveLength(ROUNDS);
  });

  test('a challenge is taken once', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const challenge = fresh();
      await one.people.challengeSignIn(challenge);
      const taken = await Promise.all([one, other].map(({ people }) => people.takeChallenge(challenge, 'sign-in')));
      expect(taken.filter((each) => each !== null)).toEqual([{ name: null, entry: null, session: null }]);
    }
  });

  test('somebody who is disabled while they sign in has no session after', async () => {
    const passkey = await registered('leaving', ['clerk']);
    for (let round = 0; round < ROUNDS; round += 1) {
      const digest = fresh();
      await Promise.all([
        other.people.signIn({ passkey, counter: 0 }, { digest, client: '192.0.2.1' }),
        one.people.disable('leaving', REASON),
      ]);
      expect(await sqlIn(database, `select from session where person = 'leaving'`)).toHaveLength(0);
      expect(await one.people.enable('leaving', REASON)).toBe('enabled');
      expect(await other.people.session(digest)).toBeNull();
    }
  });
});

describe('what ended at one process is over at the other with its next question', () => {
  const lookedFor = async (digest: Uint8Array, session: number) => [
    (await other.people.session(digest)) !== null,
    await other.people.isLive({ session }),
  ];

  test.each([
    ['a session that was signed out of', (session: number) => one.people.endSession('guest', session, REASON)],
    ['all of somebody’s sessions', () => one.people.endSessions('guest', REASON)],
    ['a session of somebody with other roles', () => one.people.setRoles('guest', ['auditor'], REASON)],
    ['a session of somebody who is disabled', () => one.people.disable('guest', REASON)],
  ])('%s', async (_, end) => {
    if ((await one.people.person('guest')) === null) await registered('guest', ['clerk']);
    const [key] = await one.people.passkeys('guest');
    const digest = fresh();
    const begun = await one.people.signIn({ passkey: key?.id ?? 0, counter: 0 }, { digest, client: '192.0.2.1' });
    if ('refusal' in begun) throw new Error(begun.refusal);
    expect(await lookedFor(digest, begun.id)).toEqual([true, true]);
    expect(isRefusal(await end(begun.id))).toBe(false);
    expect(await lookedFor(digest, begun.id)).toEqual([false, false]);
  });

  test('an access token that was revoked', async () => {
    const digest = fresh();
    const token = { digest, name: 'a script', owner: null, roles: ['auditor'], validMs: HOUR } as const;
    const made = await one.people.makeToken(token, REASON);
    if ('refusal' in made) throw new Error(made.refusal);
    expect(await other.people.token(digest)).toMatchObject({ id: made.id });
    expect(await one.people.revokeToken(made.id, null, REASON)).toBe('revoked');
    expect([await other.people.token(digest), await other.people.isLive({ token: made.id })]).toEqual([null, false]);
  });
});
