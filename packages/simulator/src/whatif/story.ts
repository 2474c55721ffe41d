/** What the simulated events have in common: a medium, a seed of its own, and how it is denied in the end. */
import { amountOf, firstAccount, type MediumAccount, type MediumName, type Time } from '@retap/model';
import { MemoryMedium } from '@retap/terminal';
import type { Chance } from '../random.ts';
import type { Fleet } from './fleet.ts';
import { DAY } from './knobs.ts';
import { drawn, exponential, listLatency, reactionLatency } from './latency.ts';
import type { WhatIfPlan } from './plan.ts';

/** How one event went. */
interface Told {
  /** In minor units, as read from inside the media. */
  readonly loss: number;
  /** Whether the centre's rules raise the alert by the time that the formula reckons with; null: no alert is needed. */
  readonly isFlagged: boolean | null;
}

export type Story = (plan: WhatIfPlan, chance: Chance) => Promise<Told>;

/** Some noon of 2026, and some time of that day: the limits of a day begin anew at any moment of a story. */
export function beginning(chance: Chance): Time {
  return Date.UTC(2026, 2, 2, 12) + chance.integer(0, DAY - 1);
}

export function accountWith(name: MediumName, balance: number, time: Time): MediumAccount {
  return firstAccount(name, amountOf(balance), time, 1);
}

export function anyTerminal({ terminals }: WhatIfPlan, chance: Chance): number {
  return chance.integer(1, terminals);
}

/** When the deny list with a medium is published, that was found at this time. */
export function publishedAfter(found: Time, plan: WhatIfPlan, chance: Chance): Time {
  return found + drawn(reactionLatency(plan), chance) + chance.integer(0, plan.publishEvery - 1);
}

/** When a list that is published at this time is at a terminal. */
export function listedFrom(published: Time, plan: WhatIfPlan, chance: Chance): Time {
  return published + drawn(listLatency(plan), chance);
}

/**
 * Spends from a medium at random times and terminals, the first time at once, until every terminal denies it or it is spent.
 * @param setBack what it is set back to when it is spent; without it that is the end
 * @param until when every terminal denies it, or when it is given up
 * @returns what was taken, in minor units
 */
export async function spend(
  plan: WhatIfPlan,
  chance: Chance,
  fleet: Fleet,
  of: { readonly from: Time; readonly until: Time; readonly account: MediumAccount; readonly setBack: boolean },
): Promise<number> {
  const request = { type: 'debit', amount: amountOf(plan.fare) } as const;
  let medium = new MemoryMedium(of.account);
  let taken = 0;
  fleet.now = of.from;
  while (fleet.now < of.until) {
    const terminal = await fleet.terminal(anyTerminal(plan, chance));
    let outcome = await terminal.tap(medium, request);
    if (outcome.outcome === 'refused' && outcome.reason === 'insufficient-balance') {
      if (!of.setBack) break;
      medium = new MemoryMedium(of.account);
      outcome = await terminal.tap(medium, request);
    }
    if (outcome.outcome === 'successful') taken -= outcome.record.amount;
    fleet.now += exponential(DAY / plan.cloneTapsPerDay, chance);
  }
  return taken;
}
