/** The files of a simulated city. */
import { createHash } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatRecord, parseBatch } from '@retap/protocol';
import type { CityEvent, Delivery, JournalPiece } from '@retap/simulator';

/** Journal text kept in memory, of all terminals together: a write for each small batch would take most of the time. */
const KEPT_MAX = 8 * 2 ** 20;

export class CityFiles {
  readonly #directory: string;
  readonly #seed: string;
  readonly #journals = new Map<number, string>();
  #kept = 0;

  constructor(directory: string, seed: string) {
    this.#directory = directory;
    this.#seed = seed;
  }

  async write(event: CityEvent): Promise<void> {
    if (event.kind === 'journal') await this.#keep(event);
    else await writeFile(path.join(this.#directory, 'batches', this.#batchName(event)), event.bytes);
  }

  async finish(): Promise<void> {
    for (const [terminal, text] of this.#journals) {
      await appendFile(path.join(this.#directory, 'journals', `terminal-${terminal}.ndjson`), text);
    }
    this.#journals.clear();
    this.#kept = 0;
  }

  async #keep({ terminal, bytes }: JournalPiece): Promise<void> {
    const lines = parseBatch(bytes)
      .records.map(({ record }) => `${formatRecord(record)}\n`)
      .join('');
    this.#journals.set(terminal, (this.#journals.get(terminal) ?? '') + lines);
    this.#kept += lines.length;
    if (this.#kept > KEPT_MAX) await this.finish();
  }

  /** Names whose order has nothing to do with the order of arrival, and which are the same in every run of a seed. */
  #batchName({ position, isCut }: Delivery): string {
    const shuffle = createHash('sha256').update(`${this.#seed}:${position}`).digest('hex').slice(0, 8);
    return `${shuffle}-${position}${isCut ? '-cut' : ''}.json`;
  }
}
