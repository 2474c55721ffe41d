/** A tap torn at every step, and what happens when the person comes back, or does not. */
import type { Medium } from '@retap/card';
import type { HeldProduct, JournalRecord, ObservationRecord, TapRequest, TransactionRecord } from '@retap/model';
import { oracle } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { type Action, MemoryJournal, MemoryMedium, type TapOutcome, type Terminal } from '../src/index.ts';
import { cents, delivered, type Scene, START, scene, told } from './scene.ts';

const debit = { type: 'debit', amount: cents(120) } as const;
const ride = { type: 'validation', codes: ['ten-rides'] } as const;
const refill = { type: 'refill', amount: cents(500) } as const;
const ticket = { type: 'purchase', price: cents(500), product: { code: 'ten-rides', maxUses: 10 } } as const;

/** Where the power is cut, or the medium leaves. */
const STEPS = [
  'medium leaves before the commit',
  'medium leaves after the commit',
  'medium declines',
  'power cut before the intent is on disk',
  'power cut before the commit',
  'power cut after the commit',
  'power cut after the outcome is on disk',
] as const;
type Step = (typeof STEPS)[number];

const siblings = new Set([17, 18]);

async function torn(stage: Scene, store: MemoryJournal, medium: MemoryMedium, request: TapRequest, step: Step) {
  const first = await stage.at(17, { store, siblings });
  if (step === 'medium leaves before the commit') medium.fault = 'torn-before';
  if (step === 'medium leaves after the commit') medium.fault = 'torn-after';
  if (step === 'medium declines') medium.fault = 'declines';
  if (step === 'power cut before the intent is on disk') store.isCut = true;
  const outcome = await first.tap(step.includes('the commit') && step.includes('power') ? cutting() : medium, request);
  if (!step.startsWith('power')) return { terminal: first, outcome };
  store.isCut = false;
  // A new terminal object knows what is in the journal and nothing else.
  return { terminal: await stage.at(17, { store, siblings }), outcome };

  function cutting(): Medium {
    return {
      authenticate: (access) => medium.authenticate(access),
      read: (wish) => medium.read(wish),
      canHold: () => true,
      open: (account) => medium.open(account),
      commit: async (change) => {
        if (step === 'power cut after the commit') await medium.commit(change);
        store.isCut = true;
        return { answer: 'torn' };
      },
    };
  }
}

/** A medium of the city, opened and loaded at the sales terminal 99, so that the centre knows it from the start. */
async function issued(stage: Scene): Promise<{ medium: MemoryMedium; records: JournalRecord[] }> {
  const sales = await stage.at(99);
  const medium = new MemoryMedium();
  await sales.open(medium, 'M1', cents(2000));
  await sales.tap(medium, ticket);
  stage.now += 600_000;
  return { medium, records: await delivered(sales) };
}

const byId = (products: readonly HeldProduct[]) => [...products].sort((a, b) => (a.id < b.id ? -1 : 1));
const isThrough = ({ outcome }: TapOutcome): boolean => outcome === 'successful' || outcome === 'completed';

describe.each([
  ['debit', debit],
  ['validation', ride],
  ['refill', refill],
  ['purchase', ticket],
] as const)('a %s torn at every step', (_, request) => {
  describe.each(STEPS)('%s', (step) => {
    test.each(['same', 'sibling', 'never'] as const)('and tapped again: %s', async (where) => {
      const stage = scene();
      const { medium, records } = await issued(stage);
      const serialBefore = medium.account?.mediumSerial ?? 0;
      const store = new MemoryJournal();
      const { terminal, outcome } = await torn(stage, store, medium, request, step);
      const sibling = await stage.at(18, { siblings });
      stage.now += 5000;
      const isGate = request === debit || request === ride;
      const wasDone = isThrough(outcome);
      const again = where === 'sibling' && isGate ? sibling : terminal;
      const last = where === 'never' || wasDone ? outcome : await again.tap(medium, request);

      const commits = (medium.account?.mediumSerial ?? 0) - serialBefore;
      expect(commits).toBeLessThanOrEqual(1);
      if (where !== 'never') expect([isThrough(last), commits]).toEqual([true, 1]);
      if (isThrough(last)) expect(commits).toBe(1);

      // The centre hears of everything, by way of an inspector who reads the medium later, and knows what it holds.
      stage.now += 3_600_000;
      const inspector = await stage.at(50);
      await inspector.observe(medium);
      for (const source of [terminal, sibling, inspector]) records.push(...(await delivered(source)));
      const asOf = stage.now + 1000 * 3_600_000;
      const report = oracle(records, { asOf, maxDelay: 0, clockTolerance: 120_000, minimumBalance: 0 });
      const { balance, lastTime, lastTerminal, products } = medium.account ?? {};
      expect(report.alerts).toEqual([]);
      expect(report.accounts).toMatchObject([{ balance, lastTime, lastTerminal, synchronization: [] }]);
      expect(report.accounts[0]?.products).toEqual(byId(products ?? []).map(({ id, uses }) => ({ id, uses })));
    });
  });
});

