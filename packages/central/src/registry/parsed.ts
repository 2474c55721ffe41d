/** Bodies that were parsed when they came, until they are made durable: else each would be inflated and parsed twice. */
import type { ParsedBody } from '@retap/protocol';
import type { ReceivedBatch } from '../port.ts';

/** Records and entries of logs, together. Of each some hundred bytes are in memory, where its batch may have a few. */
const VALUES_MAX = 150_000;

export class ParsedBodies {
  readonly #valuesMax: number;
  readonly #bodies = new Map<ReceivedBatch, { readonly parsed: ParsedBody; readonly values: number }>();
  #values = 0;

  constructor(valuesMax = VALUES_MAX) {
    this.#valuesMax = valuesMax;
  }

  /** Records and entries of logs that are kept. */
  get values(): number {
    return this.#values;
  }

  /** Where there is no room, what is here longest goes: it may have been turned away and never come back. */
  keep(batch: ReceivedBatch, parsed: ParsedBody): void {
    const values = valuesIn(parsed);
    if (values > this.#valuesMax || this.#bodies.has(batch)) return;
    this.#bodies.set(batch, { parsed, values });
    this.#values += values;
    for (const longest of this.#bodies.keys()) {
      if (this.#values <= this.#valuesMax) break;
      this.take(longest);
    }
  }

  /** It is not kept on. Undefined: parse it anew. */
  take(batch: ReceivedBatch): ParsedBody | undefined {
    const kept = this.#bodies.get(batch);
    if (kept === undefined) return undefined;
    this.#bodies.delete(batch);
    this.#values -= kept.values;
    return kept.parsed;
  }
}

function valuesIn({ records, rejected }: ParsedBody): number {
  // One for the body itself.
  let values = 1 + records.length + rejected.length;
  for (const { record } of records) if (record.type !== 'open' && record.log !== undefined) values += record.log.length;
  return values;
}
