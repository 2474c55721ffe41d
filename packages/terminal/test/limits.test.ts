/** What a terminal may do alone: limits, lists, the clock. */
import { describe, expect, test } from 'vitest';
import type { Action, Limits, TerminalOptions } from '../src/index.ts';
import { MemoryJournal } from '../src/index.ts';
import { cents, delivered, mediumWith, START, scene, told } from './scene.ts';

const debit = { type: 'debit', amount: cents(120) } as const;
const refill = { type: 'refill', amount: cents(500) } as const;
const DAY = 86_400_000;

const limitsWith = (limits: Partial<Limits>): Partial<TerminalOptions> => ({
  limits: { minimumBalance: cents(0), maximumBalance: cents(100_000), ...limits },
});
const reason = (outcome: object): unknown => ('reason' in outcome ? outcome.reason : 'served');

describe('limits', () => {
  test.each([
    ['tap-limit', { tapAmountMax: cents(119) }],
    ['day-limit', { dayTapsMax: 0 }],
    ['day-limit', { dayAmountMax: cents(119) }],
    ['unsent-limit', { unsentRecordsMax: 0 }],
    ['unsent-limit', { unsentAmountMax: cents(119) }],
  ] as const)('%s for a limit just below: %o; served at the limit', async (expected, limits) => {
    const below = await scene().at(7, limitsWith(limits));
    expect(await below.tap(mediumWith(1000), debit)).toEqual({ outcome: 'refused', reason: expected });
    expect(await delivered(below)).toEqual([]);
    const at = Object.fromEntries(Object.entries(limits).map(([name, value]) => [name, value + 1]));
    expect(reason(await (await scene().at(7, limitsWith(at))).tap(mediumWith(1000), debit))).toBe('served');
  });

  test('a medium has its taps again the next day, and another medium has its own', async () => {
    const stage = scene();
    const terminal = await stage.at(7, limitsWith({ dayTapsMax: 2, dayAmountMax: cents(240) }));
    const medium = mediumWith(10_000);
    const outcomes: unknown[] = [];
    for (let tap = 0; tap < 3; tap += 1) outcomes.push(reason(await terminal.tap(medium, debit)));
    outcomes.push(reason(await terminal.tap(mediumWith(1000, 'M2'), debit)));
    stage.now += DAY;
    outcomes.push(reason(await terminal.tap(medium, debit)));
    expect(outcomes).toEqual(['served', 'served', 'day-limit', 'served', 'served']);
  });

  test('a day begins where the operator says', async () => {
    const stage = scene();
    // START is 03:00 UTC: a day that begins at 04:00 has one hour left.
    const terminal = await stage.at(7, limitsWith({ dayTapsMax: 1, dayStart: 4 * 3_600_000 }));
    const medium = mediumWith(1000);
    await terminal.tap(medium, debit);
    stage.now += 59 * 60_000;
    expect(reason(await terminal.tap(medium, debit))).toBe('day-limit');
    stage.now += 2 * 60_000;
    expect(reason(await terminal.tap(medium, debit))).toBe('served');
  });

  test('the day is not forgotten by a restart, nor by new segments of the journal', async () => {
    const stage = scene();
    const store = new MemoryJournal();
    const options = { ...limitsWith({ dayTapsMax: 1 }), store, segmentBytes: 1 };
    await (await stage.at(7, options)).tap(mediumWith(1000), debit);
    const anew = await stage.at(7, options);
    for (const name of ['M2', 'M3']) await anew.tap(mediumWith(1000, name), debit);
    await delivered(anew);
    const last = await stage.at(7, options);
    expect(reason(await last.tap(mediumWith(1000), debit))).toBe('day-limit');
  });

  test('a torn tap counts for the day, a declined one does not', async () => {
    const terminal = await scene().at(7, limitsWith({ dayTapsMax: 1 }));
    const torn = mediumWith(1000);
    torn.fault = 'torn-before';
    await terminal.tap(torn, debit);
    expect(reason(await terminal.tap(torn, debit))).toBe('day-limit');
    const declining = mediumWith(1000, 'M2');
    declining.fault = 'declines';
    await terminal.tap(declining, debit);
    expect(reason(await terminal.tap(declining, debit))).toBe('served');
  });

  test('unsent: out of service by count, value and age until the centre has the records', async () => {
    const stage = scene();
    const terminal = await stage.at(7, limitsWith({ unsentAgeMax: DAY, unsentAmountMax: cents(500) }));
    await terminal.tap(mediumWith(1000), debit);
    stage.now += DAY + 1;
    expect(reason(await terminal.tap(mediumWith(1000, 'M2'), debit))).toBe('unsent-limit');
    expect((await terminal.observe(mediumWith(1000, 'M2'))).outcome).toBe('observed');
    await delivered(terminal);
    expect(terminal.unsent).toEqual({ count: 0, amount: 0, oldestTime: null });
    expect(reason(await terminal.tap(mediumWith(1000, 'M2'), debit))).toBe('served');
    expect(terminal.unsent).toMatchObject({ count: 1, amount: 120 });
    expect(terminal.unsent.oldestTime).toBeGreaterThanOrEqual(stage.now);
    expect(reason(await terminal.tap(mediumWith(1000), { type: 'debit', amount: cents(381) }))).toBe('unsent-limit');
    expect(reason(await terminal.tap(mediumWith(1000), { type: 'debit', amount: cents(380) }))).toBe('served');
  });
});

