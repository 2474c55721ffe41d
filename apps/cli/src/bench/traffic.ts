/**
 * Traffic as the centre receives it: uploads of terminals, in order of arrival, over media that come back. Generated from a
 * seed and kept nowhere, so that twenty million records need no more memory than their media.
 */
import type { JournalRecord } from '@retap/model';
import { type Draw, drawsOf } from './chance.ts';
import { Media, type Place } from './media.ts';
import { Offline } from './offline.ts';

export interface TrafficOptions {
  readonly seed: string;
  readonly records: number;
  /** Records an upload, each of one terminal. */
  readonly run: number;
  /**
   * Share of the records that are exceptional, 0 … 0.4; of these
   * - 60 % are **late**: made at a terminal that was offline, received minutes to days after the tap, and in any case after the
   *   next record of the same medium;
   * - 35 % are **torn**: reported `unverified`; half of them committed, as the medium's next tap tells, half of them not;
   * - 5 % are **forked**: made by a copy of a medium, from a state in which the original has gone on since.
   *
   * Only the record that is late, torn or forked counts, not those that it makes exceptional to the centre.
   */
  readonly exceptional: number;
  /** So many media are opened before anybody taps. */
  readonly openFirst?: number;
}

/** Terminals that are online; as many as a city of this many taps has. */
export const TERMINALS = 1_600;
/** A city of 200,000 taps a day. */
const TAP_MS = 432;
const START = Date.UTC(2026, 0, 5);
const RECORDS_A_MEDIUM = 6;
const LATE_SHARE = 0.6;
const TORN_SHARE = 0.95;
/** Taps of the city until the next tap of a medium that has to come back: seconds, up to half an hour. */
const BACK_MIN = 50;
const BACK_MAX = 5_000;

/** Records of one terminal, one after the other. */
export type Upload = readonly JournalRecord[];

export interface ExceptionalCounts {
  readonly late: number;
  readonly torn: number;
  readonly forked: number;
}

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #draw: Draw;
  readonly #media: Media;
  readonly #offline: Offline;
  readonly #serials = new Int32Array(TERMINALS + 1);
  /** Media that are no copies. */
  readonly #originals: Int32Array;
  #opened = 0;
  /** Who must tap, by the number of the tap. */
  readonly #due = new Map<number, number>();
  /** Media that are due: what they do until then is usual, or a late record and the next might arrive together. */
  readonly #comingBack = new Set<number>();
  readonly #backMax: number;
  /** Of the taps that are not of somebody who comes back, of whom there are as many as are exceptional. */
  readonly #exceptionalShare: number;
  /** None is exceptional after so many: all come back before the end. */
  readonly #lastExceptional: number;
  readonly #counts = { late: 0, torn: 0, forked: 0 };
  #made = 0;
  #tap = 0;

  constructor(options: TrafficOptions) {
    const { records, run, exceptional, openFirst = 0 } = options;
    this.#options = options;
    this.#draw = drawsOf(options.seed);
    this.#originals = new Int32Array(openFirst + Math.ceil(records / RECORDS_A_MEDIUM) + 1);
    this.#media = new Media(this.#originals.length + Math.ceil(records * exceptional) + 1);
    this.#backMax = Math.max(BACK_MIN + 1, Math.min(BACK_MAX, Math.floor(records / 20)));
    this.#exceptionalShare = exceptional / (1 - exceptional);
    this.#lastExceptional = records - 2 * this.#backMax;
    // Who comes back does it in time, and is uploaded with the rest of a run.
    const delays = { min: 2 * this.#backMax + run, max: Math.floor(records / 4) };
    this.#offline = new Offline(run, TERMINALS + 1, delays, this.#draw);
  }

  /** Of what was given out so far. */
  get counts(): ExceptionalCounts {
    return this.#counts;
  }

  /** All records, each once, in order of arrival. */
  *uploads(): Generator<Upload> {
    const { records, run } = this.#options;
    for (let turn = 0; this.#made < records; turn += 1) {
      const upload: JournalRecord[] = [];
      const terminal = (turn % TERMINALS) + 1;
      while (upload.length < run && this.#made < records) {
        const record = this.#next(terminal);
        this.#made += 1;
        if (record.terminal === terminal) upload.push(record);
        else this.#offline.add(record, this.#tap);
      }
      if (upload.length > 0) yield upload;
      yield* this.#offline.arrived(this.#tap);
    }
    yield* this.#offline.rest();
  }

  /** The next tap of the city; of this terminal, or of one that is offline. */
  #next(terminal: number): JournalRecord {
    this.#tap += 1;
    const due = this.#due.get(this.#tap);
    if (due !== undefined) {
      this.#due.delete(this.#tap);
      this.#comingBack.delete(due);
      return this.#media.tap(due, this.#place(terminal), this.#draw, 'seen');
    }
    const { openFirst = 0 } = this.#options;
    const canOpen = this.#opened < this.#originals.length;
    if (this.#opened < Math.max(1, openFirst)) return this.#open(terminal);
    if (this.#made < this.#lastExceptional && this.#draw() < this.#exceptionalShare) return this.#exceptional(terminal);
    if (canOpen && this.#draw() < 1 / RECORDS_A_MEDIUM) return this.#open(terminal);
    return this.#media.tap(this.#traveller(), this.#place(terminal), this.#draw, 'seen');
  }

  #open(terminal: number): JournalRecord {
    this.#originals[this.#opened] = this.#media.count;
    this.#opened += 1;
    return this.#media.open(this.#place(terminal));
  }

  #exceptional(terminal: number): JournalRecord {
    const medium = this.#traveller();
    if (this.#comingBack.has(medium)) return this.#media.tap(medium, this.#place(terminal), this.#draw, 'seen');
    const kind = this.#draw();
    if (kind < LATE_SHARE) {
      this.#counts.late += 1;
      this.#comesBack(medium, this.#backMax);
      return this.#media.tap(medium, this.#offline.next(this.#time), this.#draw, 'seen');
    }
    if (kind < TORN_SHARE) {
      this.#counts.torn += 1;
      // Who stood before a gate that did not open tries again at once.
      const isCommitted = this.#draw() < 0.5;
      this.#comesBack(medium, isCommitted ? this.#backMax : BACK_MIN + 20);
      const commit = isCommitted ? 'torn, committed' : 'torn, not committed';
      return this.#media.tap(medium, this.#place(terminal), this.#draw, commit);
    }
    this.#counts.forked += 1;
    this.#comesBack(this.#media.copied(medium), this.#backMax);
    return this.#media.tap(medium, this.#place(terminal), this.#draw, 'seen');
  }

  #comesBack(medium: number, latest: number): void {
    let tap = this.#tap + BACK_MIN + Math.floor(this.#draw() * (latest - BACK_MIN));
    while (this.#due.has(tap)) tap += 1;
    this.#due.set(tap, medium);
    this.#comingBack.add(medium);
  }

  #traveller(): number {
    return this.#originals[Math.floor(this.#draw() * this.#opened)] as number;
  }

  #place(terminal: number): Place {
    const serial = (this.#serials[terminal] as number) + 1;
    this.#serials[terminal] = serial;
    return { terminal, serial, time: this.#time };
  }

  get #time(): number {
    return START + this.#tap * TAP_MS;
  }
}
