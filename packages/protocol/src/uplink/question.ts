/** A terminal's question what the centre has of its journal: `POST /batches/state`, COSE_Sign1 by its identity. */
import type { TerminalNumber, Time } from '@retap/model';
import { ProtocolError } from '../error.ts';
import { decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import { encodeSign1, openSign1, type Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';

export const STATE_QUESTION_BYTES_MAX = 256;

const FORM: Sign1Form = { context: 'retap state 1', hasKeyName: true, bytesMax: STATE_QUESTION_BYTES_MAX };
const VERSION = 1;

export interface StateQuestion {
  readonly terminal: TerminalNumber;
  /** By the terminal's clock. */
  readonly saidAt: Time;
  /** Records that the centre acknowledged and the terminal still has: of these it wants to know what is missing. */
  readonly from: number;
  readonly to: number;
}

export interface OpenedStateQuestion {
  readonly question: StateQuestion;
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

export function encodeStateQuestion(
  { terminal, saidAt, from, to }: StateQuestion,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSign1(FORM, terminal, encodeCbor([VERSION, terminal, saidAt, from, to]), sign);
}

/** @throws ProtocolError `state-question-malformed` */
export function openStateQuestion(bytes: Uint8Array): OpenedStateQuestion {
  const opened = openSign1(FORM, bytes);
  if (opened === null) throw malformed(`its ${bytes.length} bytes are not one whole COSE_Sign1`);
  const fields = decodeCbor(opened.payload)?.value;
  const [version, terminal, saidAt, from, to, ...rest] = isArray(fields) ? fields : [];
  const isQuestion =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    terminal === opened.keyName &&
    isWhole(saidAt, 0, TIME_MAX) &&
    isWhole(from, 1, NUMBER_MAX) &&
    isWhole(to, from, NUMBER_MAX) &&
    rest.length === 0;
  if (!isQuestion) throw malformed('it does not say terminal, time and serials as this version of Retap knows them');
  const { toBeSigned, signature } = opened;
  return { question: { terminal, saidAt, from, to }, toBeSigned, signature };
}

function malformed(what: string): ProtocolError {
  return new ProtocolError('state-question-malformed', `not a question for the state of a journal: ${what}`);
}