describe('at the limit of what waits for the centre', () => {
  test('whose own torn tap reached it is let through, and the next person is not', async () => {
    const stage = scene();
    const terminal = await stage.at(7, limitsWith({ unsentAmountMax: cents(130), unsentRecordsMax: 1 }));
    const medium = mediumWith(1000);
    medium.fault = 'torn-after';
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'unverified' });
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'completed' });
    expect(reason(await terminal.tap(medium, debit))).toBe('unsent-limit');
    expect(medium.account?.balance).toBe(880);
  });

  test('the action list waits, too', async () => {
    const refund = { medium: 'M1', serial: 1, kind: 'refund', amount: cents(5000) } as const;
    const actions = (_: string, serial: number) => (serial === 1 ? refund : null);
    const terminal = await scene().at(7, { ...limitsWith({ unsentAmountMax: cents(500) }), actions });
    const medium = mediumWith(1000);
    expect(reason(await terminal.tap(medium, debit))).toBe('served');
    expect(medium.account?.balance).toBe(880);
  });
});

describe('the clock', () => {
  const inService = async (setAt: number | null, now = START): Promise<unknown> => {
    const stage = scene();
    stage.now = now;
    const terminal = await stage.at(7, { clockSetAt: () => setAt, clockSetMax: DAY });
    return reason(await terminal.tap(mediumWith(1000), debit));
  };

  test('that was never set, too long ago, or in the future stamps no medium', async () => {
    expect(await inService(null)).toBe('clock-not-set');
    expect(await inService(START - DAY - 1)).toBe('clock-not-set');
    expect(await inService(START + 1)).toBe('clock-not-set');
    expect(await inService(START - DAY)).toBe('served');
  });

  test('that is always set is, although time goes on between the questions', async () => {
    let now = START;
    const ticking = (): number => (now += 1);
    const terminal = await scene().at(7, { clock: ticking, clockSetAt: ticking });
    expect(terminal.outOfService).toBe(null);
  });

  test('that was turned back beyond the tolerance serves nobody, observers neither', async () => {
    const stage = scene();
    const terminal = await stage.at(7);
    await terminal.tap(mediumWith(1000), debit);
    stage.now -= 120_000;
    expect(reason(await terminal.tap(mediumWith(1000, 'M2'), debit))).toBe('served');
    stage.now -= 2;
    expect(terminal.outOfService).toBe('clock-turned-back');
    expect(reason(await terminal.tap(mediumWith(1000), debit))).toBe('clock-turned-back');
    expect(reason(await terminal.observe(mediumWith(1000)))).toBe('clock-turned-back');
  });
});

