/** Where the city of `retap start` stands, kept in a file so that the next start goes on from there. */
import { open, readFile, rename } from 'node:fs/promises';
import { City, DEFAULT_START } from '@retap/simulator';

/**
 * Small enough to be watched, with a few things planted that are worth finding. It never ends by itself: so it is
 * the same city for whatever number of days it is let live.
 */
const CITY = {
  seed: 'retap',
  days: Number.POSITIVE_INFINITY,
  media: 600,
  terminals: 24,
  start: DEFAULT_START,
  // Ten times as many as in the paper: in a city this small one would wait an hour for the first torn tap.
  faults: { tornShare: 0.01 },
  frauds: { clones: 2, forged: 1, silent: 1 },
} as const;

export function foundCity(): Promise<City> {
  return City.found(CITY);
}

/** Another city behind the same numbers (a new version of the simulator, say) would make every position wrong. */
const FORM = 2;

interface Stored {
  readonly form: number;
  readonly database: string;
  readonly delivered: number;
  readonly time: number;
  readonly batches: number;
}

export class CityPosition {
  readonly #file: string;
  readonly #database: string;
  /** Whether nothing was stored for this database. */
  readonly isNew: boolean;
  /** Deliveries up to this one are at the centre. */
  delivered = 0;
  /** The city's time at which the last of them arrived. */
  time: number = CITY.start;
  /** Batches that the centre had when this was saved. */
  batches = 0;

  #saved: Promise<void> = Promise.resolve();

  private constructor(file: string, database: string, stored: Stored | null) {
    this.#file = file;
    this.#database = database;
    this.isNew = stored === null;
    if (stored === null) return;
    this.delivered = stored.delivered;
    this.time = stored.time;
    this.batches = stored.batches;
  }

  static async read(file: string, database: string): Promise<CityPosition> {
    const text = await readFile(file, 'utf8').catch(() => '');
    return new CityPosition(file, database, storedIn(text, database));
  }

  static startOf(day: number): number {
    return CITY.start + (day - 1) * 86_400_000;
  }

  /** From the beginning: repeats are answered alike, so this only takes time. */
  rewind(): void {
    this.delivered = 0;
    this.time = CITY.start;
    this.batches = 0;
  }

  /** All or nothing, also in a power cut; one after the other. */
  save(batches: number): Promise<void> {
    this.#saved = this.#saved.catch(() => {}).then(() => this.#write(batches));
    return this.#saved;
  }

  async #write(batches: number): Promise<void> {
    this.batches = batches;
    const { delivered, time } = this;
    const stored: Stored = { form: FORM, database: this.#database, delivered, time, batches };
    const beside = `${this.#file}.new`;
    const handle = await open(beside, 'w');
    try {
      await handle.writeFile(`${JSON.stringify(stored)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, this.#file);
  }
}

/** Null for whatever is not a position in this database: the city then begins anew, and nothing is counted twice. */
function storedIn(text: string, database: string): Stored | null {
  try {
    const stored = JSON.parse(text) as Partial<Stored>;
    const numbers = [stored.delivered, stored.time, stored.batches];
    const isWhole = numbers.every((each) => Number.isSafeInteger(each) && (each as number) >= 0);
    return isWhole && stored.form === FORM && stored.database === database ? (stored as Stored) : null;
  } catch {
    return null;
  }
}
