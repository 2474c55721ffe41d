/** Why bytes could not be read. The words are stable: programs decide by them, people read the message. */
export const PROTOCOL_ERROR_CODES = [
  /** A body is not one whole batch. Nothing of it may be kept; the sender sends it again, whole. */
  'batch-malformed',
  /** A signed batch holds records of another terminal than the one that signed it. Nothing of it may be kept. */
  'terminal-mismatch',
  /** A file of signed batches ends in the middle of one, or holds something else. Those before stand. */
  'sequence-damaged',
  /** No file of that name. */
  'journal-not-found',
  /** A directory stands where a journal was named. */
  'journal-is-directory',
  /** The file exists and this process may not read it. */
  'journal-forbidden',
  /** Opening or reading failed for another reason of the operating system; `cause` has it. */
  'journal-unreadable',
  /** A gzip stream ends in the middle. The pieces read before stand. */
  'journal-truncated',
  /** A gzip stream holds bytes that are not gzip. The pieces read before stand. */
  'journal-damaged',
  /** Not a request for enrolment, or not an answer to one. */
  'enrolment-malformed',
  /** What was typed is no enrolment code; none that is another one. */
  'enrolment-code-slip',
  /** Not a licence, or not a request to renew one. */
  'licence-malformed',
  /** Not a list as the centre signs them. */
  'list-malformed',
  'delta-malformed',
  /** Not a terminal's word on which lists it holds. */
  'held-lists-malformed',
  /** Not a terminal's question what the centre has of its journal. */
  'state-question-malformed',
  /** Not a terminal's question what time it is, or not the centre's answer. */
  'time-malformed',
  /** Not a phone's request for a number and an account, or not an answer to one. */
  'registration-malformed',
  'certificate-malformed',
  /** Not what a phone asks to be paid. */
  'request-malformed',
  /** Not an order of the centre for a phone. */
  'order-malformed',
  /** Not what a phone shows with a ticket. */
  'presentation-malformed',
  /** Not how a phone says that it stands, or what it wants. */
  'standing-malformed',
  'wish-malformed',
  /** Not what one phone shows another. */
  'message-malformed',
] as const;

export type ProtocolErrorCode = (typeof PROTOCOL_ERROR_CODES)[number];

/** Bytes that cannot be read as a whole. A single bad record is never one of these: it is a rejection with a reason. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
  readonly code: ProtocolErrorCode;

  constructor(code: ProtocolErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** A body that is not one whole batch, with what to do about it. */
export function malformed(what: string): ProtocolError {
  return new ProtocolError(
    'batch-malformed',
    `not a batch: ${what}. Nothing of it was kept; send the whole batch again.`,
  );
}