describe('who comes back', () => {
  test('after a committed tear is let through once: the next person with the same medium pays', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const { terminal } = await torn(stage, new MemoryJournal(), medium, debit, 'medium leaves after the commit');
    const outcomes = [await terminal.tap(medium, debit), await terminal.tap(medium, debit)];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['completed', 'successful']);
    expect(told(await delivered(terminal))).toEqual([
      '17-1 debit -120 unverified',
      '17-2 observation',
      '17-3 debit -120 successful',
    ]);
  });

  test.each(['successful', 'completed'] as const)(
    'after a power cut in the instant of "%s" is let through once',
    async (last) => {
      const stage = scene();
      const { medium } = await issued(stage);
      const store = new MemoryJournal();
      const terminal = await stage.at(17, { store });
      if (last === 'completed') medium.fault = 'torn-after';
      await terminal.tap(medium, debit);
      // The journal has it all; the gate did not open, and the terminal starts anew.
      if (last === 'completed') expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'completed' });
      const anew = await stage.at(17, { store });
      stage.now += 5000;
      const outcomes = [await anew.tap(medium, debit), await anew.tap(medium, debit)];
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['completed', 'successful']);
    },
  );

  test('who has seen the gate open pays again, although the terminal started anew', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    const terminal = await stage.at(17, { store });
    const outcome = await terminal.tap(medium, debit);
    if (!('record' in outcome)) throw new Error('nothing to show');
    await terminal.shown(outcome);
    await terminal.shown(outcome);
    stage.now += 5000;
    const anew = await stage.at(17, { store });
    expect(await anew.tap(medium, debit)).toMatchObject({ outcome: 'successful' });
    // Too late for the tap before: a later one has begun since.
    await anew.shown(outcome);
    expect(await (await stage.at(17, { store })).tap(medium, debit)).toMatchObject({ outcome: 'completed' });
  });

  test('is let through although somebody looked at the medium in between', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    const { terminal } = await torn(stage, store, medium, debit, 'medium leaves after the commit');
    await terminal.observe(medium);
    await terminal.observe(medium);
    const anew = await stage.at(17, { store });
    expect(await anew.tap(medium, debit)).toMatchObject({ outcome: 'completed' });
  });

  test('after two power cuts in the instants of "successful" and "completed", with somebody else in between, is let through', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    expect(await (await stage.at(17, { store })).tap(medium, debit)).toMatchObject({ outcome: 'successful' });
    expect(await (await stage.at(17, { store })).tap(medium, debit)).toMatchObject({ outcome: 'completed' });
    const third = await stage.at(17, { store });
    const other = new MemoryMedium(medium.account && { ...medium.account, medium: 'M2', log: [] });
    await third.shown((await third.tap(other, refill)) as { record: TransactionRecord });
    expect(await (await stage.at(17, { store })).tap(medium, debit)).toMatchObject({ outcome: 'completed' });
    expect(medium.account?.balance).toBe(1380);
  });

  test('after "go" that nobody saw is let through, although the terminal has begun a new segment and started again', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    await (await stage.at(17, { store })).tap(medium, debit);
    const small = await stage.at(17, { store, segmentBytes: 1 });
    await small.tap(new MemoryMedium(medium.account && { ...medium.account, medium: 'M2' }), ride);
    await delivered(small);
    expect([...store.segments.keys()]).toEqual([2]);
    expect(await (await stage.at(17, { store })).tap(medium, debit)).toMatchObject({ outcome: 'completed' });
  });

  test('who was let through and is torn again is let through again, whatever the journal did in between', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    const { terminal } = await torn(stage, store, medium, debit, 'medium leaves after the commit');
    const through = await terminal.tap(medium, debit);
    expect(through).toMatchObject({ outcome: 'completed' });
    await terminal.shown(through as { record: ObservationRecord });
    medium.fault = 'torn-after';
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'unverified' });
    const small = await stage.at(17, { store, segmentBytes: 1 });
    await small.tap(new MemoryMedium(medium.account && { ...medium.account, medium: 'M2' }), ride);
    expect(await (await stage.at(17, { store })).tap(medium, debit)).toMatchObject({ outcome: 'completed' });
  });

  test('is let through, although something else was tried in vain in between', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const { terminal } = await torn(stage, new MemoryJournal(), medium, ticket, 'medium leaves after the commit');
    for (const fault of ['declines', 'torn-before'] as const) {
      medium.fault = fault;
      await terminal.tap(medium, refill);
    }
    expect(await terminal.tap(medium, ticket)).toMatchObject({ outcome: 'completed' });
  });

  test('at a sibling is let through once there, too', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    await torn(stage, new MemoryJournal(), medium, debit, 'medium leaves after the commit');
    const sibling = await stage.at(18, { siblings });
    const outcomes = [await sibling.tap(medium, debit), await sibling.tap(medium, debit)];
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['completed', 'successful']);
  });

  test('for something else pays for it', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const { terminal } = await torn(stage, new MemoryJournal(), medium, debit, 'medium leaves after the commit');
    expect(await terminal.tap(medium, { type: 'debit', amount: cents(260) })).toMatchObject({ outcome: 'successful' });
  });

  test('after the window pays again', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const { terminal } = await torn(stage, new MemoryJournal(), medium, debit, 'medium leaves after the commit');
    stage.now += 150_001;
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'successful' });
  });

  test('to a terminal that has uploaded, begun a new segment of its journal and started again, is still let through', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    const { terminal } = await torn(stage, store, medium, debit, 'medium leaves after the commit');
    expect(told(await delivered(terminal))).toEqual(['17-1 debit -120 unverified']);
    const small = await stage.at(17, { store, segmentBytes: 1 });
    await small.tap(new MemoryMedium(medium.account && { ...medium.account, medium: 'M2' }), ride);
    await delivered(small);
    expect([...store.segments.keys()]).toEqual([2]);
    const anew = await stage.at(17, { store });
    expect(await anew.tap(medium, debit)).toMatchObject({ outcome: 'completed', record: { serial: 3 } });
  });

  test('to a terminal that is no sibling pays again', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    await torn(stage, new MemoryJournal(), medium, debit, 'medium leaves after the commit');
    const stranger = await stage.at(60);
    expect(await stranger.tap(medium, debit)).toMatchObject({ outcome: 'successful' });
  });
});

