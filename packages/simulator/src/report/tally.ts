/** Counts, while a city lives, what the paper's figures count: taps by operating day, and every torn tap with its re-taps. */
import type { MediumAccount, Time, TransactionRecord } from '@retap/model';
import { identityOf } from '@retap/model';
import { Calendar, type CalendarOptions, type DayKind } from '../calendar.ts';
import type { Carrier, CityWatch, Served } from '../watch.ts';
import type { Delivery } from '../world.ts';

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

/** Tries of one visit follow each other within this time. */
const VISIT = 60_000;

export class Tally implements CityWatch {
  readonly days = new Map<string, DayTally>();
  readonly torn = new Map<string, TornNote>();
  /** Commits seen inside the media; openings are none. */
  commits = 0;
  readonly #calendar: Calendar;
  readonly #now: () => Time;
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
    if ('actions' in served) for (const record of served.actions ?? []) this.#count(record.status);
    if (!('record' in served)) return;
    const { record } = served;
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

  delivered({ at, isCut }: Delivery): void {
    const day = this.dayOf(at);
    day.batches += 1;
    if (isCut) day.cutOff += 1;
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

  #count(status: TransactionRecord['status']): void {
    // By the true time: a clock that is behind at midnight would put a tap into the day before.
    const day = this.dayOf(this.#now());
    if (status === 'successful') day.successful += 1;
    if (status === 'unverified') day.torn += 1;
  }
}
