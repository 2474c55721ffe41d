/** Taps against the clock: a terminal by itself, and a whole city. */
import { hash } from 'node:crypto';
import { amountOf } from '@retap/model';
import { City } from '@retap/simulator';
import { MemoryJournal, MemoryMedium, Terminal } from '@retap/terminal';

/** What was done, and how long it took. Own time is what this process computed, whatever else the machine did meanwhile. */
export interface Measured {
  readonly taps: number;
  readonly seconds: number;
  readonly ownSeconds: number;
}

export interface Clocks {
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  /** Computing time of this process so far, in milliseconds. */
  readonly computed: () => number;
}

const TERMINAL = 17;
const MEDIA = 500;
/** Taps between two of one medium: more than the memory of a gate line's re-taps. */
const TAP_MS = 1_000;

/**
 * Debits at one terminal on media in memory, as a gate does them: read, decided, intent, commit, outcome, all on the journal and in
 * its hash chain, and the word that the person was shown the end. Nothing goes up.
 */
export class TapsAlone {
  readonly #terminal: Terminal;
  readonly #media: readonly MemoryMedium[];
  readonly #clock: { now: number };
  #taps = 0;

  private constructor(terminal: Terminal, media: readonly MemoryMedium[], clock: { now: number }) {
    this.#terminal = terminal;
    this.#media = media;
    this.#clock = clock;
  }

  static async prepare(start: number): Promise<TapsAlone> {
    const clock = { now: start };
    const terminal = await Terminal.open({
      terminal: TERMINAL,
      store: new MemoryJournal(),
      sha256: (bytes) => Buffer.from(hash('sha256', bytes, 'binary'), 'binary'),
      clock: () => clock.now,
      clockSetAt: () => start,
      clockSetMax: Number.POSITIVE_INFINITY,
      limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(2 ** 40) },
      clockTolerance: 120_000,
      retapWindow: 30_000,
    });
    const media: MemoryMedium[] = [];
    while (media.length < MEDIA) {
      const medium = new MemoryMedium();
      clock.now += TAP_MS;
      await terminal.open(medium, `04${media.length.toString(16).padStart(12, '0')}`, amountOf(2 ** 40));
      media.push(medium);
    }
    return new TapsAlone(terminal, media, clock);
  }

  /** So many taps, each of which must succeed: a refusal would be fast, and no tap. */
  async run(taps: number): Promise<void> {
    for (let left = taps; left > 0; left -= 1) {
      this.#clock.now += TAP_MS;
      const medium = this.#media[this.#taps % MEDIA] as MemoryMedium;
      this.#taps += 1;
      const outcome = await this.#terminal.tap(medium, { type: 'debit', amount: amountOf(1) });
      if (outcome.outcome !== 'successful') throw new Error(`a tap of the bench is ${outcome.outcome}`);
      await this.#terminal.shown(outcome);
    }
  }
}

export interface CitySize {
  readonly seed: string;
  readonly days: number;
  readonly media: number;
  readonly terminals: number;
}

/** A city from its first morning to the last batch: people, faults, taps, uploads and their answers. */
export async function livedCity(size: CitySize, watch: (taps: number) => void): Promise<{ readonly taps: number }> {
  const city = await City.found(size);
  for await (const _ of city.events()) watch(city.counts.taps);
  return { taps: city.counts.taps };
}

export async function timed(clocks: Clocks, work: () => Promise<{ readonly taps: number }>): Promise<Measured> {
  const [start, ownStart] = [clocks.elapsed(), clocks.computed()];
  const { taps } = await work();
  const [ms, ownMs] = [clocks.elapsed() - start, clocks.computed() - ownStart];
  return { taps, seconds: ms / 1_000, ownSeconds: ownMs / 1_000 };
}
