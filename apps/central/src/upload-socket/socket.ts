/** One terminal's socket: takes its batches some at a time, answers each when it is durable, and ends when it is drawn out. */
import type { Duplex } from 'node:stream';
import type { Acknowledgement, ReceivedBatch } from '@retap/central';
import { encodeSocketAnswer, parseSocketBatch, SOCKET_IN_FLIGHT_MAX, type SocketBatch } from '@retap/protocol';
import type { RawData, WebSocket } from 'ws';
import type { Held } from '../body.ts';
import { type Refusal, refusalOf } from './refusal.ts';

/** Times in milliseconds. */
export interface SocketLimits {
  /** Open at a time. */
  readonly socketsMax: number;
  /** A message must be whole within this time from its first byte. */
  readonly messageMs: number;
  /** Until a batch of it was taken: a stranger is not kept any longer. */
  readonly strangerMs: number;
  /** Between two batches. */
  readonly idleMs: number;
  /** Without a byte of the other side it is asked for one, and after two of these it is gone. */
  readonly silentMs: number;
  /** How often all this is looked at. */
  readonly lookMs: number;
  /** Batches that may be refused, one after the other. */
  readonly refusalsMax: number;
  /** Answers that are not read. */
  readonly unreadBytesMax: number;
}

export const SOCKET_LIMITS: SocketLimits = {
  socketsMax: 4_000,
  messageMs: 60_000,
  strangerMs: 60_000,
  idleMs: 600_000,
  silentMs: 30_000,
  lookMs: 2_000,
  refusalsMax: 16,
  unreadBytesMax: 256 * 1024,
};

export interface SocketOptions {
  /** Resolves when the batch is durable. @throws as the way over HTTP does */
  readonly take: (batch: ReceivedBatch, client: string) => Promise<Acknowledgement>;
  readonly held: Held;
  /** The centre's clock, which goes along. */
  readonly now: () => number;
  /** A clock that only goes forward, in milliseconds. */
  readonly elapsed: () => number;
  readonly random: () => number;
  readonly limits: SocketLimits;
  /** A mistake of ours, or the database's. */
  readonly onFault: (error: unknown) => void;
}

/** RFC 6455, section 7.4.1, and the IANA registry. */
const CLOSE = { done: 1000, leaving: 1001, unsupported: 1003, malformed: 1007, policy: 1008, later: 1013 } as const;
/** Bytes that may be control frames or heads of frames, and are no begun message. */
const SLACK_BYTES = 1_024;
/** Head and mask of a control frame of a client. */
const CONTROL_BYTES = 6;
/** How long the other side has to close, too. */
const CLOSING_MS = 2_000;

export class UploadSocket {
  readonly openedAt: number;
  readonly #socket: WebSocket;
  readonly #transport: Duplex;
  readonly #client: string;
  readonly #options: SocketOptions;
  readonly #waiting: { readonly sent: SocketBatch; readonly bytes: number }[] = [];
  #underWay = 0;
  #isKnown = false;
  #refusals = 0;
  /** Received, and of no whole message yet. */
  #partialBytes = 0;
  #partialSince: number | null = null;
  /** Tells that nothing is on its way any more. */
  #endPartial: (() => void) | null = null;
  /** Counted in `held`, all in all. */
  #heldBytes = 0;
  #heardAt: number;
  #batchAt: number;
  #pingedAt: number | null = null;
  #isClosing = false;
  /** Answers of this turn are kept back until its end. */
  #isGathering = false;
  #onQuiet: (() => void) | null = null;

