/** Counts, while a city lives, what the paper's figures count: taps by operating day, and every torn tap with its re-taps. */
import type { JournalRecord, MediumAccount, MediumName, TerminalNumber, Time, TransactionRecord } from '@retap/model';
import { identityOf } from '@retap/model';
import { Calendar, type CalendarOptions, type DayKind } from '../calendar.ts';
import type { Carrier, CityWatch, Served } from '../watch.ts';
import type { Delivery } from '../world.ts';
import type { Arrived } from './settling.ts';

export interface DayTally {
  /** Operating day, `YYYY-MM-DD`. */
  readonly date: string;
  readonly kind: DayKind;
  /** Transactions that their terminals reported `successful`, and `unverified`. */
  successful: number;
  torn: number;
  /** Uploads that arrived, cut-off ones among them. */
  batches: number;
  cutOff: number;
}

export interface TornNote {
  readonly record: TransactionRecord;
  /** Whether the medium committed. */
  readonly committed: boolean;
  /** Records of the same person's tries right after it, by identity. */
  readonly retaps: Set<string>;
}

/** A record of a medium that a torn tap concerns, and when the centre first had it; null: never. */
interface Kept {
  readonly record: JournalRecord;
  at: Time | null;
  /** Counts arrivals. */
  order: number;
}

/** Tries of one visit follow each other within this time. */
const VISIT = 60_000;

export class Tally implements CityWatch {
  readonly days = new Map<string, DayTally>();
  readonly torn = new Map<string, TornNote>();
  /** Commits seen inside the media; openings are none. */
  commits = 0;
  readonly #calendar: Calendar;
  readonly #now: () => Time;
  /**
   * Records of each medium from its first torn tap on. Those before it say nothing of it: what is effective and read the same
   * commit as it did comes after it, and so does a later serial, and what was read later than by the clocks' tolerance.
   */
  readonly #histories = new Map<MediumName, Kept[]>();
  /** Kept records that have not arrived, by terminal and serial. */
  readonly #underWay = new Map<TerminalNumber, Map<number, Kept>>();
  #arrivals = 0;
  /** Torn taps of a medium whose visit may go on. */
  readonly #recent = new Map<string, { readonly notes: TornNote[]; readonly until: Time }>();

  /** @param now the city's own time, which no terminal's clock is exactly */
  constructor(calendar: CalendarOptions, now: () => Time) {
    this.#calendar = new Calendar(calendar);
    this.#now = now;
  }

  committed(_carrier: Carrier, before: MediumAccount | null): void {
    if (before !== null) this.commits += 1;
  }

  acknowledged(): void {}

  served({ name, medium }: Carrier, _terminal: number, served: Served): void {
    for (const record of ('actions' in served && served.actions) || []) {
      this.#keep(record);
      this.#count(record.status);
    }
    if (!('record' in served)) return;
    const { record } = served;
    this.#keep(record);
    if (record.type === 'open') return;
    const now = this.#now();
    const recent = this.#recent.get(name);
    if (recent !== undefined && now <= recent.until) {
      for (const note of recent.notes) note.retaps.add(identityOf(record));
    }
    if (record.type === 'observation') return;
    this.#count(record.status);
    if (record.status !== 'unverified') return;
    const committed = medium.account?.lastTime === record.time && medium.account.lastTerminal === record.terminal;
    const note = { record, committed, retaps: new Set<string>() };
    this.torn.set(identityOf(record), note);
    const notes = recent !== undefined && now <= recent.until ? [...recent.notes, note] : [note];
    this.#recent.set(name, { notes, until: now + VISIT });
  }

  delivered({ at, isCut, terminal, from, to }: Delivery): void {
    const day = this.dayOf(at);
    day.batches += 1;
    if (isCut) day.cutOff += 1;
    else this.#arrived(terminal, from, to, at);
  }

  /** Of a medium that a torn tap concerns: what the centre had of it, in order of arrival. */
  history(medium: MediumName): Arrived[] {
    const arrived = (this.#histories.get(medium) ?? []).filter(({ at }) => at !== null);
    return arrived.sort((a, b) => a.order - b.order).map(({ record, at }) => ({ record, at: at ?? 0 }));
  }

  /** Of the operating day that it is then. */
  dayOf(time: Time): DayTally {
    const date = this.#calendar.operatingDay(time);
    let day = this.days.get(date);
    if (day === undefined) {
      day = { date, kind: this.#calendar.kindOf(time), successful: 0, torn: 0, batches: 0, cutOff: 0 };
      this.days.set(date, day);
    }
    return day;
  }

  #keep(record: JournalRecord): void {
    const { medium } = record;
    const history = this.#histories.get(medium);
    if (history !== undefined) {
      history.push(this.#expect(record));
      return;
    }
    if (record.type !== 'observation' && record.status === 'unverified') {
      this.#histories.set(medium, [this.#expect(record)]);
    }
  }

  #expect(record: JournalRecord): Kept {
    const kept: Kept = { record, at: null, order: 0 };
    const ofTerminal = this.#underWay.get(record.terminal) ?? new Map<number, Kept>();
    this.#underWay.set(record.terminal, ofTerminal.set(record.serial, kept));
    return kept;
  }

  #arrived(terminal: TerminalNumber, from: number, to: number, at: Time): void {
    const ofTerminal = this.#underWay.get(terminal);
    if (ofTerminal === undefined || ofTerminal.size === 0) return;
    for (let serial = from; serial <= to; serial += 1) {
      const kept = ofTerminal.get(serial);
      if (kept === undefined) continue;
      this.#arrivals += 1;
      kept.at = at;
      kept.order = this.#arrivals;
      ofTerminal.delete(serial);
    }
  }

  #count(status: TransactionRecord['status']): void {
    // By the true time: a clock that is behind at midnight would put a tap into the day before.
    const day = this.dayOf(this.#now());
    if (status === 'successful') day.successful += 1;
    if (status === 'unverified') day.torn += 1;
  }
}
