/** The terminals of the city: production code on a clock that is a little wrong, a journal in memory, a link that breaks. */
import { hash } from 'node:crypto';
import type { Medium } from '@retap/card';
import { amountOf, type MediumName, type TapRequest, type TerminalNumber, type Time } from '@retap/model';
import { readBody } from '@retap/protocol';
import {
  JournalError,
  MemoryJournal,
  type Random,
  type TapOutcome,
  Terminal,
  type TerminalOptions,
} from '@retap/terminal';
import { EquipmentClock } from './equipment-clock.ts';
import type { Fares } from './fares.ts';
import type { TerminalList } from './lists.ts';
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
  readonly fares: Fares;
  /** What a new terminal holds of whom it may not serve. */
  readonly list: () => TerminalList | null;
  /** Number of the next terminal that is enrolled. */
  readonly successor: () => TerminalNumber;
}

/** What is wrong with a terminal for a while. */
export interface Ailment {
  /** Numbers that it had meanwhile. */
  readonly terminals: Set<TerminalNumber>;
  /** Media that were held to it meanwhile. */
  readonly media: Set<MediumName>;
  /** Whether its clock is further off than terminals may differ: then it cannot know whether who comes back has paid. */
  readonly isBlind: boolean;
}

interface Opened {
  readonly clock: EquipmentClock;
  readonly terminalOptions: Omit<TerminalOptions, 'store' | 'terminal'>;
  readonly store: MemoryJournal;
  readonly terminal: Terminal;
}

export class Equipment {
  readonly role: Role;
  readonly line: Set<TerminalNumber>;
  readonly clock: EquipmentClock;
  /** What it sends never arrives. */
  isSilent: boolean;
  terminal: Terminal;
  /** Serves somebody until then. */
  takenUntil: Time = 0;
  /** Whom it may not serve; null in a city without lists. */
  list: TerminalList | null;
  /** Something is wrong with it, and touches every medium that is held to it. */
  ails: Ailment | null = null;
  /** When it last lost what it knew of its media, in true time. */
  forgotAt: Time = 0;
  /** No link before this time. */
  offlineUntil: Time = 0;
  /** Faults of the link in a row. */
  faults = 0;
  /** What is on its way to the centre, as far as this terminal knows. */
  sending: Sending | null = null;
  /** Highest serial that went out whole. */
  sentTo = 0;
  readonly random: Random;
  readonly #options: EquipmentOptions;
  readonly #terminalOptions: Omit<TerminalOptions, 'store' | 'terminal'>;
  #store: MemoryJournal;

  private constructor(options: EquipmentOptions, opened: Opened) {
    this.#options = options;
    this.clock = opened.clock;
    this.list = options.list();
    this.role = options.role;
    this.line = options.line;
    this.isSilent = options.isSilent;
    this.random = options.chance.next;
    this.#terminalOptions = opened.terminalOptions;
    this.#store = opened.store;
    this.terminal = opened.terminal;
  }

  static async install(options: EquipmentOptions): Promise<Equipment> {
    const clock = clockOf(options);
    const terminalOptions = terminalOptionsOf(options, clock);
    const store = new MemoryJournal();
    const terminal = await Terminal.open({ ...terminalOptions, terminal: options.terminal, store });
    const equipment = new Equipment(options, { clock, terminalOptions, store, terminal });
    // It holds a list from the first tap on, but for the city without any.
    if (equipment.list !== null) await equipment.restart();
    return equipment;
  }

  /**
   * The power comes back: whatever is in the journal is what the terminal knows. Where that is damaged, another takes its place.
   * @returns whether the journal was whole
   */
  async restart(): Promise<boolean> {
    this.#store.isCut = false;
    this.sending = null;
    try {
      this.terminal = await this.#opened(this.terminal.terminal);
      return true;
    } catch (cause) {
      // Damage that nobody did would be ours.
      if (!(cause instanceof JournalError) || !this.ails) throw cause;
      await this.loseJournal();
      return false;
    }
  }

  /** The journal is lost, with all that was not uploaded; the terminal goes on under a new number, that of its successor. */
  async loseJournal(): Promise<TerminalNumber> {
    const successor = this.#options.successor();
    this.#store = new MemoryJournal();
    this.line.add(successor);
    this.ails?.terminals.add(successor);
    this.forgotAt = this.#options.now();
    this.sentTo = 0;
    this.sending = null;
    this.list = this.#options.list();
    this.terminal = await this.#opened(successor);
    return successor;
  }

