/** One phone's socket (docs/phones.md): what it says is taken one after the other, so that an answer knows of all that was said before it. */

import type { Duplex } from 'node:stream';
import type { PhoneAccount, WishAnswer } from '@retap/central';
import type { TerminalNumber } from '@retap/model';
import {
  type CentreSays,
  encodeCentreSays,
  openMessage,
  type PhoneSays,
  ProtocolError,
  parsePhoneSays,
} from '@retap/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Held } from '../body.ts';
import { type Refusal, refusalOf } from '../upload-socket/refusal.ts';
import { WAITS, WAITS_WORDS, WISH_WORDS } from './words.ts';

/** Times in milliseconds. */
export interface PhoneSocketLimits {
  /** Open at a time. */
  readonly socketsMax: number;
  /** Messages read and not answered; no more is read then. */
  readonly waitingMax: number;
  /** A message must be whole within this time from its first byte. */
  readonly messageMs: number;
  /** Until a good standing was said: a stranger is not kept any longer. */
  readonly strangerMs: number;
  /** Between two messages. */
  readonly idleMs: number;
  /** Without a byte of the other side it is asked for one, and after two of these it is gone. */
  readonly silentMs: number;
  /** How often all this is looked at. */
  readonly lookMs: number;
  /** How often it is looked whether there is news. */
  readonly newsMs: number;
  /** Messages that may be refused, one after the other. */
  readonly refusalsMax: number;
  /** Answers that are not read. */
  readonly unreadBytesMax: number;
}

export const PHONE_SOCKET_LIMITS: PhoneSocketLimits = {
  ...{ socketsMax: 4_000, waitingMax: 8, messageMs: 60_000, strangerMs: 60_000, idleMs: 3_600_000, silentMs: 30_000 },
  ...{ lookMs: 2_000, newsMs: 3_000, refusalsMax: 16, unreadBytesMax: 1024 * 1024 },
};

export interface PhoneSocketOptions {
  /** Resolves when the batch is durable. @throws as the way over HTTP does */
  readonly take: (batch: Uint8Array, client: string) => Promise<unknown>;
  /** @throws ProtocolError, AdmissionError, RateExceeded */
  readonly hear: (standing: Uint8Array, client: string) => Promise<PhoneAccount>;
  readonly wish: (wish: Uint8Array, client: string) => Promise<WishAnswer>;
  /** A payment whose batch was taken: to whoever is to be paid, where they are connected to this process. */
  readonly handOn: (message: Uint8Array) => void;
  readonly held: Held;
  /** The centre's clock, which goes along. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  readonly random: () => number;
  readonly limits: PhoneSocketLimits;
  /** A mistake of ours, or the database's. */
  readonly onFault: (error: unknown) => void;
}

/** RFC 6455, section 7.4.1, and the IANA registry. */
const CLOSE = { done: 1000, leaving: 1001, unsupported: 1003, malformed: 1007, policy: 1008, later: 1013 } as const;
/** How long the other side has to close, too. */
const CLOSING_MS = 2_000;
/** Bytes that may be control frames or heads of frames, and are no begun message. */
const SLACK_BYTES = 1_024;
/** When a wish that waits for a person is to be asked again. */
const ASK_AGAIN_MS = 60_000;
const DAY = 86_400_000;

export class PhoneSocket {
  readonly #socket: WebSocket;
  readonly #client: string;
  readonly #options: PhoneSocketOptions;
  readonly #openedAt: number;
  /** Received and of no whole message yet; counted in `held`. */
  #partialBytes = 0;
  #partialSince: number | null = null;
  readonly #waiting: { readonly says: PhoneSays; readonly bytes: number }[] = [];
  #isWorking = false;
  #terminal: TerminalNumber | null = null;
  /** What its account said when it was told last; null: it was not. */
  #version: string | null = null;
  #refusals = 0;
  #heardAt: number;
  #saidAt: number;
  #pingedAt: number | null = null;
  #isClosing = false;
  #onQuiet: (() => void) | null = null;

