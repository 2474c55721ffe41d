import { firstAccount } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { MemoryJournal, MemoryMedium, REFUSALS } from '../src/index.ts';
import { firstCheckpoint, formatCheckpoint } from '../src/journal-checkpoint.ts';
import { framed } from '../src/journal-frame.ts';
import { cents, delivered, mediumWith, START, scene, sha256, told } from './scene.ts';

const debit = { type: 'debit', amount: cents(120) } as const;
const ticket = { type: 'purchase', price: cents(500), product: { code: 'ten-rides', maxUses: 2 } } as const;
const ride = { type: 'validation', codes: ['ten-rides'] } as const;

describe('a tap', () => {
  test('M1 with 1000 at T7: refill 500, buy 500, ride twice, debit 120', async () => {
    const terminal = await scene().at(7);
    const medium = mediumWith(1000);
    const outcomes = [];
    for (const request of [{ type: 'refill', amount: cents(500) } as const, ticket, ride, ride, ride, debit]) {
      const result = await terminal.tap(medium, request);
      outcomes.push(result.outcome === 'refused' ? result.reason : result.outcome);
    }
    expect(outcomes).toEqual([...Array(4).fill('successful'), 'product-not-valid', 'successful']);
    expect(medium.account?.balance).toBe(880);
    expect(medium.account?.products).toEqual([{ id: '7-2', code: 'ten-rides', maxUses: 2, uses: 2 }]);
    expect(told(await delivered(terminal))).toEqual([
      '7-1 refill 500 successful',
      '7-2 purchase -500 successful',
      '7-3 validation 0 successful',
      '7-4 validation 0 successful',
      '7-5 debit -120 successful',
    ]);
  });

  test('a record says what was read and what would be: L, Z, a, w and the commit counter', async () => {
    const terminal = await scene().at(7, { isLogTime: () => true });
    const result = await terminal.tap(mediumWith(1000), debit);
    expect(result).toMatchObject({
      record: {
        lastTime: START - 86_400_000,
        lastTerminal: 99,
        amount: -120,
        balance: 880,
        mediumSerial: 1,
        time: START,
      },
    });
    expect(result).toHaveProperty('record.log.0.time', START - 86_400_000);
  });

  test('a medium that declines gives unsuccessful, and stays as it was', async () => {
    const terminal = await scene().at(7);
    const medium = mediumWith(1000);
    medium.fault = 'declines';
    expect(await terminal.tap(medium, debit)).toMatchObject({ outcome: 'unsuccessful', record: { serial: 1 } });
    expect(medium.account?.balance).toBe(1000);
  });

  test('a second medium while one is served is refused as busy', async () => {
    const terminal = await scene().at(7);
    const first = terminal.tap(mediumWith(1000), debit);
    expect(await terminal.tap(mediumWith(1000, 'M2'), debit)).toEqual({ outcome: 'refused', reason: 'busy' });
    expect(await first).toMatchObject({ outcome: 'successful' });
    expect(terminal.state).toEqual({ state: 'idle' });
  });
});

