/** The terminals of the city: production code on a clock that is a little wrong, a journal in memory, a link that breaks. */
import { hash } from 'node:crypto';
import type { Medium } from '@retap/card';
import { amountOf, type TerminalNumber, type Time } from '@retap/model';
import { MemoryJournal, type Random, Terminal, type TerminalOptions } from '@retap/terminal';
import { HOUR } from './durations.ts';
import type { CityPlan } from './options.ts';
import type { Sending } from './passage.ts';
import type { Chance } from './random.ts';

/** What a terminal is used for. */
export type Role = 'gate' | 'sales' | 'inspection';

export interface EquipmentOptions {
  readonly terminal: TerminalNumber;
  readonly role: Role;
  /** Terminals of the same gate line, this one included. Terminals enrolled later are added. */
  readonly line: Set<TerminalNumber>;
  readonly now: () => Time;
  readonly plan: CityPlan;
  readonly chance: Chance;
  /** Whether its records never arrive. */
  readonly isSilent: boolean;
}

interface Opened {
  readonly terminalOptions: Omit<TerminalOptions, 'store' | 'terminal'>;
  readonly store: MemoryJournal;
  readonly terminal: Terminal;
}

export class Equipment {
  readonly role: Role;
  readonly line: Set<TerminalNumber>;
  readonly isSilent: boolean;
  terminal: Terminal;
  /** Serves somebody until then. */
  takenUntil: Time = 0;
  /** No link before this time. */
  offlineUntil: Time = 0;
  /** Faults of the link in a row. */
  faults = 0;
  /** What is on its way to the centre, as far as this terminal knows. */
  sending: Sending | null = null;
  /** Highest serial that went out whole. */
  sentTo = 0;
  readonly random: Random;
  readonly #terminalOptions: Omit<TerminalOptions, 'store' | 'terminal'>;
  #store: MemoryJournal;

  private constructor(options: EquipmentOptions, opened: Opened) {
    this.role = options.role;
    this.line = options.line;
    this.isSilent = options.isSilent;
    this.random = options.chance.next;
    this.#terminalOptions = opened.terminalOptions;
    this.#store = opened.store;
    this.terminal = opened.terminal;
  }

  static async install(options: EquipmentOptions): Promise<Equipment> {
    const terminalOptions = terminalOptionsOf(options);
    const store = new MemoryJournal();
    const terminal = await Terminal.open({ ...terminalOptions, terminal: options.terminal, store });
    return new Equipment(options, { terminalOptions, store, terminal });
  }

  /** The power comes back: whatever is in the journal is what the terminal knows. */
  async restart(): Promise<void> {
    this.#store.isCut = false;
    this.sending = null;
    const { terminal } = this.terminal;
    this.terminal = await Terminal.open({ ...this.#terminalOptions, terminal, store: this.#store });
  }

  /** The journal is lost, with all that was not uploaded; the terminal goes on under a new number. */
  async loseJournal(successor: TerminalNumber): Promise<void> {
    this.#store = new MemoryJournal();
    this.line.add(successor);
    this.sentTo = 0;
    this.sending = null;
    this.terminal = await Terminal.open({ ...this.#terminalOptions, terminal: successor, store: this.#store });
  }

  /**
   * The power goes at one of the next writes of the journal.
   * @param tornBytes so much of that write reaches the disk
   */
  cutPowerSoon(writes: number, tornBytes: number): void {
    this.#store.cutAfterWrites = writes;
    this.#store.tornBytes = tornBytes;
  }

  /** It did not go after all. */
  keepPower(): void {
    this.#store.cutAfterWrites = null;
    this.#store.tornBytes = 0;
  }

  /** Starts anew where the power went, or the journal failed. @returns whether the power went */
  async recovered(): Promise<boolean> {
    const { isCut } = this.#store;
    this.keepPower();
    if (isCut || this.terminal.outOfService === 'out-of-service') await this.restart();
    return isCut;
  }

  /** The same medium, with the power of this terminal cut just before or just after the commit. */
  cutAt(medium: Medium, isAfterCommit: boolean): Medium {
    return {
      authenticate: (access) => medium.authenticate(access),
      read: (wish) => medium.read(wish),
      canHold: (product) => medium.canHold(product),
      open: (first) => medium.open(first),
      commit: async (change) => {
        if (isAfterCommit) await medium.commit(change);
        this.#store.isCut = true;
        return { answer: 'torn' };
      },
    };
  }
}

function terminalOptionsOf({ plan, chance, now, line }: EquipmentOptions): Opened['terminalOptions'] {
  // Two terminals differ by less than the tolerance as long as each is less than half of it from the truth.
  const skewMax = Math.floor(plan.clockTolerance * 0.45);
  const skew = chance.integer(-skewMax, skewMax);
  return {
    clock: () => now() + skew,
    clockSetAt: () => plan.start - plan.life.opening.eveHours * HOUR - skewMax,
    clockSetMax: Number.POSITIVE_INFINITY,
    sha256: (bytes) => hash('sha256', bytes, 'buffer'),
    limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(50_000) },
    clockTolerance: plan.clockTolerance,
    retapWindow: 30_000,
    siblings: line,
    // A gate in the rush hour has no time for it.
    isLogTime: () => chance.happens(0.1),
    batchRecordsMax: plan.life.uploads.recordsMax,
    segmentBytes: 65_536,
  };
}
