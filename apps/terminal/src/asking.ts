/**
 * What the centre has of this journal, heard with acknowledgements or asked for, and what it lacks sent again: it may have been
 * restored from an old backup (docs/adr/0010-what-the-centre-asks-again.md).
 */
import type { Identity } from '@retap/keys';
import { encodeStateQuestion, type ReceivedSerials } from '@retap/protocol';
import {
  AskedAgain,
  type BatchSize,
  type KeptRange,
  type KeptSource,
  type OnReceived,
  sendAgain,
  type Uplink,
} from '@retap/terminal';
import { askCentre } from './centre.ts';
import { faultFields, type Log } from './log.ts';
import { CONTENT_TYPES, receivedIn } from './uplink/http.ts';

/** Batches that are sent again between two pauses: new records go first, and a fleet must not come all at once. */
const BATCHES_A_ROUND = 10;
/** A terminal that was switched on asks within this time, not all of a fleet at once. */
const FIRST_ASK_MS = 600_000;

export type Ask = (kept: KeptRange) => Promise<ReceivedSerials | null>;

export interface AskingOptions {
  readonly source: KeptSource;
  readonly uplink: Uplink;
  readonly size: BatchSize;
  /** Null: the terminal is not enrolled, and hears only with acknowledgements. */
  readonly ask: Ask | null;
  /** How often it is asked where nothing was heard, in milliseconds. */
  readonly every: number;
  readonly now: () => number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

export class Asking {
  readonly #options: AskingOptions;
  readonly #asked: AskedAgain;
  /** Said last, and not looked at yet. */
  #heard: { readonly received: ReceivedSerials; readonly to: number } | null = null;
  #askAt: number;
  #isSending = false;

  constructor(options: AskingOptions) {
    this.#options = options;
    this.#asked = new AskedAgain(options.now);
    this.#askAt = options.now() + options.random() * Math.min(options.every, FIRST_ASK_MS);
  }

  readonly onReceived: OnReceived = (received, to) => {
    // Before anything was acknowledged it says nothing that could be missing.
    if (to > 0) this.#learn(received, to);
  };

  /** Between uploads, when nothing waits. @throws JournalError */
  async round(): Promise<void> {
    const { source, uplink, size, signal, log } = this.#options;
    await this.#listen();
    for (let batch = 0; batch < BATCHES_A_ROUND && !signal.aborted; batch += 1) {
      const sent = await sendAgain(source, uplink, this.#asked, size);
      if (sent === 'unreadable') log('error', 'kept-unreadable');
      else if (sent !== 'acknowledged') break;
    }
    const isSending = this.#asked.count > 0;
    if (this.#isSending && !isSending) log('info', 'sent-again');
    this.#isSending = isSending;
  }

  #learn(received: ReceivedSerials, to: number): void {
    const { every, now, random } = this.#options;
    this.#heard = { received, to };
    this.#askAt = now() + every * (0.75 + random() / 2);
  }

  async #listen(): Promise<void> {
    const { source, ask, every, now, log } = this.#options;
    // A clock that was set back must not keep it from asking.
    const isTime = ask !== null && (now() >= this.#askAt || this.#askAt - now() > 2 * every);
    if (this.#heard === null && !isTime) return;
    const kept = await source.kept();
    if (kept === null) return;
    if (isTime) {
      const received = await ask(kept);
      if (received !== null) this.#learn(received, kept.to);
      else this.#askAt = now() + Math.min(every, FIRST_ASK_MS);
    }
    if (this.#heard === null) return;
    const { received, to } = this.#heard;
    this.#heard = null;
    if (to < kept.from) return;
    const before = this.#asked.count;
    this.#asked.heard(received, { from: kept.from, to: Math.min(to, kept.to) });
    if (before === 0 && this.#asked.count > 0) {
      log('warn', 'centre-lacks', { records: this.#asked.count, last: received.last });
      this.#isSending = true;
    }
  }
}

export interface AskOptions {
  readonly centre: string;
  readonly terminal: number;
  readonly identity: Identity;
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** The centre's `POST /batches/state`. A centre that is older than it answers 404 or 405, and is no worse for it. */
export function askOf({ centre, terminal, identity, now, signal, log }: AskOptions): Ask {
  return async ({ from, to }) => {
    const body = await encodeStateQuestion({ terminal, saidAt: now(), from, to }, (bytes) => identity.sign(bytes));
    const answer = await askCentre({ centre, path: 'batches/state', contentType: CONTENT_TYPES.signed, body, signal });
    if (answer.kind === 'done') return receivedIn(answer.body);
    if (answer.kind === 'refused') log('info', 'state-refused', { status: answer.status, code: answer.code });
    else if (!signal.aborted) log('info', 'state-fault', faultFields(answer.cause));
    return null;
  };
}
