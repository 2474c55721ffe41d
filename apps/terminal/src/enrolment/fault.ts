/** Why a terminal is not enrolled, or holds no licence. The words are stable; the message says what to do. */
export type EnrolmentErrorCode =
  /** The centre said no; the message is its own. */
  | 'enrolment-refused'
  /** Nobody answered, or not to the end. Nothing is lost: the same command finishes it. */
  | 'centre-unreachable'
  /** What answered is no centre, or not the one whose key was expected. */
  | 'centre-foreign'
  /** The licence is not signed by the centre, or is none. */
  | 'licence-forged'
  /** It is of another terminal, or of another key. */
  | 'licence-foreign'
  /** There is none. */
  | 'licence-missing';

export class EnrolmentError extends Error {
  override readonly name = 'EnrolmentError';
  readonly code: EnrolmentErrorCode;

  constructor(code: EnrolmentErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
