/** When the centre is spoken to: after a payment, when the network comes back, now and then, or because somebody asked. */
import type { PhoneLink, SyncOutcome } from '@retap/phone';
import { parseCentreSays } from '@retap/protocol';
import type { NetworkCost } from './edges/network.ts';
import type { Sending } from './settings.ts';

/** Why: `payment`, one was made or taken just now, or is waited for; `time`, it is time again; `hand`, somebody pressed the button. */
export type SyncCause = 'payment' | 'time' | 'hand';

export interface SyncState {
  readonly is: 'idle' | 'running';
  /** How it ended last; null: it did not yet. */
  readonly last: SyncOutcome | 'unreached' | null;
}

/** A network that is slow is no reason to keep at it for ever: what was acknowledged stands. */
const DEADLINE_MS = 20_000;

export interface SyncerOptions {
  readonly open: (signal: AbortSignal) => Promise<PhoneLink>;
  readonly run: (link: PhoneLink) => Promise<SyncOutcome>;
  /** A payment that the centre handed on: as if it had been scanned. */
  readonly take: (message: Uint8Array) => Promise<unknown>;
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
  /** Open, because somebody waits for news. */
  #link: PhoneLink | null = null;
  #isWaiting = false;

  constructor(options: SyncerOptions) {
    this.#options = options;
  }

  /** Somebody looks at a screen that the centre's news would change: the link stays, and is listened to. */
  set isWaiting(isWaiting: boolean) {
    this.#isWaiting = isWaiting;
    if (!isWaiting && this.#state.is === 'idle') this.#drop();
  }

  /** As {@link sync}, unless news come by themselves. */
  async tend(): Promise<void> {
    if (this.#link === null) await this.sync(this.#isWaiting ? 'payment' : 'time');
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
    let outcome: SyncOutcome | 'unreached' = 'unreached';
    try {
      this.#link ??= await this.#options.open(aborting.signal);
      outcome = 'broken';
      outcome = await this.#options.run(this.#link);
    } catch {
      // Whatever broke, it is tried again another time.
    } finally {
      clearTimeout(deadline);
    }
    if (outcome === 'done' && this.#isWaiting) this.#listen();
    else this.#drop();
    return outcome;
  }

  #listen(): void {
    const link = this.#link;
    link?.onMessage((message) => {
      if (message === null && this.#link === link) this.#link = null;
      const says = message && parseCentreSays(message);
      if (says?.kind === 'news') void this.sync('payment');
      if (says?.kind === 'payment') void this.#options.take(says.message).then(() => this.sync('payment'));
    });
  }

  #drop(): void {
    this.#link?.close();
    this.#link = null;
  }

  #become(state: SyncState): void {
    this.#state = state;
    this.#options.onChange(state);
  }
}
