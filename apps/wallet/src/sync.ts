/** When the centre is spoken to: after a payment, when the network comes back, now and then, or because somebody asked. */
import type { PhoneLink, SyncOutcome } from '@retap/phone';
import type { NetworkCost } from './edges/network.ts';
import type { Sending } from './settings.ts';

/** Why: `payment`, something was paid or taken just now; `time`, it is time again; `hand`, somebody pressed the button. */
export type SyncCause = 'payment' | 'time' | 'hand';

export type SyncState =
  | { readonly is: 'idle'; readonly last: SyncOutcome | 'unreached' | null }
  | { readonly is: 'running'; readonly last: SyncOutcome | 'unreached' | null };

/** A network that is slow is no reason to keep a socket for ever: what was acknowledged stands. */
const DEADLINE_MS = 20_000;

export interface SyncerOptions {
  readonly open: (signal: AbortSignal) => Promise<PhoneLink>;
  readonly run: (link: PhoneLink) => Promise<SyncOutcome>;
  readonly isOnline: () => boolean;
  readonly cost: () => NetworkCost;
  readonly sending: () => Sending;
  readonly onChange: (state: SyncState) => void;
}

/** Whether something is sent, for that cause, over such a network. */
export function maySend(sending: Sending, cause: SyncCause, cost: NetworkCost): boolean {
  if (cause === 'hand' || sending === 'at-once' || cost === 'free') return true;
  return sending === 'payments-at-once' && cause === 'payment';
}

export class Syncer {
  readonly #options: SyncerOptions;
  #state: SyncState = { is: 'idle', last: null };
  /** Asked for while one was running: what was written since may not be in it. */
  #again: SyncCause | null = null;

  constructor(options: SyncerOptions) {
    this.#options = options;
  }

  get state(): SyncState {
    return this.#state;
  }

  /** Resolves when it is over, however it ended: what could not be sent is sent another time. */
  async sync(cause: SyncCause): Promise<void> {
    const { isOnline, cost, sending } = this.#options;
    if (!maySend(sending(), cause, cost())) return;
    if (cause !== 'hand' && !isOnline()) return;
    if (this.#state.is === 'running') {
      this.#again = cause;
      return;
    }
    this.#become({ is: 'running', last: this.#state.last });
    const last = await this.#once();
    this.#become({ is: 'idle', last });
    const again = this.#again;
    this.#again = null;
    if (again !== null && last === 'done') await this.sync(again);
  }

  async #once(): Promise<SyncOutcome | 'unreached'> {
    const aborting = new AbortController();
    const deadline = setTimeout(() => aborting.abort(), DEADLINE_MS);
    let link: PhoneLink | null = null;
    try {
      link = await this.#options.open(aborting.signal);
      return await this.#options.run(link);
    } catch {
      return link === null ? 'unreached' : 'broken';
    } finally {
      clearTimeout(deadline);
      link?.close();
    }
  }

  #become(state: SyncState): void {
    this.#state = state;
    this.#options.onChange(state);
  }
}
