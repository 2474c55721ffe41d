import { DEFAULT_CONFIGURATION } from '@retap/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AlertGroup, type Central, type GroupAct, openCentral, type Role } from '../../src/index.ts';
import { receiveTold, watchAll } from '../alert-work/watching.ts';
import { ENROLLED, REASON } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

let central: Central;
let now = DEFAULT_CONFIGURATION.maxDelay + 10_000;
const all = { silenced: false, limit: 50 };
const causes = async (query = {}) => (await central.alertGroups.groups({ ...all, ...query })).map(({ cause }) => cause);
const through = Number.MAX_SAFE_INTEGER;
const work = (cause: string, act: GroupAct, more = {}) =>
  central.alertGroups.work(cause, act, { through, who: '@ana', ...more });
const statesOf = async (cause: string) => (await central.alertGroups.group(cause))?.states;

async function hire(name: string, role: Role): Promise<void> {
  const digest = new Uint8Array(32).fill(name.charCodeAt(0));
  await central.people.invite({ name, roles: [role], digest, userHandle: digest, validMs: 1_000 }, REASON);
}

/** Terminal 17 has committed two transactions and sent none, one of them read twice; terminal 5 owes one, to a medium never opened. */
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await receiveTold(central, [
    '100: T1 opens A with 100',
    '300: T2 debits 10, of A, balance 60, from terminal 17 at 200',
    '310: T2 reads, of A, balance 60, from terminal 17 at 200',
    '400: T1 opens B with 100',
    '600: T2 debits 10, of B, balance 85, from terminal 17 at 500',
    '700: T3 debits 10, of C, balance 85, from terminal 5 at 650',
    // Late only after a while.
    '11900: T1 opens D with 9',
    '12000: T2 debits 1, of D, balance 5, from terminal 5 at 11950',
  ]);
  await watchAll(central, now);
  await central.registry.settle(ENROLLED);
  await hire('bor', 'operator');
  await hire('eva', 'clerk');
});
afterAll(() => central.close());

describe('open cases are grouped', () => {
  test('by the terminal that owes, or by the medium and the kind', async () => {
    const groups = await central.alertGroups.groups(all);
    expect(groups.map(({ cause, terminal, medium, cases }) => [cause, terminal, medium, cases]).sort()).toEqual([
      ['terminal:17', 17, null, 2],
      ['terminal:5', 5, null, 1],
      ['unknown-medium:C', null, 'C', 1],
    ]);
    const seventeen = groups.find(({ terminal }) => terminal === 17);
    // 100 − 60 − 10 = 30 are not explained of A, and 100 − 85 − 10 = 5 of B.
    expect(seventeen).toMatchObject({
      states: { new: 2, acknowledged: 0, assigned: 0 },
      kinds: [{ kind: 'missing-transaction', cases: 2 }],
      ...{ assigned: [], oldest: now, newest: now, atRisk: 35, silence: null },
    });
  });

  test('of those that are asked for', async () => {
    expect(await causes({ kind: 'unknown-medium' })).toEqual(['unknown-medium:C']);
    expect(await causes({ terminal: 5 })).toEqual(['terminal:5']);
    expect((await causes({ medium: 'C' })).sort()).toEqual(['terminal:5', 'unknown-medium:C']);
    expect(await causes({ states: ['assigned'] })).toEqual([]);
    expect(await causes({ assigned: 'bor' })).toEqual([]);
    expect(await causes({ silenced: true })).toEqual([]);
  });

  test.each(['newest', 'cases'] as const)('page by page, each once, by %s', async (sort) => {
    const seen: string[] = [];
    for (let after: AlertGroup | undefined; ; ) {
      [after] = await central.alertGroups.groups({ silenced: false, limit: 1, sort, after });
      if (!after) break;
      seen.push(after.cause);
    }
    expect(seen).toEqual(await causes({ sort }));
    expect(seen).toHaveLength(3);
    if (sort === 'cases') expect(seen[0]).toBe('terminal:17');
  });

  test('and each group has its cases, the newest first', async () => {
    const [first, second] = await central.alertGroups.cases('terminal:17', { limit: 9 });
    expect([first?.alert, second?.alert].map((alert) => alert && 'medium' in alert && alert.medium).sort()).toEqual([
      'A',
      'B',
    ]);
    expect(first!.lastAppearance).toBeGreaterThan(second!.lastAppearance);
    const page = { limit: 1, before: first!.lastAppearance };
    expect(await central.alertGroups.cases('terminal:17', page)).toEqual([second]);
    expect(await central.alertGroups.cases('terminal:17', { kind: 'unknown-medium', limit: 9 })).toEqual([]);
    expect(await central.alertGroups.group('terminal:99')).toBeNull();
  });
});