  /** @param transport beneath it: by its bytes memory is counted before a message is whole */
  constructor(socket: WebSocket, transport: Duplex, client: string, options: PhoneSocketOptions) {
    [this.#socket, this.#client, this.#options] = [socket, client, options];
    const now = options.elapsed();
    [this.#openedAt, this.#heardAt, this.#saidAt] = [now, now, now];
    const onData = (chunk: Buffer): void => this.#come(chunk.length);
    transport.on('data', onData);
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    for (const control of ['ping', 'pong'] as const) socket.on(control, () => this.#whole());
    // It closes by itself after an error, with the code that fits.
    socket.on('error', () => {});
    socket.once('close', () => {
      transport.off('data', onData);
      this.#whole();
      for (const { bytes } of this.#waiting.splice(0)) options.held.release(bytes);
      this.#onQuiet?.();
    });
  }

  /** Whose it is; null before it has said a good standing. */
  get terminal(): TerminalNumber | null {
    return this.#terminal;
  }

  /** Says that there is news, where the account would say something else than it did. */
  tell(version: string): void {
    if (this.#version !== null && this.#version !== version) this.#send({ kind: 'news' });
    this.#version = version;
  }

  /** Ends it where it is drawn out. */
  look(): void {
    const { limits, elapsed } = this.#options;
    const now = elapsed();
    const silentMs = now - this.#heardAt;
    const isDrip = this.#partialSince !== null && now - this.#partialSince > limits.messageMs;
    const isUnread = this.#socket.bufferedAmount > limits.unreadBytesMax;
    if (isDrip || isUnread || silentMs > 2 * limits.silentMs) this.#socket.terminate();
    else if (this.#terminal === null && now - this.#openedAt > limits.strangerMs) this.close('policy', 'no standing');
    else if (!this.#isWorking && now - this.#saidAt > limits.idleMs) this.close('done', 'idle');
    else if (silentMs > limits.silentMs && (this.#pingedAt ?? 0) <= this.#heardAt) {
      this.#pingedAt = now;
      this.#socket.ping();
    }
  }

  /** Hands on what somebody pays to it. */
  hand(message: Uint8Array): void {
    this.#send({ kind: 'payment', message });
  }

  close(code: keyof typeof CLOSE, why: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#socket.close(CLOSE[code], why);
    setTimeout(() => this.#socket.terminate(), CLOSING_MS).unref();
  }

  /** Reads no more, answers what it has read, and closes. */
  async stop(graceMs: number): Promise<void> {
    this.#socket.pause();
    const grace = setTimeout(() => this.#onQuiet?.(), graceMs);
    if (this.#isWorking) {
      await new Promise<void>((resolve) => {
        this.#onQuiet = resolve;
      });
    }
    clearTimeout(grace);
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()));
    this.#socket.resume();
    this.close('leaving', 'the centre is stopping');
    if (this.#socket.readyState !== this.#socket.CLOSED) await closed;
  }

  #come(bytes: number): void {
    this.#heardAt = this.#options.elapsed();
    try {
      this.#options.held.claim(bytes);
    } catch {
      // More than memory should hold, all in all: this one comes again later.
      this.close('later', 'too much is on the way');
      this.#socket.terminate();
      return;
    }
    this.#partialBytes += bytes;
    if (this.#partialBytes > SLACK_BYTES) this.#partialSince ??= this.#heardAt;
  }

  /** What has come is of a whole message; the little that may be of the next one is not counted. */
  #whole(): void {
    this.#options.held.release(this.#partialBytes);
    this.#partialBytes = 0;
    this.#partialSince = null;
  }

  #message(data: RawData, isBinary: boolean): void {
    this.#whole();
    this.#saidAt = this.#options.elapsed();
    const message = data as Buffer;
    const says = isBinary ? parsePhoneSays(message) : null;
    if (says === null || this.#isClosing) {
      this.close(isBinary ? 'malformed' : 'unsupported', 'not a message of this protocol');
      return;
    }
    // Counted on until it is answered.
    this.#options.held.claim(message.length, 'anyhow');
    this.#waiting.push({ says, bytes: message.length });
    if (this.#waiting.length >= this.#options.limits.waitingMax) this.#socket.pause();
    if (!this.#isWorking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#answer(next.says);
      this.#options.held.release(next.bytes);
      if (this.#socket.isPaused && this.#onQuiet === null) this.#socket.resume();
    }
    this.#isWorking = false;
    this.#onQuiet?.();
  }

  async #answer({ number, kind, bytes }: PhoneSays): Promise<void> {
    const { take, hear, wish, handOn, random, onFault, limits } = this.#options;
    try {
      if (kind === 'batch') await take(bytes, this.#client);
      if (kind === 'payment') {
        await take(batchShown(bytes), this.#client);
        handOn(bytes);
      }
      const answer = kind === 'wish' ? refusalOfWish(await wish(bytes, this.#client), this.#options.now()) : null;
      if (kind === 'standing') this.#tellAccount(number, await hear(bytes, this.#client));
      else if (answer !== null) this.#send({ kind: 'refused', number, time: this.#options.now(), ...answer });
      else this.#send({ kind: 'kept', number, time: this.#options.now() });
      this.#refusals = 0;
    } catch (error) {
      const refusal: Refusal = refusalOf(error, random());
      if (refusal.isFault) onFault(error);
      const { code, message, retryAfterMs } = refusal;
      this.#send({ kind: 'refused', number, time: this.#options.now(), code, message, retryAfterMs });
      this.#refusals += retryAfterMs > 0 ? 0 : 1;
      if (this.#refusals >= limits.refusalsMax) this.close('policy', 'too much was refused');
    }
  }

  #tellAccount(number: number, { terminal, ...account }: PhoneAccount): void {
    if (this.#terminal !== terminal) this.#version = null;
    this.#terminal = terminal;
    this.#send({ kind: 'account', number, time: this.#options.now(), ...account });
  }

  #send(says: CentreSays): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeCentreSays(says));
  }
}

/** @throws ProtocolError `message-malformed` where it is no record that is shown */
function batchShown(bytes: Uint8Array): Uint8Array {
  const message = openMessage(bytes);
  if (message.kind === 'record') return message.batch;
  throw new ProtocolError('message-malformed', 'a payment is shown as a record with its certificate');
}

/** Null where it is granted. A wish that waits is refused for now. */
function refusalOfWish(
  answer: WishAnswer,
  now: number,
): { readonly code: string; readonly message: string; readonly retryAfterMs: number } | null {
  if (answer.answer === 'granted') return null;
  if (answer.answer === 'refused') {
    return { code: answer.refusal, message: WISH_WORDS[answer.refusal], retryAfterMs: 0 };
  }
  if (answer.until === null) return { code: WAITS, message: WAITS_WORDS.person, retryAfterMs: ASK_AGAIN_MS };
  // At least a minute, and no longer than a day: somebody may have to be told meanwhile.
  const retryAfterMs = Math.min(DAY, Math.max(ASK_AGAIN_MS, answer.until - now));
  return { code: WAITS, message: WAITS_WORDS.time, retryAfterMs };
}
