/** The reader's field as last reported, and who waits for it to change. */
import { ReaderError } from '../reader.ts';
import type { Report } from './words.ts';

/** What is in the field. */
export interface Presence {
  readonly present: boolean;
  /** Counts insertions and removals. */
  readonly count: number;
}

export class Field {
  #report: Report | null = null;
  /** The reader's full name, once there was one. */
  reader: string | null = null;
  readonly #waiting = new Set<() => void>();

  take(report: Report): void {
    this.#report = report;
    if (report.say === 'field') this.reader = report.reader;
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves at the first report. @returns why PC/SC cannot be used at all, null where it can */
  async known(): Promise<string | null> {
    await this.#until(() => this.#report !== null, null);
    return this.#report?.say === 'missing' ? this.#report.message : null;
  }

  /**
   * The first answer of `look` that is not null.
   * @throws ReaderError `reader-missing` while there is no reader; the signal's reason once it is aborted
   */
  async until<T>(look: (presence: Presence) => T | null, signal: AbortSignal): Promise<T> {
    let found: T | null = null;
    await this.#until(() => {
      if (this.#report?.say !== 'field') return true;
      found = look(this.#report);
      return found !== null;
    }, signal);
    if (found !== null) return found;
    const message = this.#report?.say === 'field' ? 'it answers nothing' : (this.#report?.message ?? 'no report');
    throw new ReaderError('reader-missing', message);
  }

  async #until(isOver: () => boolean, signal: AbortSignal | null): Promise<void> {
    signal?.throwIfAborted();
    if (isOver()) return;
    await new Promise<void>((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(look);
        signal?.removeEventListener('abort', abort);
      };
      const look = (): void => {
        if (!isOver()) return;
        end();
        resolve();
      };
      const abort = (): void => {
        end();
        reject(signal?.reason);
      };
      this.#waiting.add(look);
      signal?.addEventListener('abort', abort);
    });
  }
}
