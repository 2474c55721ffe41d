/** Terminals that are offline for a time: what they record is uploaded long after it was tapped. */
import type { JournalRecord } from '@retap/model';
import type { Draw } from './chance.ts';
import type { Place } from './media.ts';
import type { Upload } from './traffic.ts';

const TERMINALS = 100;
/** Taps of the city in a minute: the shortest time of being offline after an upload is full. */
const DELAY_MIN = 140;

interface Waiting {
  readonly records: Upload;
  /** Number of the tap after which it arrives. */
  readonly until: number;
}

export class Offline {
  readonly #run: number;
  readonly #delayMin: number;
  readonly #delayMax: number;
  readonly #draw: Draw;
  readonly #first: number;
  readonly #serials = new Int32Array(TERMINALS);
  #turn = 0;
  #open: JournalRecord[] = [];
  #waiting: Waiting[] = [];

  /** @param first number of the first of these terminals @param delays in taps of the city, of an upload that is full */
  constructor(run: number, first: number, delays: { readonly min: number; readonly max: number }, draw: Draw) {
    this.#run = run;
    this.#first = first;
    this.#delayMin = Math.max(DELAY_MIN, delays.min);
    this.#delayMax = Math.max(this.#delayMin, delays.max);
    this.#draw = draw;
  }

  /** Where the next late record is made. */
  next(time: number): Place {
    const serial = (this.#serials[this.#turn] as number) + 1;
    this.#serials[this.#turn] = serial;
    return { terminal: this.#first + this.#turn, serial, time };
  }

  /** @param tap number of the tap */
  add(record: JournalRecord, tap: number): void {
    this.#open.push(record);
    if (this.#open.length < this.#run) return;
    // Most are offline for minutes, some for days: as many from 10 to 20 minutes as from 10 to 20 hours.
    const delay = this.#delayMin * (this.#delayMax / this.#delayMin) ** this.#draw();
    this.#waiting.push({ records: this.#open, until: tap + Math.floor(delay) });
    this.#waiting.sort((a, b) => a.until - b.until);
    this.#open = [];
    this.#turn = (this.#turn + 1) % TERMINALS;
  }

  /** What arrives by now. */
  arrived(tap: number): Upload[] {
    const arrived: Upload[] = [];
    while (this.#waiting[0] && this.#waiting[0].until <= tap) arrived.push((this.#waiting.shift() as Waiting).records);
    return arrived;
  }

  /** All that has not arrived. */
  rest(): Upload[] {
    const rest = this.arrived(Number.POSITIVE_INFINITY);
    if (this.#open.length > 0) rest.push(this.#open);
    this.#open = [];
    return rest;
  }
}
