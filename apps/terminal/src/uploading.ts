/** Brings the terminal's batches to the centre in the background. No network is normal: nothing waits for it. */
import { BATCH_CONTENT_TYPE, SIGNED_BATCH_CONTENT_TYPE } from '@retap/protocol';
import { type BatchSource, type SealedBatch, type Uplink, upload } from '@retap/terminal';
import { askCentre } from './centre.ts';
import { faultFields, type Log } from './log.ts';
import type { Pause } from './pause.ts';

export const CONTENT_TYPES: Readonly<Record<SealedBatch['form'], string>> = {
  batch: BATCH_CONTENT_TYPE,
  signed: SIGNED_BATCH_CONTENT_TYPE,
};

/** Why the centre takes nothing from this terminal, in the centre's words; `other`: in one that this version does not know. */
const NOT_ACCEPTED = [
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

/** These say who may speak, not what was said: sending again changes nothing. */
const NOT_ACCEPTED_STATUSES: ReadonlySet<number> = new Set([401, 403]);

export interface UplinkOptions {
  readonly centre: string;
  readonly signal: AbortSignal;
  /** The wall clock, which goes along. */
  readonly now: () => number;
  /** Why the last batch was not accepted; null: it was. */
  readonly onAnswer: (why: NotAccepted | null) => void;
  readonly log: Log;
}

/** The centre's `POST /batches`: only its word that the batch is durable counts. */
export function uplinkTo({ centre, signal, now, onAnswer, log }: UplinkOptions): Uplink {
  return {
    send: async (body, form) => {
      const contentType = CONTENT_TYPES[form];
      const answer = await askCentre({ centre, path: 'batches', contentType, body, sentAt: now(), signal });
      if (answer.kind === 'done') {
        onAnswer(null);
        return { answer: 'acknowledged', received: null };
      }
      if (answer.kind === 'fault') {
        if (!signal.aborted) log('info', 'upload-fault', faultFields(answer.cause));
        return { answer: 'fault' };
      }
      const { status, code, message } = answer;
      log('warn', 'upload-refused', { status, code, message });
      if (code === null || !NOT_ACCEPTED_STATUSES.has(status)) return { answer: 'fault' };
      onAnswer(NOT_ACCEPTED.find((word) => word === code) ?? 'other');
      return { answer: 'refused' };
    },
  };
}

/** Pause after a refusal, at least, in milliseconds: somebody has to do something first, and that takes as long. */
const REFUSED_PAUSE_MS = 300_000;

export interface UploadingOptions {
  readonly source: BatchSource;
  readonly uplink: Uplink;
  /** Pause after everything has gone up, in milliseconds. */
  readonly every: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Between two attempts; ended where something has changed. */
  readonly pause: Pause;
  /** Some records are acknowledged. */
  readonly onAcknowledged: () => void;
  readonly log: Log;
}

/** Sends whatever waits, again and again, until it is told to stop. */
export async function keepUploading(options: UploadingOptions): Promise<void> {
  const { uplink, every, random, signal, pause, log } = options;
  const sleep = (milliseconds: number): Promise<void> => pause.for(milliseconds);
  const source: BatchSource = {
    // Once it is to stop there is nothing to send: that ends the upload wherever it is.
    nextBatch: async (which) => (signal.aborted ? null : options.source.nextBatch(which)),
    acknowledge: async (batch) => {
      await options.source.acknowledge(batch);
      options.onAcknowledged();
    },
  };
  while (!signal.aborted) {
    let ended: Awaited<ReturnType<typeof upload>> = 'empty';
    try {
      ended = await upload(source, { uplink, sleep, random });
    } catch (error) {
      // The journal failed: taps say so on the screen. What is in it stays for the next start.
      log('error', 'upload-journal', faultFields(error));
    }
    // Not all at once: what a fleet was refused for is often over for all of it at the same moment.
    await pause.for(ended === 'refused' ? Math.max(every, REFUSED_PAUSE_MS * (1 + random())) : every);
  }
}
