/** Faults of the world around the centre; the code is stable, the message is for a person. */
export type CentralErrorCode =
  | 'database-in-use' // another process has the embedded directory
  | 'database-unreachable'
  | 'database-slow' // it did not answer within the deadline given
  | 'database-unusable' // not a database of ours, a newer one, too old a PostgreSQL, or a directory we may not use
  | 'database-not-durable' // a commit does not reach the disk
  | 'clock-tolerance-differs'
  | 'audit-log-rewritten'; // it is not what this centre has signed

export class CentralError extends Error {
  override readonly name = 'CentralError';
  readonly code: CentralErrorCode;

  constructor(code: CentralErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
