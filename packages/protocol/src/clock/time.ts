/**
 * The time, asked of the centre so that nobody in between can lie about it (docs/protocol.md, "The time"). The question is
 * COSE_Sign1 by the terminal's identity and carries what it measured before; the answer is COSE_Sign1 by the centre over the
 * question's own nonce. Who holds an answer up only makes its round trip longer, and that is measured.
 */
import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { type Cbor, decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';

/** Content type of question and answer (RFC 9052, section 11.3.1). */
export const TIME_CONTENT_TYPE = 'application/cose; cose-type="cose-sign1"';
export const TIME_BYTES_MAX = 256;
/** Random, new for each question: an answer to another one is none to this. */
export const TIME_NONCE_BYTES = 16;

const QUESTION: Sign1Form = { context: 'retap time question 1', hasKeyName: true, bytesMax: TIME_BYTES_MAX };
const ANSWER: Sign1Form = { context: 'retap time 1', hasKeyName: false, bytesMax: TIME_BYTES_MAX };
const VERSION = 1;

/** How a terminal found its clock. */
export interface ClockReport {
  /** The centre's clock minus the one that the terminal stamps records by, in milliseconds; negative: the terminal is ahead. */
  readonly offset: number;
  /** Round trip of the sample that the offset rests on, in milliseconds: the offset is right within half of it. */
  readonly delay: number;
  /** The centre's own time in the latest answer that it rests on: of two reports the one with the later stands. */
  readonly measuredAt: Time;
}

export interface TimeQuestion {
  readonly terminal: TerminalNumber;
  readonly nonce: Uint8Array;
  /** Null where nothing has been measured yet. */
  readonly report: ClockReport | null;
}

export interface OpenedTimeQuestion {
  readonly question: TimeQuestion;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

export interface TimeAnswer {
  /** Of the question. */
  readonly nonce: Uint8Array;
  /** When the question came, by the centre's clock. */
  readonly receivedAt: Time;
  /** When this answer was made, by the centre's clock. */
  readonly answeredAt: Time;
}

export interface OpenedTimeAnswer {
  readonly answer: TimeAnswer;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

/** @param sign Ed25519 by the terminal's identity */
export function encodeTimeQuestion(
  { terminal, nonce, report }: TimeQuestion,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  const said = report && [report.offset, report.delay, report.measuredAt];
  return encodeSign1(QUESTION, terminal, encodeCbor([VERSION, terminal, nonce, said]), sign);
}

/** @throws ProtocolError `time-malformed` */
export function openTimeQuestion(bytes: Uint8Array): OpenedTimeQuestion {
  const opened = openSign1(QUESTION, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1 that asks the time`);
  const fields = decodeCbor(opened.payload)?.value;
  const [written, terminal, nonce, said, ...rest] = isArray(fields) ? fields : [];
  const isQuestion =
    written === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    terminal === opened.keyName &&
    isNonce(nonce) &&
    (said === null || isReport(said)) &&
    rest.length === 0;
  if (!isQuestion) throw malformed('it does not say terminal, nonce and report as this version of Retap knows them');
  return {
    question: { terminal, nonce: Uint8Array.from(nonce), report: said && reportIn(said) },
    toBeSigned: opened.toBeSigned,
    signature: opened.signature,
  };
}

/** @param sign Ed25519 by the centre's key */
export function encodeTimeAnswer(
  { nonce, receivedAt, answeredAt }: TimeAnswer,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSign1(ANSWER, 0, encodeCbor([VERSION, nonce, receivedAt, answeredAt]), sign);
}

/** @throws ProtocolError `time-malformed` */
export function openTimeAnswer(bytes: Uint8Array): OpenedTimeAnswer {
  const opened = openSign1(ANSWER, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1 that tells the time`);
  const fields = decodeCbor(opened.payload)?.value;
  const [written, nonce, receivedAt, answeredAt, ...rest] = isArray(fields) ? fields : [];
  const isAnswer =
    written === VERSION &&
    isNonce(nonce) &&
    isWhole(receivedAt, 0, TIME_MAX) &&
    isWhole(answeredAt, receivedAt, TIME_MAX) &&
    rest.length === 0;
  if (!isAnswer) throw malformed('it does not say nonce and two times as this version of Retap knows them');
  return {
    answer: { nonce: Uint8Array.from(nonce), receivedAt, answeredAt },
    toBeSigned: opened.toBeSigned,
    signature: opened.signature,
  };
}

type Report = readonly [number, number, number];

function isReport(value: Cbor | undefined): value is Report {
  if (!isArray(value) || value.length !== 3) return false;
  const [offset, delay, measuredAt] = value;
  return isWhole(offset, -TIME_MAX, TIME_MAX) && isWhole(delay, 0, NUMBER_MAX) && isWhole(measuredAt, 0, TIME_MAX);
}

function reportIn([offset, delay, measuredAt]: Report): ClockReport {
  return { offset, delay, measuredAt };
}

function isNonce(value: Cbor | undefined): value is Uint8Array {
  return value instanceof Uint8Array && value.length === TIME_NONCE_BYTES;
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('time-malformed', `no question or answer of the time: ${what}`);
}