  /** @param transport beneath it: by its bytes memory is counted before a message is whole */
  constructor(socket: WebSocket, transport: Duplex, client: string, options: SocketOptions) {
    this.#socket = socket;
    this.#transport = transport;
    this.#client = client;
    this.#options = options;
    const now = options.elapsed();
    [this.openedAt, this.#heardAt, this.#batchAt] = [now, now, now];
    const onData = (chunk: Buffer): void => this.#heard(chunk.length);
    transport.on('data', onData);
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    for (const control of ['ping', 'pong'] as const) {
      socket.on(control, (data: Buffer) => this.#consumed(data.length + CONTROL_BYTES));
    }
    // It closes by itself after an error, with the code that fits.
    socket.on('error', () => {});
    socket.once('close', () => {
      transport.off('data', onData);
      this.#isPartial(false);
      this.#release(this.#heldBytes);
      this.#onQuiet?.();
    });
  }

  /** A batch of it was taken. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Ends it where it is drawn out. */
  look(): void {
    const { limits, elapsed } = this.#options;
    const now = elapsed();
    const isDrip = this.#partialSince !== null && now - this.#partialSince > limits.messageMs;
    const isUnread = this.#socket.bufferedAmount > limits.unreadBytesMax;
    const silentMs = now - this.#heardAt;
    if (isDrip || isUnread || silentMs > 2 * limits.silentMs) this.#cut();
    else if (!this.#isKnown && now - this.openedAt > limits.strangerMs) this.close('policy', 'no batch was taken');
    else if (this.#underWay === 0 && now - this.#batchAt > limits.idleMs) this.close('done', 'idle');
    else if (silentMs > limits.silentMs && (this.#pingedAt ?? 0) <= this.#heardAt) {
      this.#pingedAt = now;
      this.#socket.ping();
    }
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
    if (this.#underWay > 0) {
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

  #heard(bytes: number): void {
    this.#heardAt = this.#options.elapsed();
    try {
      this.#options.held.claim(bytes);
    } catch {
      // More than memory should hold, all in all: this one comes again later.
      this.close('later', 'too much is on the way');
      this.#cut();
      return;
    }
    this.#heldBytes += bytes;
    this.#partialBytes += bytes;
    if (this.#partialBytes > SLACK_BYTES) this.#isPartial(true);
  }

  /** A message is on its way, or none is. */
  #isPartial(isPartial: boolean): void {
    if (isPartial && this.#partialSince !== null) return;
    this.#endPartial?.();
    this.#partialSince = isPartial ? this.#options.elapsed() : null;
    this.#endPartial = isPartial ? this.#options.held.begin(() => this.#makeRoom()) : null;
  }

  /** Others need what it holds of a message that is long in coming. */
  #makeRoom(): void {
    this.#release(this.#partialBytes);
    this.#partialBytes = 0;
    this.close('later', 'too much is on the way');
    this.#cut();
  }

  /** Bytes that were received are accounted for. What is left, if little, is of heads of frames. */
  #consumed(bytes: number): void {
    const left = Math.max(0, this.#partialBytes - bytes);
    const partial = left <= SLACK_BYTES ? 0 : left;
    this.#release(this.#partialBytes - partial);
    this.#partialBytes = partial;
    if (partial === 0) this.#isPartial(false);
  }

  /** A message has come; what is left is of the next one. */
  #come(bytes: number): void {
    this.#consumed(bytes);
    this.#isPartial(false);
    if (this.#partialBytes > 0) this.#isPartial(true);
  }

  #release(bytes: number): void {
    const released = Math.min(bytes, this.#heldBytes);
    this.#heldBytes -= released;
    this.#options.held.release(released);
  }

  #message(data: RawData, isBinary: boolean): void {
    const bytes = data as Buffer;
    const sent = isBinary ? parseSocketBatch(bytes) : null;
    if (sent === null || this.#isClosing) {
      this.#come(bytes.length);
      this.close(isBinary ? 'malformed' : 'unsupported', 'not a message of this protocol');
      return;
    }
    this.#batchAt = this.#options.elapsed();
    this.#waiting.push({ sent, bytes: bytes.length });
    // Counted on until it is answered.
    this.#heldBytes += bytes.length;
    this.#options.held.claim(bytes.length, 'anyhow');
    this.#come(bytes.length);
    this.#work();
  }

  #work(): void {
    while (this.#underWay < SOCKET_IN_FLIGHT_MAX) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#underWay += 1;
      void this.#take(next.sent).finally(() => this.#answered(next.bytes));
    }
    // What is not read waits where it comes from, and not in our memory.
    const isFull = this.#underWay >= SOCKET_IN_FLIGHT_MAX;
    if (isFull && !this.#socket.isPaused) this.#socket.pause();
    if (!isFull && this.#socket.isPaused && this.#onQuiet === null) this.#socket.resume();
  }

  async #take(sent: SocketBatch): Promise<void> {
    const { number, sentAt, batch: body } = sent;
    // A JSON object begins so, and no COSE_Sign1 does.
    const form = body[0] === 0x7b ? 'batch' : 'signed';
    const { take, onFault, random, now } = this.#options;
    try {
      const { receipt, accepted, quarantined, received } = await take({ form, body, sentAt }, this.#client);
      [this.#isKnown, this.#refusals] = [true, 0];
      const answer = { receipt, accepted, quarantined: quarantined.length, received };
      this.#send(encodeSocketAnswer({ kind: 'acknowledged', number, time: now(), ...answer }));
    } catch (error) {
      const refusal: Refusal = refusalOf(error, random());
      if (refusal.isFault) onFault(error);
      const { code, message, retryAfterMs } = refusal;
      this.#send(encodeSocketAnswer({ kind: 'refused', number, time: now(), code, message, retryAfterMs }));
      this.#refusals += retryAfterMs > 0 ? 0 : 1;
      if (this.#refusals >= this.#options.limits.refusalsMax) this.close('policy', 'too many batches were refused');
    }
  }

  #answered(bytes: number): void {
    this.#release(bytes);
    this.#underWay -= 1;
    this.#work();
    if (this.#underWay === 0) this.#onQuiet?.();
  }

  /** Batches that became durable together are answered together: by one write, which takes as long as all else of an answer. */
  #send(answer: Uint8Array): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (!this.#isGathering) {
      this.#isGathering = true;
      this.#transport.cork();
      process.nextTick(() => {
        this.#isGathering = false;
        this.#transport.uncork();
      });
    }
    this.#socket.send(answer);
  }

  #cut(): void {
    this.#isClosing = true;
    this.#socket.terminate();
    this.#transport.destroy();
  }
}
