/** How long a session lasts, as is set: by rest and by age. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { ENROLLED } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const REASON = { who: 'root', why: 'shorter nights' };
let now = 1_700_000_000_000;
let central: Central;
let made = 0;

const fresh = (): Uint8Array => {
  made += 1;
  return new Uint8Array(32).fill(made);
};

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.registry.settle(ENROLLED);
  const digest = fresh();
  await central.people.invite({ name: 'ana', roles: ['clerk'], digest, validMs: HOUR, userHandle: fresh() }, REASON);
  const passkey = { credential: fresh(), publicKey: fresh(), counter: 0, transports: [], label: 'key' };
  expect(await central.people.register(digest, passkey)).toEqual({ name: 'ana' });
});
afterAll(() => central?.close());

async function begun(): Promise<{ digest: Uint8Array; id: number; endsAt: number }> {
  const digest = fresh();
  const [key] = await central.people.passkeys('ana');
  const session = await central.people.signIn({ passkey: key?.id ?? 0, counter: 0 }, { digest, client: '192.0.2.1' });
  if ('refusal' in session) throw new Error(session.refusal);
  return { digest, id: session.id, endsAt: session.endsAt };
}

/** Lets time pass. @returns whether the session stands then, by each way of asking */
async function stands({ digest, id }: { digest: Uint8Array; id: number }, after: number, looksOn = false) {
  now += after;
  const listed = (await central.people.sessions('ana')).some((each) => each.id === id);
  const live = await central.people.isLive({ session: id });
  return [listed, live, (await central.people.session(digest, looksOn)) !== null];
}
const STANDS = [true, true, true];
const ENDED = [false, false, false];

describe('a session', () => {
  test('ends after half an hour of rest, and after twelve hours', async () => {
    expect(await central.people.settings()).toEqual({ origin: null, idleMs: 30 * MINUTE, sessionMs: 12 * HOUR });
    expect(await stands(await begun(), 30 * MINUTE - 1)).toEqual(STANDS);
    expect(await stands(await begun(), 30 * MINUTE)).toEqual(ENDED);
    const busy = await begun();
    expect(busy.endsAt).toBe(now + 12 * HOUR);
    for (let part = 0; part < 35; part += 1) expect(await stands(busy, 20 * MINUTE)).toEqual(STANDS);
    expect(await stands(busy, 20 * MINUTE - 1)).toEqual(STANDS);
    expect(await stands(busy, 1)).toEqual(ENDED);
  });

  test('ends as is set, one that was begun before too; what was not said stays', async () => {
    const before = await begun();
    const settings = await central.people.configure({ idleMs: 5 * MINUTE }, REASON);
    expect(settings).toEqual({ origin: null, idleMs: 5 * MINUTE, sessionMs: 12 * HOUR });
    expect(await stands(before, 5 * MINUTE - 1)).toEqual(STANDS);
    // That question was no use within a minute of the last: it began to rest anew.
    expect(await stands(before, 5 * MINUTE - 1)).toEqual(STANDS);
    expect(await stands(before, 5 * MINUTE)).toEqual(ENDED);

    expect(await central.people.configure({ sessionMs: 8 * MINUTE }, REASON)).toMatchObject({ idleMs: 5 * MINUTE });
    const short = await begun();
    expect(short.endsAt).toBe(now + 8 * MINUTE);
    expect(await stands(short, 4 * MINUTE)).toEqual(STANDS);
    expect(await stands(short, 4 * MINUTE - 1)).toEqual(STANDS);
    expect(await stands(short, 1)).toEqual(ENDED);
  });

  test('that is only looked on at comes to its idle end', async () => {
    await central.people.configure({ idleMs: 5 * MINUTE, sessionMs: HOUR }, REASON);
    const watched = await begun();
    expect(await stands(watched, 3 * MINUTE, true)).toEqual(STANDS);
    expect(await stands(watched, 2 * MINUTE, true)).toEqual(ENDED);
  });

  test.each<[string, (over: { digest: Uint8Array; id: number }) => Promise<unknown>]>([
    ['by rest, under the shorter setting', (over) => stands(over, 6 * MINUTE)],
    ['in the moment in which it is set shorter', () => central.people.configure({ idleMs: 0 }, REASON)],
    ['by age', () => central.people.configure({ sessionMs: 0 }, REASON)],
    ['and somebody has signed in since', (over) => stands(over, 6 * MINUTE).then(begun)],
  ])('that has ended is not brought back by a longer setting: %s', async (_how, ends) => {
    await central.people.configure({ idleMs: 5 * MINUTE, sessionMs: HOUR }, REASON);
    const over = await begun();
    await ends(over);
    expect(await stands(over, 0)).toEqual(ENDED);
    await central.people.configure({ idleMs: 10 * HOUR, sessionMs: 20 * HOUR }, REASON);
    expect(await stands(over, 0)).toEqual(ENDED);
  });

  test('that has ended is not brought back by showing the passkey for what is grave', async () => {
    await central.people.configure({ idleMs: 5 * MINUTE, sessionMs: HOUR }, REASON);
    const over = await begun();
    expect(await stands(over, 5 * MINUTE)).toEqual(ENDED);
    const [key] = await central.people.passkeys('ana');
    const shown = { passkey: key?.id ?? 0, counter: 0 };
    expect(await central.people.confirm(over.id, shown, fresh())).toEqual({ refusal: 'sign-in-refused' });
    expect(await stands(over, 0)).toEqual(ENDED);
  });

  test('who changed it, to what, and why, is in the audit log', async () => {
    await central.people.configure({ origin: 'https://centre.example', idleMs: 7 * MINUTE }, REASON);
    const [entry] = await central.audit.entries({ limit: 1 });
    expect(entry).toMatchObject({
      ...{ who: 'root', what: 'people.settings', outcome: 'done' },
      detail: { origin: 'https://centre.example', idleMs: String(7 * MINUTE), why: 'shorter nights' },
    });
    expect(await central.people.settings()).toMatchObject({ origin: 'https://centre.example', idleMs: 7 * MINUTE });
  });
});
