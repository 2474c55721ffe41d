/** Why a batch that came over a socket was not taken, in the words of the way over HTTP. */
import { AdmissionError } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import { retryAfterS } from '../answers.ts';
import { UploadsFull } from '../body.ts';
import { RateExceeded } from '../rate.ts';
import { UploadLate } from '../uploads.ts';

export interface Refusal {
  readonly code: string;
  readonly message: string;
  /** 0: it would be refused again. */
  readonly retryAfterMs: number;
  /** Ours, or the database's: something for the log. */
  readonly isFault: boolean;
}

/** @param random from 0 to 1, so that all who are sent away do not come back at once */
export function refusalOf(error: unknown, random: number): Refusal {
  const later = (afterMs: number): number => 1_000 * retryAfterS(afterMs, random);
  if (error instanceof ProtocolError || error instanceof AdmissionError) {
    return { code: error.code, message: error.message, retryAfterMs: 0, isFault: false };
  }
  if (error instanceof UploadsFull || error instanceof RateExceeded) {
    return { code: error.code, message: error.message, retryAfterMs: later(error.afterMs), isFault: false };
  }
  if (error instanceof UploadLate) {
    return { code: error.code, message: error.message, retryAfterMs: later(0), isFault: false };
  }
  // A batch must never be lost for a mistake of ours.
  const message = 'the centre cannot reach its database just now; try again later';
  return { code: 'central-unavailable', message, retryAfterMs: later(0), isFault: true };
}