  /** Its journal turned out to be damaged as it was read. */
  async discarded(): Promise<void> {
    if (!this.ails) throw new Error(`the journal of terminal ${this.terminal.terminal} is damaged, and nobody did it`);
    await this.loseJournal();
  }

  /** Another terminal takes its place; what it had not uploaded it brings to the centre from elsewhere. */
  async replaced(): Promise<Equipment> {
    const { clock, terminal } = this;
    const opened = { clock, terminalOptions: this.#terminalOptions, store: this.#store, terminal };
    const taken = new Equipment(this.#options, opened);
    taken.sentTo = this.sentTo;
    taken.isSilent = this.isSilent;
    await this.loseJournal();
    return taken;
  }

  /** Whether it cannot know just now what a re-tap repeats. */
  get isBlind(): boolean {
    const { fares } = this.#options;
    return this.ails?.isBlind === true || (!fares.areFixed && fares.isBehind(this));
  }

  /** Serves a medium, and shows the person how it ended. */
  async tap(medium: Medium, request: TapRequest): Promise<TapOutcome> {
    const { fares } = this.#options;
    const outcome = fares.areFixed
      ? await this.terminal.tap(medium, request)
      : await this.terminal.tap(medium, fares.requestAt(request, this), fares.requestsSince(request, this));
    if ('record' in outcome) await this.terminal.shown(outcome);
    return outcome;
  }

  /** What is on its disk, a copy. */
  get image(): ReadonlyMap<number, Uint8Array> {
    return this.#store.segments;
  }

  /** Its disk as it was once: it knows nothing of what it did since. */
  async restore(image: ReadonlyMap<number, Uint8Array>): Promise<void> {
    this.#store = new MemoryJournal(image);
    this.forgotAt = this.#options.now();
    await this.restart();
  }

  /** A bit of what is on the disk is another. @param drawn which, 0 ≤ drawn < 1 */
  rotBit(drawn: number): void {
    const segments = this.#store.segments;
    let bit = Math.floor(drawn * this.#store.lengthBytes * 8);
    for (const bytes of segments.values()) {
      const at = bit >> 3;
      if (at < bytes.length) {
        bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
        break;
      }
      bit -= bytes.length * 8;
    }
    this.#store.replaceSegments(segments);
  }

  /** @param bytes so many more than there are; `Infinity`: as many as it likes */
  limitRoom(bytes: number): void {
    this.#store.capacityBytes = this.#store.lengthBytes + bytes;
  }

  /** Media of the records that the centre has not acknowledged. */
  async mediaUnsent(): Promise<ReadonlySet<MediumName>> {
    const media = new Set<MediumName>();
    for (let after = 0; ; ) {
      const batch = await this.terminal.nextBatch({ after }).catch(() => null);
      if (batch === null) return media;
      for (const { record } of readBody(batch.form, batch.bytes).records) media.add(record.medium);
      after = batch.to;
    }
  }

  get #denyList(): Pick<TerminalOptions, 'denyList'> {
    return this.list === null ? {} : { denyList: this.list };
  }

  #opened(terminal: TerminalNumber): Promise<Terminal> {
    return Terminal.open({ ...this.#terminalOptions, ...this.#denyList, terminal, store: this.#store });
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

  /** Everything is put right: link, clock and disk. */
  async mend(): Promise<void> {
    this.offlineUntil = 0;
    // Those before were of a link that was bad: counted on, a terminal would be given up at its first in the end.
    this.faults = 0;
    this.limitRoom(Number.POSITIVE_INFINITY);
    if (this.ails?.isBlind) this.clock.set();
    await this.recovered();
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

function clockOf({ plan, chance, now }: EquipmentOptions): EquipmentClock {
  // Two terminals differ by less than the tolerance as long as each is less than half of it from the truth.
  const skewMax = Math.floor((plan.clockTolerance * plan.faults.clockSkewShare) / 2);
  return new EquipmentClock({ now, skew: chance.integer(-skewMax, skewMax), setAt: now() - skewMax });
}

function terminalOptionsOf({ plan, chance, line }: EquipmentOptions, clock: EquipmentClock): Opened['terminalOptions'] {
  return {
    clock: () => clock.time,
    clockSetAt: () => clock.setAt,
    clockSetMax: Number.POSITIVE_INFINITY,
    // By way of a string: a buffer of its own from the hash takes twice as long.
    sha256: (bytes) => Buffer.from(hash('sha256', bytes, 'binary'), 'binary'),
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
