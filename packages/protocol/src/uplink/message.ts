/**
 * What goes over the socket of a terminal's uploads (docs/protocol.md), one CBOR array a message: a batch with a number, and the
 * answer to that number. Who speaks is said by the batch alone, as over HTTP.
 */
import type { Time } from '@retap/model';
import { type Cbor, decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import { isWhole, TIME_MAX } from '../signed/whole.ts';
import { packReceived, type ReceivedSerials, unpackReceived } from './received.ts';

/** Named by both sides when the socket is opened (RFC 6455, section 1.9). */
export const UPLOAD_SOCKET_PROTOCOL = 'retap.batches.1';
/** A batch that is longer goes over HTTP: what a socket holds of an unfinished message is memory of the centre. */
export const SOCKET_BATCH_BYTES_MAX = 256 * 1024;
/** With what is around the batch. */
export const SOCKET_MESSAGE_BYTES_MAX = SOCKET_BATCH_BYTES_MAX + 64;
/** Batches that may be unanswered at a time; more are not read. */
export const SOCKET_IN_FLIGHT_MAX = 8;

/** `[number, sent at, batch]` */
export interface SocketBatch {
  /** The sender's, 1, 2, 3, …: the answer names it. */
  readonly number: number;
  /** By the terminal's clock. */
  readonly sentAt: Time;
  readonly batch: Uint8Array;
}

export type SocketAnswer = {
  readonly number: number;
  /** By the centre's clock. */
  readonly time: Time;
} & (
  | {
      /** `[0, number, time, receipt, accepted, quarantined, received]` */
      readonly kind: 'acknowledged';
      readonly receipt: number;
      readonly accepted: number;
      /** How many; which and why is said over HTTP. */
      readonly quarantined: number;
      /** Null where the centre cannot tell just now. */
      readonly received: ReceivedSerials | null;
    }
  | {
      /** `[1, number, time, code, message, retry after]` */
      readonly kind: 'refused';
      readonly code: string;
      readonly message: string;
      /** In how many milliseconds to send it again; 0: not before somebody has done something. */
      readonly retryAfterMs: number;
    }
);

const ACKNOWLEDGED = 0;
const REFUSED = 1;
const NUMBER_MAX = 2 ** 32 - 1;
const CODE = /^[a-z][a-z-]{0,63}$/;
const MESSAGE_MAX = 500;

export function encodeSocketBatch({ number, sentAt, batch }: SocketBatch): Uint8Array<ArrayBuffer> {
  return encodeCbor([number, sentAt, batch]);
}

/** Null where it is none. */
export function parseSocketBatch(bytes: Uint8Array): SocketBatch | null {
  if (bytes.length > SOCKET_MESSAGE_BYTES_MAX) return null;
  const [number, sentAt, batch, ...rest] = fieldsOf(bytes);
  const isBatch =
    isWhole(number, 1, NUMBER_MAX) &&
    isWhole(sentAt, 0, TIME_MAX) &&
    batch instanceof Uint8Array &&
    batch.length <= SOCKET_BATCH_BYTES_MAX &&
    rest.length === 0;
  return isBatch ? { number, sentAt, batch } : null;
}

export function encodeSocketAnswer(answer: SocketAnswer): Uint8Array<ArrayBuffer> {
  const { number, time } = answer;
  if (answer.kind === 'refused') {
    const message = answer.message.slice(0, MESSAGE_MAX);
    return encodeCbor([REFUSED, number, time, answer.code, message, answer.retryAfterMs]);
  }
  const { receipt, accepted, quarantined, received } = answer;
  return encodeCbor([ACKNOWLEDGED, number, time, receipt, accepted, quarantined, received && packReceived(received)]);
}

/** Null where it is none: whoever answers may be anybody. */
export function parseSocketAnswer(bytes: Uint8Array): SocketAnswer | null {
  const [kind, number, time, ...rest] = fieldsOf(bytes);
  if (!isWhole(number, 1, NUMBER_MAX) || !isWhole(time, 0, TIME_MAX)) return null;
  if (kind === ACKNOWLEDGED) return acknowledgedIn(number, time, rest);
  return kind === REFUSED ? refusedIn(number, time, rest) : null;
}

function acknowledgedIn(number: number, time: Time, fields: readonly Cbor[]): SocketAnswer | null {
  const [receipt, accepted, quarantined, packed, ...rest] = fields;
  const received = packed === null ? null : unpackReceived(packed);
  const isAnswer =
    isWhole(receipt, 1, Number.MAX_SAFE_INTEGER) &&
    isWhole(accepted, 0, NUMBER_MAX) &&
    isWhole(quarantined, 0, NUMBER_MAX) &&
    (packed === null || received !== null) &&
    rest.length === 0;
  return isAnswer ? { kind: 'acknowledged', number, time, receipt, accepted, quarantined, received } : null;
}

function refusedIn(number: number, time: Time, fields: readonly Cbor[]): SocketAnswer | null {
  const [code, message, retryAfterMs, ...rest] = fields;
  const isAnswer =
    typeof code === 'string' &&
    CODE.test(code) &&
    typeof message === 'string' &&
    message.length <= MESSAGE_MAX &&
    isWhole(retryAfterMs, 0, NUMBER_MAX) &&
    rest.length === 0;
  return isAnswer ? { kind: 'refused', number, time, code, message, retryAfterMs } : null;
}

function fieldsOf(bytes: Uint8Array): readonly Cbor[] {
  const value = decodeCbor(bytes)?.value;
  return isArray(value) ? value : [];
}