describe('a refusal changes nothing, on the medium and in the journal:', () => {
  const full = { type: 'refill', amount: cents(99_500) } as const;
  test.each([
    ['unreadable', 'unreadable', debit],
    ['clock-behind', 'from tomorrow', debit],
    ['amount-out-of-range', '', { type: 'refill', amount: cents(0) } as const],
    ['product-missing', '', ride],
    ['insufficient-balance', '', { type: 'debit', amount: cents(1001) } as const],
    ['balance-limit', '', full],
    ['journal-full', 'disk full', debit],
  ] as const)('%s', async (reason, condition, request) => {
    const stage = scene();
    const store = new MemoryJournal();
    const terminal = await stage.at(7, { store });
    const medium = mediumWith(1000);
    if (condition === 'unreadable') medium.fault = 'unreadable';
    if (condition === 'from tomorrow') stage.now = START - 86_400_000 - 120_001;
    if (condition === 'disk full') store.capacityBytes = store.lengthBytes + 4096;
    const before = store.segments;
    expect(REFUSALS).toContain(reason);
    expect(await terminal.tap(medium, request)).toEqual({ outcome: 'refused', reason });
    expect(medium.account?.mediumSerial).toBe(0);
    expect(store.segments).toEqual(before);
  });

  test('serials-used-up: the last serial is given once, and then the terminal serves nobody', async () => {
    const used = { nextSerial: 2 ** 31 - 1, acknowledgedTo: 2 ** 31 - 2 };
    const texts = formatCheckpoint({ ...firstCheckpoint(7, '', sha256), ...used });
    const terminal = await scene().at(7, { store: new MemoryJournal(new Map([[1, framed(texts, 1, 0)]])) });
    expect(await terminal.tap(mediumWith(1000), debit)).toMatchObject({ record: { serial: 2 ** 31 - 1 } });
    const refusal = { outcome: 'refused', reason: 'serials-used-up' };
    expect(await terminal.tap(mediumWith(1000), debit)).toEqual(refusal);
    expect(await terminal.observe(mediumWith(1000))).toEqual(refusal);
  });

  test('medium-used-up: a medium that can count no further commit', async () => {
    const account = { ...firstAccount('M1', cents(1000), START - 1000, 99), mediumSerial: 2 ** 31 - 1 };
    const terminal = await scene().at(7);
    const medium = new MemoryMedium(account);
    expect(await terminal.tap(medium, debit)).toEqual({ outcome: 'refused', reason: 'medium-used-up' });
  });

  test('products-full: eight products and none spent; a spent one makes room', async () => {
    const terminal = await scene().at(7);
    const medium = mediumWith(10_000);
    for (let bought = 0; bought < 8; bought += 1) await terminal.tap(medium, ticket);
    expect(await terminal.tap(medium, ticket)).toEqual({ outcome: 'refused', reason: 'products-full' });
    await terminal.tap(medium, ride);
    await terminal.tap(medium, ride);
    expect(await terminal.tap(medium, ticket)).toMatchObject({ outcome: 'successful' });
    expect(medium.account?.products.map(({ id }) => id)).not.toContain('7-1');
  });
});

test('a medium that claims what no record can say is not written, and the journal opens again', async () => {
  const stage = scene();
  const store = new MemoryJournal();
  const terminal = await stage.at(7, { store });
  const lying = new MemoryMedium({ ...firstAccount('M1', cents(1000), START - 1000, 99), lastTerminal: 0 });
  await expect(terminal.tap(lying, debit)).rejects.toThrow('lastTerminal');
  expect(lying.account?.mediumSerial).toBe(0);
  expect(await terminal.tap(mediumWith(1000), debit)).toMatchObject({ outcome: 'successful', record: { serial: 1 } });
  expect((await stage.at(7, { store })).unsent.count).toBe(1);
});

describe('time', () => {
  test('grows over the records of a terminal and along a medium, whatever the clock does', async () => {
    const stage = scene();
    const terminal = await stage.at(7);
    const other = await stage.at(8, { clock: () => stage.now + 60_000 });
    const medium = mediumWith(10_000);
    await other.tap(medium, debit);
    await terminal.tap(medium, debit);
    await terminal.tap(mediumWith(1000, 'M2'), debit);
    stage.now -= 10_000;
    await terminal.tap(medium, debit);
    const times = (await delivered(terminal)).map(({ time }) => time - START);
    expect(times).toEqual([60_001, 60_002, 60_003]);
  });

  test('a medium exactly clockTolerance ahead is served, at L + 1', async () => {
    const stage = scene();
    const terminal = await stage.at(7);
    stage.now = START - 86_400_000 - 120_000;
    expect(await terminal.tap(mediumWith(1000), debit)).toMatchObject({ record: { time: START - 86_400_000 + 1 } });
  });
});

describe('a new medium', () => {
  test('is opened once, with its record on disk', async () => {
    const terminal = await scene().at(99);
    const medium = new MemoryMedium();
    expect(await terminal.open(medium, 'M1', cents(500))).toMatchObject({
      outcome: 'opened',
      record: { balance: 500 },
    });
    expect(await terminal.open(medium, 'M1', cents(500))).toEqual({ outcome: 'not-opened' });
    expect(told(await delivered(terminal))).toEqual(['99-1 open 500 successful']);
  });

  test('that leaves while it is opened is not handed out, and nobody hears of it', async () => {
    const terminal = await scene().at(99);
    const medium = new MemoryMedium();
    medium.fault = 'torn-after';
    expect(await terminal.open(medium, 'M1', cents(500))).toEqual({ outcome: 'not-opened' });
    expect(await delivered(terminal)).toEqual([]);
  });

  test('with a balance out of range is refused', async () => {
    const terminal = await scene().at(99);
    const opened = await terminal.open(new MemoryMedium(), 'M1', cents(100_001));
    expect(opened).toEqual({ outcome: 'refused', reason: 'amount-out-of-range' });
  });
});
