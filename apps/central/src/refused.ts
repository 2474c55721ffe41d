/** Batches that were not taken: of each nothing is kept but a count and a line in the log. */
import { AdmissionError, type ReceivedBatch } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import type { Log } from './log.ts';

export class Refused {
  readonly #log: Log;
  readonly #onRefused: (code: string) => void;
  readonly #counts = new Map<string, number>();

  /** @param onRefused of each batch that is at fault, its code */
  constructor(log: Log, onRefused: (code: string) => void = () => {}) {
    this.#log = log;
    this.#onRefused = onRefused;
  }

  /** How many, by code, since this process was started. */
  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort());
  }

  /** Notes it where the batch is at fault; a fault of ours is none of its. */
  note(error: unknown, client: string, form: ReceivedBatch['form'] = 'signed'): void {
    if (!(error instanceof ProtocolError || error instanceof AdmissionError)) return;
    const { code } = error;
    this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    this.#onRefused(code);
    // Bad networks cut bodies off all day. Of signed ones that is worth a line, for somebody may be at work on them.
    if (code === 'batch-malformed' && form !== 'signed') return;
    const terminal = error instanceof AdmissionError ? error.terminal : null;
    this.#log('warn', 'batch-refused', { code, terminal, client });
  }
}
