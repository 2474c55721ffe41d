/** The centre's `GET /batches/socket`: one connection, several batches on their way, each answered by its number. */
import {
  encodeSocketBatch,
  parseSocketAnswer,
  SOCKET_BATCH_BYTES_MAX,
  SOCKET_IN_FLIGHT_MAX,
  type SocketAnswer,
  UPLOAD_SOCKET_PROTOCOL,
} from '@retap/protocol';
import type { Uplink, UplinkAnswer } from '@retap/terminal';
import { WebSocket } from 'ws';
import { faultFields } from '../log.ts';
import { NOT_ACCEPTED, notAcceptedOf, type UplinkOptions } from './http.ts';

/** Times in milliseconds. */
export interface SocketTimes {
  /** To be open. */
  readonly openMs: number;
  /** Without any answer, while some are waited for. */
  readonly answerMs: number;
}
const TIMES: SocketTimes = { openMs: 10_000, answerMs: 30_000 };

/** Beyond so many bytes on their way no other goes along: on a slow link it would only wait behind them. */
const IN_FLIGHT_BYTES_MAX = 65_536;
const ANSWER_BYTES_MAX = 65_536;

/** `unavailable`: no socket can be opened, or none that answers; nothing was sent, or as over a link that broke. */
export type SocketUplinkAnswer = UplinkAnswer | { readonly answer: 'unavailable' };

interface Sent {
  readonly bytes: number;
  readonly answer: (answer: SocketUplinkAnswer) => void;
}

export class SocketUplink {
  readonly #options: UplinkOptions;
  readonly #times: SocketTimes;
  readonly #sent = new Map<number, Sent>();
  #socket: WebSocket | null = null;
  #opening: Promise<WebSocket | null> | null = null;
  #number = 0;
  #deadline: NodeJS.Timeout | null = null;
  /** Whether the socket that is open has answered anything: one that never does is a proxy's that swallows. */
  #hasAnswered = false;

  constructor(options: UplinkOptions, times: Partial<SocketTimes> = {}) {
    this.#options = options;
    this.#times = { ...TIMES, ...times };
  }

  get isOpen(): boolean {
    return this.#socket !== null;
  }