describe('with something on the action list, who comes back', () => {
  const actionsOf = (...actions: readonly Action[]) => ({
    actions: (_: string, serial: number) => actions[serial - 1] ?? null,
  });

  test.each([17, 18])('at %i is let through first, and not charged again after the action', async (number) => {
    const stage = scene();
    const { medium } = await issued(stage);
    const store = new MemoryJournal();
    await torn(stage, store, medium, debit, 'medium leaves after the commit');
    const options = { siblings, ...actionsOf({ medium: 'M1', serial: 1, kind: 'refill', amount: cents(300) }) };
    const again = await stage.at(number, { ...options, ...(number === 17 && { store }) });
    expect(await again.tap(medium, debit)).toEqual({ outcome: 'completed', record: expect.anything() });
    expect(medium.account?.balance).toBe(1380);
    expect(await again.tap(medium, debit)).toMatchObject({ outcome: 'successful', actions: [{ amount: 300 }] });
    expect(medium.account?.balance).toBe(1560);
  });

  test('gets what they paid for, although a torn action had the same amount', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const action = { medium: 'M1', serial: 1, kind: 'refill', amount: refill.amount } as const;
    const terminal = await stage.at(17, actionsOf(action));
    medium.fault = 'torn-after';
    expect(await terminal.tap(medium, refill)).toMatchObject({
      outcome: 'unverified',
      record: { action: { serial: 1 } },
    });
    expect(await terminal.tap(medium, refill)).toMatchObject({ outcome: 'successful' });
    expect(medium.account?.balance).toBe(2500);
  });

  test('rides at a sibling: a product that was loaded is no ride', async () => {
    const stage = scene();
    const { medium } = await issued(stage);
    const product = { code: 'gift', maxUses: 1 };
    const options = { siblings, ...actionsOf({ medium: 'M1', serial: 1, kind: 'product', product }) };
    const commit = medium.commit.bind(medium);
    medium.commit = (change) => {
      if (!change.action) medium.fault = 'torn-before';
      return commit(change);
    };
    expect(await (await stage.at(17, options)).tap(medium, ride)).toMatchObject({ outcome: 'unverified' });
    medium.commit = commit;
    expect(await (await stage.at(18, options)).tap(medium, ride)).toMatchObject({ outcome: 'successful' });
  });
});

test('a medium whose driver fails is torn, and the terminal serves the next one', async () => {
  const stage = scene();
  const { medium } = await issued(stage);
  const terminal: Terminal = await stage.at(17);
  const commit = () => Promise.reject(new Error('no driver'));
  const failing: Medium = {
    authenticate: (access) => medium.authenticate(access),
    read: (wish) => medium.read(wish),
    canHold: () => true,
    commit,
    open: commit,
  };
  await expect(terminal.tap(failing, debit)).rejects.toThrow('no driver');
  expect(await terminal.tap(medium, debit)).toMatchObject({
    outcome: 'successful',
    record: { serial: 2, time: START + 600_001 },
  });
  expect(told(await delivered(terminal))).toEqual(['17-1 debit -120 unverified', '17-2 debit -120 successful']);
});
