/** Events for all who follow them in this process: read once, and for who is behind from where they are. */
import type { Event, Events, EventType } from '@retap/central';

/** Kept in memory, so that a thousand followers cost one reading. */
const RECENT_MAX = 1_000;
const PAGE = 200;
const FOLLOWERS_MAX = 200;
/** Of one account: whoever opens a page in every tab, or whose script forgets to hang up, must not keep all others out. */
const FOLLOWERS_OF_ONE_MAX = 50;

export interface Subscription {
  /** The account that follows; null where the centre is open, and knows nobody. */
  readonly who: string | null;
  /** Events after this position; null: only those to come. */
  readonly after: number | null;
  readonly types: readonly EventType[];
  readonly signal: AbortSignal;
}

/** Events up to `forgotten` were kept too long ago: what they told must be asked anew. */
export interface Forgotten {
  readonly forgotten: number;
}

export class EventFeed {
  readonly #events: Pick<Events, 'after' | 'first' | 'last'>;
  /** Without a hole; the last one is at `#newest`. */
  #recent: Event[] = [];
  #newest: number | null = null;
  readonly #waiting = new Set<() => void>();
  #followers = 0;
  readonly #followersOf = new Map<string, number>();

  constructor(events: Pick<Events, 'after' | 'first' | 'last'>) {
    this.#events = events;
  }

  /** Whether one more would be too many, of all or of this account's. */
  isFullFor(who: string | null): boolean {
    return this.#followers >= FOLLOWERS_MAX || (who !== null && this.#countOf(who) >= FOLLOWERS_OF_ONE_MAX);
  }

  #countOf(who: string): number {
    return this.#followersOf.get(who) ?? 0;
  }

  #count(who: string | null, by: 1 | -1): void {
    this.#followers += by;
    if (who === null) return;
    const count = this.#countOf(who) + by;
    if (count > 0) this.#followersOf.set(who, count);
    else this.#followersOf.delete(who);
  }

  /** Reads what is new, where somebody follows. */
  async refresh(): Promise<void> {
    if (this.#followers === 0) {
      // Who comes next must not take what was read long ago for all there is.
      this.#newest = null;
      this.#recent = [];
      return;
    }
    this.#newest ??= await this.#events.last();
    for (;;) {
      const found = await this.#events.after(this.#newest, { limit: RECENT_MAX });
      if (found.length === 0) break;
      this.#recent = [...this.#recent, ...found].slice(-RECENT_MAX);
      this.#newest = found.at(-1)?.position ?? this.#newest;
    }
    for (const wake of [...this.#waiting]) wake();
  }

  /** Each event once, in order, until the signal is aborted. */
  async *follow({ who, after, types, signal }: Subscription): AsyncGenerator<Event | Forgotten, void, void> {
    this.#count(who, 1);
    try {
      let position = after ?? (await this.#events.last());
      const first = await this.#events.first();
      if (position + 1 < first) {
        yield { forgotten: first - 1 };
        position = first - 1;
      }
      const wanted = new Set<string>(types);
      while (!signal.aborted) {
        const page = await this.#page(position);
        for (const event of page) {
          if (signal.aborted) return;
          position = event.position;
          if (wanted.has(event.type)) yield event;
        }
        if (page.length === 0) await this.#news(position, signal);
      }
    } finally {
      this.#count(who, -1);
    }
  }

  #page(position: number): Promise<readonly Event[]> | readonly Event[] {
    const start = this.#recent[0]?.position;
    if (start !== undefined && position + 1 >= start) return this.#recent.slice(position + 1 - start);
    if (this.#newest !== null && position >= this.#newest) return [];
    return this.#events.after(position, { limit: PAGE });
  }

  /** Resolves when there may be an event after a position. */
  #news(position: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        if (!signal.aborted && (this.#newest ?? 0) <= position) return;
        this.#waiting.delete(end);
        signal.removeEventListener('abort', end);
        resolve();
      };
      this.#waiting.add(end);
      signal.addEventListener('abort', end);
      end();
    });
  }
}
