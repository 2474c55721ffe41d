/** Production terminals of one story, put into service when they are first tapped at, each with a deny list of its own. */
import { createHash } from 'node:crypto';
import { amountOf, type MediumName, type TerminalNumber, type Time } from '@retap/model';
import { type ActionList, type Limits, MemoryJournal, Terminal } from '@retap/terminal';
import type { WhatIfPlan } from './plan.ts';

export interface FleetOptions {
  /** From when on a terminal's deny list has the medium; asked once for each terminal. */
  readonly deniedFrom?: (medium: MediumName, terminal: TerminalNumber) => Time;
  readonly actions?: ActionList;
}

export class Fleet {
  /** Virtual time, by every clock of the fleet. */
  now: Time;
  readonly #limits: Limits;
  readonly #options: FleetOptions;
  readonly #terminals = new Map<TerminalNumber, Terminal>();
  readonly #deniedFrom = new Map<string, Time>();

  constructor(plan: WhatIfPlan, now: Time, options: FleetOptions = {}) {
    this.now = now;
    this.#limits = limitsOf(plan);
    this.#options = options;
  }

  async terminal(number: TerminalNumber): Promise<Terminal> {
    const found = this.#terminals.get(number);
    if (found) return found;
    const terminal = await Terminal.open({
      terminal: number,
      store: new MemoryJournal(),
      sha256: (bytes) => createHash('sha256').update(bytes).digest(),
      clock: () => this.now,
      clockSetAt: () => 0,
      clockSetMax: Number.POSITIVE_INFINITY,
      limits: this.#limits,
      clockTolerance: 120_000,
      retapWindow: 30_000,
      denyList: { has: (medium) => this.#isDenied(medium, number) },
      ...(this.#options.actions && { actions: this.#options.actions }),
    });
    this.#terminals.set(number, terminal);
    return terminal;
  }

  #isDenied(medium: MediumName, terminal: TerminalNumber): boolean {
    const { deniedFrom } = this.#options;
    if (!deniedFrom) return false;
    const key = `${terminal} ${medium}`;
    const from = this.#deniedFrom.get(key) ?? deniedFrom(medium, terminal);
    this.#deniedFrom.set(key, from);
    return this.now >= from;
  }
}

function limitsOf(plan: WhatIfPlan): Limits {
  const { tapAmountMax, dayTapsMax, dayAmountMax, unsentRecordsMax, unsentAmountMax, unsentAgeMax } = plan;
  return {
    minimumBalance: amountOf(plan.minimumBalance),
    maximumBalance: amountOf(plan.maximumBalance),
    ...(tapAmountMax !== null && { tapAmountMax: amountOf(tapAmountMax) }),
    ...(dayTapsMax !== null && { dayTapsMax }),
    ...(dayAmountMax !== null && { dayAmountMax: amountOf(dayAmountMax) }),
    ...(unsentRecordsMax !== null && { unsentRecordsMax }),
    ...(unsentAmountMax !== null && { unsentAmountMax: amountOf(unsentAmountMax) }),
    ...(unsentAgeMax !== null && { unsentAgeMax }),
  };
}
