import { DEFAULT_CONFIGURATION, identityOf, resolve } from '@retap/model';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCentral } from '../../src/index.ts';
import { integrityAlertsOf } from '../../src/registry/integrity.ts';
import { grouped, transfersAnew } from '../../src/transfers/anew.ts';
import { isPhone } from '../../src/transfers/facts.ts';
import { paymentStatesOf } from '../../src/transfers/states.ts';
import { embeddedDirectory } from '../embedded-directory.ts';
import { findings } from '../incremental.ts';
import { type Ground, groundAt } from './ground.ts';
import { FIRST_TIME, journals, type World, worldOf } from './worlds.ts';

const directory = embeddedDirectory();
const LATEST = FIRST_TIME + 2_000_000_000;
let ground: Ground;
let worlds = 0;
const alertKinds = new Map<string, number>();
const states = new Map<string, number>();

beforeAll(async () => {
  ground = await groundAt(directory);
});

/** What was reached at all, or the test would hold nothing against nothing. */
afterAll(() => {
  expect([...alertKinds.keys()].sort()).toEqual([
    ...['payment-disputed', 'payment-taken-twice', 'phone-out-of-bounds', 'refill-unbacked'],
  ]);
  expect([...states.keys()].sort()).toEqual(['disputed', 'reclaimable', 'reclaimed', 'reported', 'taken']);
});

function derived({ records, heard, asOf }: World) {
  const effective = new Set(
    [...grouped(records, ({ medium }) => medium).values()].flatMap((of) => [
      ...resolve(of, DEFAULT_CONFIGURATION.clockTolerance).effective,
    ]),
  );
  const known = new Set(records.map(identityOf));
  const isKnown = (identity: Parameters<typeof identityOf>[0]) => known.has(identityOf(identity));
  const own = records.filter(({ terminal }) => isPhone(terminal));
  return transfersAnew(
    { records: own, effective, isKnown, contradicted: new Set() },
    heard,
    asOf,
    DEFAULT_CONFIGURATION,
  );
}

async function stored({ phones, asOf }: World) {
  const alerts = await integrityAlertsOf(ground.database, {
    asOf,
    configuration: DEFAULT_CONFIGURATION,
    limit: 100_000,
  });
  const told = new Map<number, Map<number, string>>();
  for (const phone of phones) {
    const payments = await paymentStatesOf(ground.database, phone, asOf);
    if (payments.length > 0) told.set(phone, new Map(payments.map(({ serial, state }) => [serial, state])));
  }
  return { alerts: alerts.filter((alert) => 'medium' in alert && phones.includes(alert.terminal)), states: told };
}

const sorted = (alerts: readonly object[]) => alerts.map((alert) => JSON.stringify(alert)).sort();

test('records of phones, in any order and any batches → the alerts and states of the plain rules', async () => {
  await fc.assert(
    fc.asyncProperty(journals, fc.infiniteStream(fc.nat()), async (drawn, random) => {
      worlds += 1;
      const world = worldOf(drawn, 1_000_000_000 + worlds * 10);
      await ground.hear(world);
      const shuffled = world.records
        .map((record) => ({ record, at: random.next().value as number }))
        .sort((a, b) => a.at - b.at)
        .map(({ record }) => record);
      while (shuffled.length > 0) {
        await ground.receive(shuffled.splice(0, 1 + ((random.next().value as number) % 6)));
        if ((random.next().value as number) % 3 === 0) await ground.reconcile();
      }
      await ground.reconcile();
      const [plain, fast] = [derived(world), await stored(world)];
      expect(sorted(fast.alerts)).toEqual(sorted(plain.alerts));
      expect(fast.states).toEqual(new Map([...plain.states].filter(([, ofPhone]) => ofPhone.size > 0)));
      for (const { kind } of plain.alerts) alertKinds.set(kind, (alertKinds.get(kind) ?? 0) + 1);
      for (const state of [...plain.states.values()].flatMap((ofPhone) => [...ofPhone.values()])) {
        states.set(state, (states.get(state) ?? 0) + 1);
      }
    }),
    { numRuns: 50 },
  );
}, 300_000);

test('what is stored is what check derives, before and after a rebuild', async () => {
  await ground.database.close();
  const central = await openCentral({ database: directory, now: () => LATEST });
  try {
    const before = await central.integrityAlerts({ limit: 100_000 });
    expect(before.length).toBeGreaterThan(100);
    expect(await findings(central, LATEST, DEFAULT_CONFIGURATION)).toEqual([]);
    await central.rebuild();
    expect(await central.integrityAlerts({ limit: 100_000 })).toEqual(before);
    expect(await findings(central, LATEST, DEFAULT_CONFIGURATION)).toEqual([]);
  } finally {
    await central.close();
  }
}, 300_000);