  get inFlightMax(): number {
    const bytes = [...this.#sent.values()].reduce((sum, sent) => sum + sent.bytes, 0);
    return bytes >= IN_FLIGHT_BYTES_MAX ? Math.max(1, this.#sent.size) : SOCKET_IN_FLIGHT_MAX;
  }

  /** Whether a batch is not too long for a socket. */
  carries(batch: Uint8Array): boolean {
    return batch.length <= SOCKET_BATCH_BYTES_MAX;
  }

  /** Never throws. */
  async send(batch: Uint8Array): Promise<SocketUplinkAnswer> {
    const { signal, now } = this.#options;
    if (signal.aborted) return { answer: 'fault' };
    this.#opening ??= this.#opened();
    const socket = await this.#opening;
    if (socket === null) return { answer: 'unavailable' };
    if (socket.readyState !== WebSocket.OPEN) return { answer: 'fault' };
    this.#number += 1;
    const number = this.#number;
    return new Promise((answer) => {
      this.#sent.set(number, { bytes: batch.length, answer });
      this.#deadline ??= this.#newDeadline(socket);
      socket.send(encodeSocketBatch({ number, sentAt: now(), batch }));
    });
  }

  /** Null where it does not come about. */
  #opened(): Promise<WebSocket | null> {
    const { centre, signal, log } = this.#options;
    const url = new URL('batches/socket', centre.endsWith('/') ? centre : `${centre}/`);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url, UPLOAD_SOCKET_PROTOCOL, {
      ...{ handshakeTimeout: this.#times.openMs, maxPayload: ANSWER_BYTES_MAX, perMessageDeflate: false },
      // A redirect would take the bytes to somewhere that the operator did not name.
      followRedirects: false,
    });
    this.#hasAnswered = false;
    const end = (): void => socket.terminate();
    signal.addEventListener('abort', end);
    let fault: unknown = null;
    socket.on('error', (error) => {
      fault = error;
    });
    socket.on('message', (data: Buffer, isBinary) => this.#answered(socket, isBinary ? parseSocketAnswer(data) : null));
    return new Promise((resolve) => {
      socket.once('open', () => {
        this.#socket = socket;
        log('info', 'upload-socket-open');
        resolve(socket);
      });
      socket.once('close', (code: number) => {
        signal.removeEventListener('abort', end);
        if (!signal.aborted)
          log('info', 'upload-socket-closed', { status: code, ...(fault ? faultFields(fault) : {}) });
        this.#lost();
        resolve(null);
      });
    });
  }

  #lost(): void {
    const answer = this.#hasAnswered || this.#sent.size === 0 ? 'fault' : 'unavailable';
    this.#socket = null;
    this.#opening = null;
    this.#clearDeadline();
    const sent = [...this.#sent.values()];
    this.#sent.clear();
    for (const each of sent) each.answer({ answer });
  }

  #answered(socket: WebSocket, answer: SocketAnswer | null): void {
    const sent = answer && this.#sent.get(answer.number);
    if (!answer || !sent) {
      // Who answers so is no centre, or was not asked.
      socket.terminate();
      return;
    }
    this.#sent.delete(answer.number);
    this.#hasAnswered = true;
    this.#clearDeadline();
    if (this.#sent.size > 0) this.#deadline = this.#newDeadline(socket);
    sent.answer(this.#meaningOf(answer));
  }

  #meaningOf(answer: SocketAnswer): UplinkAnswer {
    const { onAnswer, log } = this.#options;
    if (answer.kind === 'acknowledged') {
      onAnswer(null);
      return { answer: 'acknowledged', received: answer.received };
    }
    const { code, message, retryAfterMs } = answer;
    log('warn', 'upload-refused', { code, message });
    if (retryAfterMs > 0) return { answer: 'later', afterMs: retryAfterMs };
    // What was damaged on the way is sent again; of who may not speak, sending again changes nothing.
    if (!NOT_ACCEPTED.some((word) => word === code)) return { answer: 'fault' };
    onAnswer(notAcceptedOf(code));
    return { answer: 'refused' };
  }

  #newDeadline(socket: WebSocket): NodeJS.Timeout {
    return setTimeout(() => socket.terminate(), this.#times.answerMs);
  }

  #clearDeadline(): void {
    if (this.#deadline) clearTimeout(this.#deadline);
    this.#deadline = null;
  }
}

/** How long HTTP is used before a socket is tried again, where only HTTP gets through. */
const HTTP_ONLY_MS = 600_000;

/** A socket first; HTTP where none gets through, as behind a proxy that does not pass upgrades, and for what is too long for one. */
export class EitherUplink implements Uplink {
  readonly #socket: SocketUplink;
  readonly #http: Uplink;
  readonly #elapsed: () => number;
  #httpUntil = Number.NEGATIVE_INFINITY;

  /** @param elapsed a clock that only goes forward, in milliseconds */
  constructor(socket: SocketUplink, http: Uplink, elapsed: () => number) {
    this.#socket = socket;
    this.#http = http;
    this.#elapsed = elapsed;
  }

  get inFlightMax(): number {
    return this.#isSocketTried && this.#socket.isOpen ? this.#socket.inFlightMax : 1;
  }

  get #isSocketTried(): boolean {
    return this.#elapsed() >= this.#httpUntil;
  }

  async send(batch: Uint8Array, form: Parameters<Uplink['send']>[1]): Promise<UplinkAnswer> {
    if (!this.#isSocketTried || !this.#socket.carries(batch)) return this.#http.send(batch, form);
    const answer = await this.#socket.send(batch);
    if (answer.answer !== 'unavailable') return answer;
    const byHttp = await this.#http.send(batch, form);
    // Where HTTP does not get through either it is the network, and not the socket.
    if (byHttp.answer !== 'fault') this.#httpUntil = this.#elapsed() + HTTP_ONLY_MS;
    return byHttp;
  }
}

/** A socket and nothing else. What is too long for it, which a terminal of ours never seals, is a fault. */
export class SocketOnlyUplink implements Uplink {
  readonly #socket: SocketUplink;

  constructor(socket: SocketUplink) {
    this.#socket = socket;
  }

  get inFlightMax(): number {
    return this.#socket.isOpen ? this.#socket.inFlightMax : 1;
  }

  async send(batch: Uint8Array): Promise<UplinkAnswer> {
    const answer = this.#socket.carries(batch) ? await this.#socket.send(batch) : ({ answer: 'fault' } as const);
    return answer.answer === 'unavailable' ? { answer: 'fault' } : answer;
  }
}
