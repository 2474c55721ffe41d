/** Totals as server-sent events: one reading a second for all who watch, sent when it differs from the one before. */
import type { Totals } from '@retap/central';
import { errorFields, type Log } from './log.ts';

const PERIOD_MS = 1_000;
/** A comment now and then finds connections that have gone without saying so. */
const HEARTBEAT_PERIODS = 15;
const WATCHERS_MAX = 200;

type Watcher = ReadableStreamDefaultController<Uint8Array>;

export class TotalsFeed {
  readonly #read: () => Promise<Totals>;
  readonly #log: Log;
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | null = null;
  #last: Uint8Array | null = null;
  #lastText = '';
  #periods = 0;
  #failing = false;
  #closed = false;

  constructor(read: () => Promise<Totals>, log: Log) {
    this.#read = read;
    this.#log = log;
  }

  /** A stream for one watcher; null when there are too many. */
  watch(): ReadableStream<Uint8Array> | null {
    if (this.#watchers.size >= WATCHERS_MAX || this.#closed) return null;
    let own: Watcher | undefined;
    return new ReadableStream<Uint8Array>({
      start: (controller) => {
        own = controller;
        this.#watchers.add(controller);
        controller.enqueue(this.#last ?? encode(': waiting\n\n'));
        this.#schedule(this.#last === null ? 0 : PERIOD_MS);
      },
      cancel: () => {
        if (own) this.#watchers.delete(own);
      },
    });
  }

  /** Ends all streams. */
  close(): void {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    for (const watcher of this.#watchers) this.#end(watcher);
  }

  #schedule(ms: number): void {
    if (this.#timer === null && !this.#closed) this.#timer = setTimeout(() => void this.#tick(), ms);
  }

  async #tick(): Promise<void> {
    const text = await this.#readText();
    this.#timer = null;
    if (this.#watchers.size === 0) {
      this.#last = null; // the next watcher must not be shown totals of long ago
      this.#lastText = '';
      return;
    }
    this.#periods += 1;
    if (text !== null && text !== this.#lastText) {
      this.#lastText = text;
      this.#last = encode(`event: totals\ndata: ${text}\n\n`);
      this.#send(this.#last);
    } else if (this.#periods % HEARTBEAT_PERIODS === 0) this.#send(encode(': still here\n\n'));
    this.#schedule(PERIOD_MS);
  }

  async #readText(): Promise<string | null> {
    try {
      const text = JSON.stringify(await this.#read());
      this.#failing = false;
      return text;
    } catch (error) {
      if (!this.#failing) this.#log('warn', 'totals-failed', errorFields(error));
      this.#failing = true;
      return null;
    }
  }

  #send(bytes: Uint8Array): void {
    for (const watcher of this.#watchers) {
      // One who does not read gets ended rather than have its events pile up here; it connects again by itself.
      if ((watcher.desiredSize ?? 0) < -64) this.#end(watcher);
      else watcher.enqueue(bytes);
    }
  }

  #end(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.close();
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
