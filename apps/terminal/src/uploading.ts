/** Brings the terminal's batches to the centre in the background. No network is normal: nothing waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type BatchSource, type Uplink, upload } from '@retap/terminal';
import { faultFields, type Log } from './log.ts';

/** How long the centre may take to answer one batch. */
const ANSWER_MS = 30_000;

/** The centre's `POST /batches`: only its word that the batch is durable counts. */
export function uplinkTo(centre: string, signal: AbortSignal, log: Log): Uplink {
  const url = new URL('batches', centre.endsWith('/') ? centre : `${centre}/`);
  return {
    send: async (batch) => {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: new Uint8Array(batch),
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]),
          // A redirect would take the batch to somewhere that the operator did not name.
          redirect: 'error',
        });
        await answer.arrayBuffer();
        if (answer.status === 200) return 'acknowledged';
        log('warn', 'upload-refused', { status: answer.status });
      } catch (error) {
        // fetch says only that it failed; why is in its cause.
        if (!signal.aborted) log('info', 'upload-fault', faultFields((error as Error).cause ?? error));
      }
      return 'fault';
    },
  };
}

export interface UploadingOptions {
  readonly source: BatchSource;
  readonly uplink: Uplink;
  /** Pause after everything has gone up, in milliseconds. */
  readonly every: number;
  readonly random: () => number;
  readonly signal: AbortSignal;
  /** Some records are acknowledged. */
  readonly onAcknowledged: () => void;
  readonly log: Log;
}

/** Sends whatever waits, again and again, until it is told to stop. */
export async function keepUploading(options: UploadingOptions): Promise<void> {
  const { uplink, every, random, signal, log } = options;
  const pause = (milliseconds: number): Promise<void> =>
    sleep(milliseconds, undefined, { signal, ref: false }).catch(() => {});
  const source: BatchSource = {
    // Once it is to stop there is nothing to send: that ends the upload wherever it is.
    nextBatch: async () => (signal.aborted ? null : options.source.nextBatch()),
    acknowledge: async (batch) => {
      await options.source.acknowledge(batch);
      options.onAcknowledged();
    },
  };
  while (!signal.aborted) {
    try {
      await upload(source, { uplink, sleep: pause, random });
    } catch (error) {
      // The journal failed: taps say so on the screen. What is in it stays for the next start.
      log('error', 'upload-journal', faultFields(error));
    }
    await pause(every);
  }
}
