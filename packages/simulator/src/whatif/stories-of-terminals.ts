/** Stolen terminals and torn taps, lived through production terminals. */
import { amountOf, DEFAULT_CONFIGURATION, type JournalRecord, mediumState } from '@retap/model';
import { type Action, MemoryMedium, type Terminal } from '@retap/terminal';
import type { Chance } from '../random.ts';
import { holderRate, spanOf, tapMaxOf } from './copied.ts';
import { Fleet } from './fleet.ts';
import { DAY } from './knobs.ts';
import { drawn, exponential, uploadLatency } from './latency.ts';
import type { WhatIfPlan } from './plan.ts';
import { forgedMedia, terminalRate } from './stolen.ts';
import { uploaded } from './stories-of-copies.ts';
import { accountWith, anyTerminal, beginning, listedFrom, publishedAfter, type Story, spend } from './story.ts';

export const stolenStory: Story = async (plan, chance) => {
  const from = beginning(chance);
  const fleet = new Fleet(plan, from);
  const terminal = await fleet.terminal(1);
  const stolenAt = from + drawn(uploadLatency(plan), chance);
  const gap = 1 / terminalRate(plan);
  const request = { type: 'debit', amount: amountOf(plan.fare) } as const;
  for (let left = 0; ; left += 1) {
    fleet.now += exponential(gap, chance);
    if (fleet.now >= stolenAt) break;
    await terminal.tap(new MemoryMedium(accountWith(`M${left}`, plan.maximumBalance, fleet.now - 1)), request);
  }
  let loss = terminal.unsent.amount;
  if (!chance.happens(plan.refillShare)) return { loss, isFlagged: null };
  await uploaded(terminal);
  for (let left = forgedMedia(plan); left > 0; left -= 1) loss += await forgedSpent(plan, chance, stolenAt, left);
  return { loss, isFlagged: null };
};

/** A medium that the thief loads some time before the theft is noticed. */
async function forgedSpent(plan: WhatIfPlan, chance: Chance, stolenAt: number, number: number): Promise<number> {
  const from = stolenAt + chance.integer(0, plan.noticedAfter - 1);
  const medium = new MemoryMedium(accountWith(`F${number}`, plan.minimumBalance, from - 1));
  const fleet = new Fleet(plan, from);
  const terminal = await fleet.terminal(1);
  for (let left = spanOf(plan); left > 0; left -= tapMaxOf(plan)) {
    await terminal.tap(medium, { type: 'refill', amount: amountOf(Math.min(left, tapMaxOf(plan))) });
    await uploaded(terminal);
  }
  const account = medium.account;
  if (account === null) return 0;
  const published = publishedAfter(stolenAt + plan.noticedAfter, plan, chance);
  const others = new Fleet(plan, from, { deniedFrom: () => listedFrom(published, plan, chance) });
  return spend(plan, chance, others, { from, until: published + plan.offlineMax, account, setBack: false });
}

/** What became of a torn tap. */
interface Torn {
  readonly medium: MemoryMedium;
  readonly records: readonly JournalRecord[];
  readonly opening: number;
  /** Rides that the passenger got after it. */
  readonly rides: number;
  readonly at: number;
}

/** The passenger paid, and the centre's copy of the account never learns it. */
export const tornStory: Story = async (plan, chance) => {
  const draw = chance.next();
  const { medium, records, at } = await torn(plan, chance, comesBack(plan, draw), null);
  const { account } = mediumState(NAME, records, at, DEFAULT_CONFIGURATION);
  return { loss: account.balance - (medium.account?.balance ?? 0), isFlagged: null };
};

/** The passenger has more than they paid for. */
export const refundStory: Story = async (plan, chance) => {
  if (!chance.happens(plan.refundedShare)) return { loss: 0, isFlagged: null };
  const refund: Action = { medium: NAME, serial: 1, kind: 'refund', amount: amountOf(plan.fare) };
  const { medium, opening, rides } = await torn(plan, chance, 'later', refund);
  const owed = opening - rides * plan.fare;
  return { loss: (medium.account?.balance ?? 0) - owed, isFlagged: null };
};

const NAME = '04C0FFEE000002';
/** Fares on a medium when it is opened. */
const FARES = 4;
/** After this no terminal takes a tap for the repetition of one that was torn. */
const LATER = 600_000;

function comesBack({ neverShare, retapShare }: WhatIfPlan, draw: number): 'never' | 'at-once' | 'later' {
  if (draw < neverShare) return 'never';
  return draw < neverShare + retapShare ? 'at-once' : 'later';
}

async function torn(
  plan: WhatIfPlan,
  chance: Chance,
  back: 'never' | 'at-once' | 'later',
  refund: Action | null,
): Promise<Torn> {
  let ordered: Action | null = null;
  const fleet = new Fleet(plan, beginning(chance), {
    actions: (_, serial) => (ordered?.serial === serial ? ordered : null),
  });
  const medium = new MemoryMedium();
  const opening = Math.min(plan.maximumBalance, Math.max(0, plan.minimumBalance) + FARES * plan.fare);
  const desk = await fleet.terminal(plan.terminals + 1);
  await desk.open(medium, NAME, amountOf(opening));
  const records = [...(await uploaded(desk))];
  const tapAt = async (terminal: Terminal): Promise<boolean> => {
    const { outcome } = await terminal.tap(medium, { type: 'debit', amount: amountOf(plan.fare) });
    records.push(...(await uploaded(terminal)));
    return outcome === 'successful' || outcome === 'completed';
  };
  fleet.now += DAY;
  const gate = await fleet.terminal(anyTerminal(plan, chance));
  medium.fault = chance.happens(plan.committedShare) ? 'torn-after' : 'torn-before';
  await tapAt(gate);
  medium.fault = null;
  ordered = refund;
  if (back === 'never') return { medium, records, opening, rides: 0, at: fleet.now };
  fleet.now += back === 'at-once' ? 5_000 : LATER + exponential(1 / Math.max(holderRate(plan), 1 / DAY), chance);
  const rides = (await tapAt(back === 'at-once' ? gate : await fleet.terminal(anyTerminal(plan, chance)))) ? 1 : 0;
  return { medium, records, opening, rides, at: fleet.now };
}
