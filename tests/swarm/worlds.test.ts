/** Fifty worlds of the swarm, whole; and worlds whose centre is broken, each caught by the invariant that it breaks. */
import { readFileSync } from 'node:fs';
import type { AuditedCentral, InvariantName, OpenAudited } from '@retap/simulator';
import { drawWorld, INVARIANTS, liveWorld, minimise } from '@retap/simulator';
import { expect, test } from 'vitest';
import { broken, openCentral } from './centre.ts';

const SEEDS = 50;
const TAPS = 80;

test(`${SEEDS} worlds hold`, async () => {
  let taps = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { violation, counts } = await liveWorld(seed, { openCentral, taps: TAPS });
    expect([seed, violation]).toEqual([seed, null]);
    taps += counts.taps;
  }
  expect(taps).toBeGreaterThan(SEEDS * TAPS);
});

test('a seed replays its world to the byte, and another is another', async () => {
  const [first, again, other] = [
    await liveWorld(7, { openCentral, taps: TAPS }),
    await liveWorld(7, { openCentral, taps: TAPS }),
    await liveWorld(8, { openCentral, taps: TAPS }),
  ];
  expect(again).toEqual(first);
  expect(other.digest).not.toBe(first.digest);
});

test('worlds differ in size, in faults and in frauds, and some are honest', () => {
  const worlds = Array.from({ length: 100 }, (_, seed) => drawWorld(seed).city);
  const kinds = new Set(worlds.flatMap(({ faults, frauds }) => onOf({ ...faults, ...frauds })));
  const { faults, frauds } = drawWorld(1).city;
  expect([...kinds].sort()).toEqual([...Object.keys(faults), ...Object.keys(frauds)].sort());
  expect(new Set(worlds.map(({ terminals }) => terminals)).size).toBeGreaterThan(20);
  expect(worlds.filter((world) => onOf(world.frauds).length === 0).length).toBeGreaterThan(20);
});

function onOf(settings: object): string[] {
  return Object.entries(settings).flatMap(([name, value]) => (value > 0 ? [name] : []));
}

const forgetful = (central: AuditedCentral): Partial<AuditedCentral> => {
  let batches = 0;
  return {
    receive: async (incoming) => {
      batches += 1;
      if (batches % 10 !== 0) return central.receive(incoming);
      return incoming.map(() => ({ accepted: 1, quarantined: [] }));
    },
  };
};

const misreporting =
  (change: (report: ReturnType<AuditedCentral['report']>) => object) => (central: AuditedCentral) => ({
    report: (...asked: Parameters<AuditedCentral['report']>) => {
      const report = central.report(...asked);
      return { ...bound(report), ...change(report) };
    },
  });

function bound(report: ReturnType<AuditedCentral['report']>): ReturnType<AuditedCentral['report']> {
  return {
    accounts: () => report.accounts(),
    transactions: () => report.transactions(),
    alerts: () => report.alerts(),
    close: () => report.close(),
  };
}

async function* mapped<Item>(items: AsyncIterable<Item>, map: (item: Item) => Item): AsyncGenerator<Item> {
  for await (const item of items) yield map(item);
}

/** What is broken, and by which invariant it may be seen first. */
const BROKEN: readonly (readonly [string, OpenAudited, readonly InvariantName[]])[] = [
  [
    'acknowledges each tenth batch and keeps nothing of it',
    broken(forgetful),
    ['commit-counted-once', 'no-false-alarm'],
  ],
  [
    'takes what did not commit for successful',
    broken(
      misreporting((report) => ({
        transactions: () =>
          mapped(report.transactions(), (t) =>
            t.status === 'unsuccessful' ? { ...t, status: 'successful' as const } : t,
          ),
      })),
    ),
    ['commit-counted-once'],
  ],
  [
    'is off by one in every account',
    broken(
      misreporting((report) => ({
        accounts: () => mapped(report.accounts(), (a) => ({ ...a, balance: ((a.balance as number) + 1) as never })),
      })),
    ),
    ['copy-equals-card'],
  ],
  [
    'alerts for nothing',
    broken(misreporting(() => ({ alerts: () => listed([{ kind: 'unknown-medium', medium: 'M1' }]) }))),
    ['no-false-alarm'],
  ],
  ['forgets in a rebuild', broken(forgettingInRebuild), ['order-independent']],
  [
    'believes another thing in another order',
    broken((central, index) =>
      index === 0
        ? {}
        : misreporting((report) => ({ accounts: () => mapped(report.accounts(), (a) => ({ ...a, lastTime: 1 })) }))(
            central,
          ),
    ),
    ['order-independent'],
  ],
  ['refuses what is whole', broken(() => ({ receive: () => Promise.reject(refusal()) })), ['whole-or-nothing']],
  [
    'accepts what was cut off',
    broken((central) => ({
      receive: (batches) => central.receive(batches).catch(() => [{ accepted: 0, quarantined: [] }]),
    })),
    ['whole-or-nothing', 'commit-counted-once'],
  ],
  ['throws', broken(() => ({ reconcile: () => Promise.reject(new Error('it came apart')) })), ['nothing-throws']],
];

async function* listed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

function refusal(): Error {
  return Object.assign(new Error('no'), { code: 'batch-malformed' });
}

function forgettingInRebuild(central: AuditedCentral): Partial<AuditedCentral> {
  let isRebuilt = false;
  return {
    rebuild: async () => {
      await central.rebuild();
      isRebuilt = true;
    },
    report: (...asked) => {
      const report = central.report(...asked);
      return isRebuilt ? { ...bound(report), transactions: () => listed([]) } : report;
    },
  };
}

test.each(BROKEN)('a centre that %s is caught', async (_, open, invariants) => {
  for (let seed = 1; seed <= 10; seed += 1) {
    const { violation } = await liveWorld(seed, { openCentral: open, taps: TAPS });
    if (violation === null) continue;
    expect(invariants).toContain(violation.invariant);
    return;
  }
  expect.fail('ten worlds held');
});

test('a violation is told with its story, in a world made smaller', async () => {
  const offByOne = broken(
    misreporting((report) => ({
      accounts: () => mapped(report.accounts(), (a) => ({ ...a, balance: ((a.balance as number) + 1) as never })),
    })),
  );
  const found = await liveWorld(5, { openCentral: offByOne, taps: TAPS });
  let attempts = 0;
  const isTimeLeft = (): boolean => {
    attempts += 1;
    return attempts < 60;
  };
  const smallest = await minimise(found, { openCentral: offByOne, isTimeLeft });
  expect(smallest.violation?.invariant).toBe('copy-equals-card');
  expect(smallest.world.city.media).toBeLessThan(found.world.city.media / 3);
  expect(onOf({ ...smallest.world.city.faults, ...smallest.world.city.frauds })).toEqual([]);
  const story = smallest.violation?.story.join('\n') ?? '';
  expect(story).toMatch(
    /\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} T\d+#\d+ open \d+ → successful, card committed, \d+ left; arrived/,
  );
  expect(story).toContain('true: card holds');
  expect(story).toContain('believed: ');
});

test('docs/reliability.md names every invariant, with what it means', () => {
  const page = readFileSync(new URL('../../docs/reliability.md', import.meta.url), 'utf8');
  for (const [name, meaning] of Object.entries(INVARIANTS)) expect(page).toContain(`| \`${name}\` | ${meaning} |`);
});
