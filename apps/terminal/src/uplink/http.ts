/** The centre's `POST /batches`: a batch a request. */
import { BATCH_CONTENT_TYPE, parseReceived, type ReceivedSerials, SIGNED_BATCH_CONTENT_TYPE } from '@retap/protocol';
import type { SealedBatch, Uplink, UplinkAnswer } from '@retap/terminal';
import { askCentre } from '../centre.ts';
import { faultFields, type Log } from '../log.ts';

export const CONTENT_TYPES: Readonly<Record<SealedBatch['form'], string>> = {
  batch: BATCH_CONTENT_TYPE,
  signed: SIGNED_BATCH_CONTENT_TYPE,
};

/** Why the centre takes nothing from this terminal, in the centre's words; `other`: in one that this version does not know. */
export const NOT_ACCEPTED = [
  'signature-invalid',
  'terminal-unknown',
  'terminal-suspended',
  'terminal-revoked',
  'licence-expired',
  'terminal-mismatch',
  'batch-unsigned',
  'other',
] as const;
export type NotAccepted = (typeof NOT_ACCEPTED)[number];

export function notAcceptedOf(code: string): NotAccepted {
  return NOT_ACCEPTED.find((word) => word === code) ?? 'other';
}

/** These say who may speak, not what was said: sending again changes nothing. */
const NOT_ACCEPTED_STATUSES: ReadonlySet<number> = new Set([401, 403]);
/** These say that it was not taken just now. */
const LATER_STATUSES: ReadonlySet<number> = new Set([429, 503]);

export interface UplinkOptions {
  readonly centre: string;
  readonly signal: AbortSignal;
  /** The wall clock, which goes along. */
  readonly now: () => number;
  /** Why the last batch was not accepted; null: it was. */
  readonly onAnswer: (why: NotAccepted | null) => void;
  readonly log: Log;
}

/** Only the centre's word that a batch is durable counts. */
export function uplinkTo({ centre, signal, now, onAnswer, log }: UplinkOptions): Uplink {
  return {
    send: async (body, form): Promise<UplinkAnswer> => {
      const contentType = CONTENT_TYPES[form];
      const answer = await askCentre({ centre, path: 'batches', contentType, body, sentAt: now(), signal });
      if (answer.kind === 'done') {
        if (!isAcknowledgement(answer.body)) {
          log('warn', 'upload-refused', { status: 200, code: null, message: 'what answered is no centre of Retap' });
          return { answer: 'fault' };
        }
        onAnswer(null);
        return { answer: 'acknowledged', received: receivedIn(answer.body) };
      }
      if (answer.kind === 'fault') {
        if (!signal.aborted) log('info', 'upload-fault', faultFields(answer.cause));
        return { answer: 'fault' };
      }
      const { status, code, message, retryAfterS } = answer;
      log('warn', 'upload-refused', { status, code, message });
      if (code !== null && LATER_STATUSES.has(status) && retryAfterS !== null && retryAfterS >= 0) {
        return { answer: 'later', afterMs: 1_000 * retryAfterS };
      }
      if (code === null || !NOT_ACCEPTED_STATUSES.has(status)) return { answer: 'fault' };
      onAnswer(notAcceptedOf(code));
      return { answer: 'refused' };
    },
  };
}

/** Whether it is a centre's word that a batch is durable: a captive portal says 200 too, and a page of its own. */
export function isAcknowledgement(body: Uint8Array): boolean {
  try {
    const { receipt, accepted } = JSON.parse(Buffer.from(body).toString()) ?? {};
    return Number.isSafeInteger(receipt) && receipt >= 1 && Number.isSafeInteger(accepted) && accepted >= 0;
  } catch {
    return false;
  }
}

/** What the centre has of the journal, in what it answered; null where it does not say, as before it could. */
export function receivedIn(body: Uint8Array): ReceivedSerials | null {
  try {
    return parseReceived(
      (JSON.parse(Buffer.from(body).toString()) as { readonly received?: unknown } | null)?.received,
    );
  } catch {
    return null;
  }
}