describe('all of a group are', () => {
  test('acknowledged, and once more is nothing', async () => {
    const [newest] = await central.alertGroups.cases('terminal:17', { limit: 1 });
    // The newest one was not seen.
    const seen = { through: newest!.lastAppearance - 1 };
    expect(await work('terminal:17', { what: 'acknowledged' }, seen)).toEqual({ done: 1, left: 0 });
    expect(await statesOf('terminal:17')).toEqual({ new: 1, acknowledged: 1, assigned: 0 });
    expect(await work('terminal:17', { what: 'acknowledged' })).toEqual({ done: 1, left: 0 });
    const before = await central.audit.entries({ limit: 1 });
    expect(await work('terminal:17', { what: 'acknowledged' })).toEqual({ done: 0, left: 0 });
    expect(await central.audit.entries({ limit: 1 })).toEqual(before);
    expect(before).toMatchObject([
      { who: '@ana', what: 'alert.acknowledged', object: 'alert group terminal:17', detail: { cases: 1 } },
    ]);
  });

  test('assigned to who can work on them, and to nobody else', async () => {
    expect(await work('terminal:17', { what: 'assigned', to: 'nobody' })).toEqual({ refusal: 'person-unknown' });
    expect(await work('terminal:17', { what: 'assigned', to: 'eva' })).toEqual({ refusal: 'person-not-allowed' });
    expect(await work('terminal:17', { what: 'assigned', to: 'bor' })).toEqual({ done: 2, left: 0 });
    expect(await work('terminal:17', { what: 'assigned', to: 'bor' })).toEqual({ done: 0, left: 0 });
    expect(await causes({ assigned: 'bor' })).toEqual(['terminal:17']);
    const group = await central.alertGroups.group('terminal:17');
    expect(group?.assigned).toEqual([{ person: 'bor', cases: 2 }]);
  });

  test('commented, the same words of the same person once', async () => {
    expect(await work('terminal:17', { what: 'commented', text: ' ' })).toEqual({ refusal: 'text-missing' });
    const comment = { what: 'commented', text: 'no power since noon' } as const;
    expect(await work('terminal:17', comment)).toEqual({ done: 2, left: 0 });
    expect(await work('terminal:17', comment)).toEqual({ done: 0, left: 0 });
    expect(await work('terminal:17', comment, { who: '@bor' })).toEqual({ done: 2, left: 0 });
    expect(await statesOf('terminal:17')).toEqual({ new: 0, acknowledged: 0, assigned: 2 });
  });

  test('resolved with a reason, each with its history and its event', async () => {
    const [one] = await central.alertGroups.cases('terminal:17', { limit: 1 });
    now += 5_000;
    const resolve = { what: 'resolved', reason: 'journal read out by hand' } as const;
    expect(await work('terminal:17', resolve, { kind: 'unknown-medium' })).toEqual({ done: 0, left: 0 });
    expect(await work('terminal:17', resolve)).toEqual({ done: 2, left: 0 });
    expect(await central.alertGroups.group('terminal:17')).toBeNull();
    const found = await central.alertWork.case(one!.id);
    expect(found).toMatchObject({ state: 'resolved', reason: 'journal read out by hand', assignedTo: 'bor' });
    expect(found?.history.map(({ who, what }) => `${who} ${what}`)).toEqual([
      ...['centre raised', '@ana acknowledged', '@ana assigned', '@ana commented', '@bor commented', '@ana resolved'],
    ]);
    await central.events.place();
    const events = await central.events.after(0, { limit: 1_000 });
    const told = events.filter(({ type, data }) => type === 'alert.worked' && data.case === one!.id);
    expect(told.at(-1)?.data).toEqual({
      ...{ case: one!.id, kind: 'missing-transaction', what: 'resolved', who: '@ana' },
      reason: 'journal read out by hand',
    });
  });
});

describe('a cause that is silenced', () => {
  const reason = { who: '@ana', why: 'in repair' };

  test('stands apart, and counts nowhere else', async () => {
    expect(await central.alertGroups.open()).toEqual({
      ...{ cases: { new: 2, acknowledged: 0, assigned: 0 }, causes: 2, silenced: { cases: 0, causes: 0 } },
    });
    const settled = { until: now + 1_000, at: now, ...reason };
    expect(await central.alertGroups.silence('terminal:5', now + 1_000, reason)).toEqual(settled);
    expect(await causes()).toEqual(['unknown-medium:C']);
    expect(await central.alertGroups.groups({ ...all, silenced: true })).toMatchObject([
      { cause: 'terminal:5', silence: settled },
    ]);
    expect(await central.alertGroups.open()).toMatchObject({ causes: 1, silenced: { cases: 1, causes: 1 } });
    expect(await central.audit.entries({ limit: 1 })).toMatchObject([
      { what: 'alert.silenced', object: 'alert group terminal:5', detail: { why: 'in repair', until: now + 1_000 } },
    ]);
    expect(await central.alertGroups.silence('terminal:99', now + 1_000, reason)).toBeNull();
  });

  test('takes with it what is raised meanwhile, and comes back by itself', async () => {
    await watchAll(central, now);
    expect(await central.alertGroups.group('terminal:5')).toMatchObject({ cases: 2, silence: { why: 'in repair' } });
    expect(await causes()).not.toContain('terminal:5');
    now += 1_000;
    expect(await causes()).toContain('terminal:5');
    expect((await central.alertGroups.group('terminal:5'))?.silence).toBeNull();
  });

  test('is heard of again as soon as somebody says so', async () => {
    await central.alertGroups.silence('terminal:5', now + 1_000, reason);
    await central.rebuild();
    await watchAll(central, now);
    expect(await causes()).not.toContain('terminal:5');
    expect(await central.alertGroups.unsilence('terminal:5', '@bor')).toBe(true);
    expect(await central.alertGroups.unsilence('terminal:5', '@bor')).toBe(false);
    expect(await causes()).toContain('terminal:5');
    expect(await central.audit.entries({ limit: 1 })).toMatchObject([{ who: '@bor', what: 'alert.unsilenced' }]);
  });
});

test('how long it took is told from when an alert began to stand, of what was done since', async () => {
  const times = await central.alertGroups.times(0);
  expect(times.acknowledge).toEqual({ count: 2, median: 0, p90: 0 });
  expect(times.resolve).toEqual({ count: 2, median: 5_000, p90: 5_000 });
  expect(times.examined).toBeGreaterThan(5);
  expect(await central.alertGroups.times(now + 1)).toEqual({
    acknowledge: { count: 0, median: null, p90: null },
    resolve: { count: 0, median: null, p90: null },
    cure: { count: 0, median: null, p90: null },
    examined: 0,
  });
});
