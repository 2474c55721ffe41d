/** Copies, and media that are set back, lived through production terminals: what they spend until they are denied. */
import { amountOf, DEFAULT_CONFIGURATION, type JournalRecord, mediumState, type Time } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { MemoryMedium, type Terminal } from '@retap/terminal';
import type { Chance } from '../random.ts';
import { copiedBalance, holderRate } from './copied.ts';
import { Fleet } from './fleet.ts';
import { DAY } from './knobs.ts';
import { drawn, exponential, uploadLatency } from './latency.ts';
import { daysOf, type WhatIfPlan } from './plan.ts';
import { accountWith, anyTerminal, beginning, listedFrom, publishedAfter, type Story, spend } from './story.ts';

const NAME = '04C0FFEE000001';

export const cloneStory: Story = async (plan, chance) => {
  const from = beginning(chance);
  const account = accountWith(NAME, copiedBalance(plan), from - 1);
  const h = holderRate(plan);
  const tapsAgain = h === 0 ? Number.POSITIVE_INFINITY : from + exponential(1 / h, chance);
  const arrivals = [from, tapsAgain].map((time) => time + drawn(uploadLatency(plan), chance));
  const found = plan.detection === 'never' ? Number.POSITIVE_INFINITY : Math.max(...arrivals);
  const { fleet, until } = deniedSometime(plan, chance, from, found);
  const loss = await spend(plan, chance, fleet, { from, until, account, setBack: false });
  if (found === Number.POSITIVE_INFINITY) return { loss, isFlagged: null };
  // At the centre are by then the first records of both, whatever else is.
  const conflict = new Fleet(plan, from);
  const records = [
    ...(await tapOnce(plan, chance, conflict, from, new MemoryMedium(account))),
    ...(await tapOnce(plan, chance, conflict, tapsAgain, new MemoryMedium(account))),
  ];
  return { loss, isFlagged: isCloned(records, found) };
};

export const rollbackStory: Story = async (plan, chance) => {
  const from = beginning(chance);
  const account = accountWith(NAME, copiedBalance(plan), from - 2 * DAY);
  // What it spent first was paid for; of that its first tap is enough to conflict with.
  const before = await tapOnce(plan, chance, new Fleet(plan, from), from - DAY, new MemoryMedium(account));
  if (plan.detection === 'never') {
    const until = from + chance.integer(0, Math.round(daysOf(plan.period) * DAY));
    const loss = await spend(plan, chance, new Fleet(plan, from), { from, until, account, setBack: true });
    return { loss, isFlagged: null };
  }
  const found = from + drawn(uploadLatency(plan), chance);
  const { fleet, until } = deniedSometime(plan, chance, from, found);
  const loss = await spend(plan, chance, fleet, { from, until, account, setBack: true });
  const after = await tapOnce(plan, chance, new Fleet(plan, from), from, new MemoryMedium(account));
  return { loss, isFlagged: isCloned([...before, ...after], found) };
};

/** Terminals that each get the deny list in their own time. */
function deniedSometime(plan: WhatIfPlan, chance: Chance, from: Time, found: Time): { fleet: Fleet; until: Time } {
  const published = publishedAfter(found, plan, chance);
  const fleet = new Fleet(plan, from, { deniedFrom: () => listedFrom(published, plan, chance) });
  return { fleet, until: published + plan.offlineMax };
}

/** @returns the records as the centre gets them */
async function tapOnce(
  plan: WhatIfPlan,
  chance: Chance,
  fleet: Fleet,
  at: Time,
  medium: MemoryMedium,
): Promise<readonly JournalRecord[]> {
  fleet.now = at;
  const terminal = await fleet.terminal(anyTerminal(plan, chance));
  await terminal.tap(medium, { type: 'debit', amount: amountOf(plan.fare) });
  return uploaded(terminal);
}

/** Everything that the terminal has not sent yet, as it arrives. */
export async function uploaded(terminal: Terminal): Promise<readonly JournalRecord[]> {
  const batch = await terminal.nextBatch();
  if (batch === null) return [];
  await terminal.acknowledge(batch);
  return parseBatch(batch.bytes).records.map(({ record }) => record);
}

function isCloned(records: readonly JournalRecord[], asOf: Time): boolean {
  const { alerts } = mediumState(NAME, records, asOf, DEFAULT_CONFIGURATION);
  return alerts.some(({ kind }) => kind === 'cloned-medium');
}
