/** A terminal and its centre in true time: an oscillator that is wrong, a network that takes as long as it likes. */
import { DisciplinedClock, type DisciplinedClockOptions, type Exchange } from '../src/index.ts';

export const START = 1_780_000_000_000;
export const MINUTE = 60_000;
export const DAY = 86_400_000;

export class ClockWorld {
  /** What it really is, and what the centre's clock says. */
  true = START;
  readonly drift: number;
  #monotonic = 5_000_000;

  /** @param drift of the terminal's oscillator: +50e-6 gains 4.3 s a day */
  constructor(drift = 0) {
    this.drift = drift;
  }

  readonly monotonic = (): number => this.#monotonic;

  pass(milliseconds: number): void {
    this.true += milliseconds;
    this.#monotonic += milliseconds * (1 + this.drift);
  }

  clock(options: Partial<DisciplinedClockOptions> = {}): DisciplinedClock {
    return new DisciplinedClock({
      ...{ monotonic: this.monotonic, start: START, setAt: START, clockTolerance: 120_000 },
      ...options,
    });
  }

  /** An exchange whose question and answer take so long, and that the centre works on for so long. */
  exchange(there = 20, back = 20, work = 1, centreIsOff = 0): Exchange {
    const askedAt = this.#monotonic;
    this.pass(there);
    const receivedAt = Math.floor(this.true + centreIsOff);
    this.pass(work);
    const answeredAt = Math.floor(this.true + centreIsOff);
    this.pass(back);
    return { askedAt, receivedAt, answeredAt, heardAt: this.#monotonic };
  }
}