describe('the deny list', () => {
  test('a denied medium is not served, and may be looked at', async () => {
    const terminal = await scene().at(7, { denyList: new Set(['M1']) });
    expect(reason(await terminal.tap(mediumWith(1000), debit))).toBe('medium-denied');
    expect(reason(await terminal.tap(mediumWith(1000, 'M2'), debit))).toBe('served');
    expect(await terminal.observe(mediumWith(1000))).toMatchObject({ outcome: 'observed', isDenied: true });
    expect(await terminal.observe(mediumWith(1000, 'M2'))).toMatchObject({ outcome: 'observed', isDenied: false });
  });
});

describe('the action list', () => {
  const listOf =
    (...actions: readonly Action[]) =>
    (medium: string, serial: number): Action | null =>
      actions.find((action) => action.medium === medium && action.serial === serial) ?? null;
  const load = { medium: 'M1', serial: 1, kind: 'refill', amount: cents(500) } as const;

  test('is carried out first, in order, each entry in a record of its own; then what the person came for', async () => {
    const product = { code: 'day-ticket', maxUses: 1 };
    const actions = listOf(load, { medium: 'M1', serial: 2, kind: 'product', product });
    const terminal = await scene().at(7, { actions });
    const medium = mediumWith(0);
    const outcome = await terminal.tap(medium, debit);
    expect(outcome).toMatchObject({ outcome: 'successful', actions: [{ serial: 1 }, { serial: 2 }] });
    const records = await delivered(terminal);
    expect(told(records)).toEqual([
      '7-1 refill 500 successful',
      '7-2 purchase 0 successful',
      '7-3 debit -120 successful',
    ]);
    expect(records.map((record) => 'action' in record && record.action)).toEqual([
      { serial: 1, kind: 'refill' },
      { serial: 2, kind: 'product' },
      false,
    ]);
  });

  test('an entry is carried out once, at however many terminals it waits', async () => {
    const stage = scene();
    const medium = mediumWith(0);
    for (const number of [7, 8, 9]) {
      const terminal = await stage.at(number, { actions: listOf(load) });
      stage.now += 60_000;
      await terminal.tap(medium, debit);
    }
    expect(medium.account?.balance).toBe(500 - 3 * 120);
  });

  test.each(['torn-before', 'torn-after'] as const)(
    '%s: the next tap does what was not done, and no more',
    async (fault) => {
      const terminal = await scene().at(7, { actions: listOf(load) });
      const medium = mediumWith(0);
      medium.fault = fault;
      expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'unverified', record: { amount: 500 } });
      expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'successful', record: { amount: -120 } });
      expect(medium.account?.balance).toBe(380);
    },
  );

  test('an entry out of turn, or for another medium, is left alone', async () => {
    const actions = listOf({ ...load, serial: 2 }, { ...load, medium: 'M2' });
    const terminal = await scene().at(7, { actions });
    const medium = mediumWith(1000);
    expect(await terminal.tap(medium, debit)).not.toHaveProperty('actions');
    expect(medium.account?.balance).toBe(880);
  });

  test('what the limits of the medium forbid waits, and the person gets what they came for', async () => {
    const actions = listOf({ ...load, amount: cents(99_999) });
    const terminal = await scene().at(7, { actions });
    const medium = mediumWith(1000);
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'successful', record: { amount: -120 } });
    expect(medium.account?.balance).toBe(880);
  });

  test('a block holds at every terminal, also for one without lists, until it is ended', async () => {
    const stage = scene();
    const block = { medium: 'M1', serial: 1, kind: 'block' } as const;
    const medium = mediumWith(1000);
    const blocking = await stage.at(7, { actions: listOf(block), denyList: new Set(['M1']) });
    expect(reason(await blocking.tap(medium, debit))).toBe('medium-denied');
    const ignorant = await stage.at(8);
    expect(reason(await ignorant.tap(medium, debit))).toBe('medium-blocked');
    const waiting = await stage.at(9, { actions: listOf({ ...load, serial: 2 }) });
    expect(reason(await waiting.tap(medium, refill))).toBe('medium-blocked');
    const unblocking = await stage.at(10, { actions: listOf({ medium: 'M1', serial: 2, kind: 'unblock' }) });
    stage.now += 60_000;
    expect(await unblocking.tap(medium, debit)).toMatchObject({ outcome: 'successful', actions: [{ amount: 0 }] });
    expect(told(await delivered(blocking))).toEqual(['7-1 debit 0 successful']);
  });
});
