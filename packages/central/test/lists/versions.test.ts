import { amountOf } from '@retap/model';
import type { Tariff } from '@retap/protocol';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { ENROLLED } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

const DAY = 86_400_000;
const START = 1_780_000_000_000;
const PUBLICATION = { sign: () => new Uint8Array(64), validMs: 7 * DAY, who: '@ana' };

let now = START;
let central: Central;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.registry.settle(ENROLLED);
});
afterAll(() => central.close());

const later = (): number => (now += 1_000);
const deny = (medium: string) => central.lists.deny(medium, { who: '@ben', why: `${medium} stolen` });
const ride = (amount: number, more: Partial<Tariff> = {}): Tariff => ({
  ...{ validFrom: START, currency: 'EUR', products: [] },
  fares: [{ code: 'ride', amount: amountOf(amount), name: { sl: 'Vožnja', en: 'Ride' } }],
  parts: [{ role: 'validator', terminals: [], defaultOffer: 1, offers: [{ kind: 'debit', fare: 'ride' }] }],
  ...more,
});

test('each version that was published is there, with who published it and how much it says', async () => {
  for (const medium of ['M1', 'M2', 'M3']) {
    later();
    await deny(medium);
    await central.lists.publish('deny', { ...PUBLICATION, who: `@${medium}` });
  }
  const { versions, next } = await central.lists.versions('deny', { limit: 2 });
  expect(versions).toMatchObject([
    { version: 3, entries: 3, who: '@M3', terminals: 0, expiresAt: now + 7 * DAY },
    { version: 2, entries: 2, who: '@M2' },
  ]);
  expect(next).toBe(2);
  const rest = await central.lists.versions('deny', { limit: 2, before: 2 });
  expect(rest).toMatchObject({ versions: [{ version: 1, entries: 1, who: '@M1' }], next: null });
  expect(await central.lists.versions('limits', { limit: 2 })).toEqual({ versions: [], next: null });
});

test('two versions differ by what was changed between them, and it is said who changed it', async () => {
  later();
  await central.lists.undeny('M1', { who: '@ana', why: 'found' });
  const working = await central.lists.difference('deny', 1, null);
  expect(working).toMatchObject({
    from: { version: 1 },
    to: null,
    counts: { added: 2, removed: 1, changed: 0 },
    entries: [
      { what: 'removed', entry: 'M1', validFrom: null },
      { what: 'added', entry: 'M2' },
      { what: 'added', entry: 'M3' },
    ],
  });
  expect(working?.history.map(({ what, entry, who }) => [what, entry, who])).toEqual([
    ['removed', 'M1', '@ana'],
    ['added', 'M3', '@ben'],
    ['added', 'M2', '@ben'],
  ]);
  const between = await central.lists.difference('deny', 1, 2);
  expect(between).toMatchObject({ entries: [{ what: 'added', entry: 'M2' }], history: [{ why: 'M2 stolen' }] });
  expect(await central.lists.difference('deny', 0, 1)).toMatchObject({ from: null, entries: [{ entry: 'M1' }] });
});

test('there is no difference to a version that never was', async () => {
  expect(await central.lists.difference('deny', 1, 99)).toBeNull();
  expect(await central.lists.difference('deny', 99, null)).toBeNull();
});

test('limits and tariffs differ place by place', async () => {
  const reason = { who: '@ana', why: 'winter' };
  await central.lists.limit({ dayTapsMax: 9, tapAmountMax: 500 }, reason);
  await central.lists.publish('limits', PUBLICATION);
  later();
  await central.lists.limit({ dayTapsMax: 12, minimumBalance: -100 }, reason);
  expect(await central.lists.difference('limits', 1, null)).toMatchObject({
    entries: [
      { what: 'changed', entry: 'dayTapsMax', before: 9, after: 12 },
      { what: 'added', entry: 'minimumBalance', before: null, after: -100 },
      { what: 'removed', entry: 'tapAmountMax', before: 500, after: null },
    ],
  });
  await central.lists.setTariffs([ride(130)], reason);
  await central.lists.publish('tariff', PUBLICATION);
  later();
  const next = ride(150, { validFrom: START + 9 * DAY });
  await central.lists.setTariffs([ride(140), next], reason);
  expect((await central.lists.difference('tariff', 1, null))?.entries).toMatchObject([
    { what: 'changed', entry: 'fare ride', validFrom: START, before: 130, after: 140 },
    { what: 'added', entry: 'currency', validFrom: next.validFrom },
    { what: 'added', entry: 'fare ride', after: 150 },
    { what: 'added', entry: 'fare ride name' },
    { what: 'added', entry: 'part validator' },
  ]);
});
