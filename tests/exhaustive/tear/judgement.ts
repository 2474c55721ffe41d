/** What must hold after a torn tap, by what the card truly holds and by the oracle of what the centre knows. */
import type { JournalRecord, MediumAccount } from '@retap/model';
import type { TapOutcome, Terminal } from '@retap/terminal';
import { oracle } from '@retap/testkit';
import { expect } from 'vitest';
import { type Card, CLOCK_TOLERANCE, delivered, type GateLine } from './city.ts';

export const isThrough = ({ outcome }: TapOutcome): boolean => outcome === 'successful' || outcome === 'completed';

/** Never twice, and whoever went through has paid. */
export function assertCharged(
  amounts: readonly number[],
  before: MediumAccount,
  after: MediumAccount,
  isServed: boolean,
): void {
  const commits = after.mediumSerial - before.mediumSerial;
  expect(commits, 'commits').toBeLessThanOrEqual(amounts.length);
  if (isServed) expect(commits, 'commits of who was served').toBe(amounts.length);
  const moved = amounts.slice(0, commits).reduce((sum, amount) => sum + amount, 0);
  expect(after.balance - before.balance, 'money moved').toBe(moved);
}

/** The centre has all records: it knows what the card holds or that it does not; and knows it once the card is seen again. */
export async function assertBelieved(
  line: GateLine,
  card: Card,
  terminals: readonly Terminal[],
  truth: MediumAccount,
  before: readonly JournalRecord[],
): Promise<void> {
  const records: JournalRecord[] = [...before];
  for (const terminal of terminals) records.push(...(await delivered(terminal)));
  const believed = report(records, line.now);
  const inDoubt = believed.transactions.filter(({ status }) => status === 'unverified');
  if (inDoubt.length === 0) assertSame(believed, truth);
  else expect(inDoubt).toHaveLength(1);

  line.now += 3_600_000;
  const inspector = await line.at(50);
  expect((await inspector.observe(card.heldTo(50).medium)).outcome).toBe('observed');
  const settled = report([...records, ...(await delivered(inspector))], line.now);
  expect(settled.alerts).toEqual([]);
  expect(settled.transactions.filter(({ status }) => status === 'unverified')).toEqual([]);
  assertSame(settled, truth);
}

function report(records: readonly JournalRecord[], now: number) {
  const asOf = now + 1000 * 3_600_000;
  return oracle(records, { asOf, maxDelay: 0, clockTolerance: CLOCK_TOLERANCE, minimumBalance: 0 });
}

function assertSame({ accounts }: ReturnType<typeof report>, truth: MediumAccount): void {
  const { balance, lastTime, lastTerminal, products } = truth;
  expect(accounts).toMatchObject([{ balance, lastTime, lastTerminal, synchronization: [] }]);
  const uses = products.map(({ id, uses: used }) => ({ id, uses: used })).sort((a, b) => (a.id < b.id ? -1 : 1));
  expect(accounts[0]?.products).toEqual(uses);
}
