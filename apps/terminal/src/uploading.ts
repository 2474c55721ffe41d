/** Brings the terminal's batches to the centre in the background. No network is normal: nothing waits for it. */
import { type BatchSize, type BatchSource, type Uplink, upload } from '@retap/terminal';
import type { Asking } from './asking.ts';
import { faultFields, type Log } from './log.ts';
import type { Pause } from './pause.ts';

/** Pause after a refusal, at least, in milliseconds: somebody has to do something first, and that takes as long. */
const REFUSED_PAUSE_MS = 300_000;

export interface UploadingOptions {
  readonly source: BatchSource;
  readonly uplink: Uplink;
  /** Of new batches; learnt from one upload to the next. */
  readonly size: BatchSize;
  /** What the centre lacks of what it had. */
  readonly asking: Asking;
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
  const { uplink, size, asking, every, random, signal, pause, log } = options;
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
      ended = await upload(source, { uplink, sleep, random, size, onReceived: asking.onReceived });
      if (ended === 'empty' && !signal.aborted) await asking.round();
    } catch (error) {
      // The journal failed: taps say so on the screen. What is in it stays for the next start.
      log('error', 'upload-journal', faultFields(error));
    }
    // Not all at once: what a fleet was refused for is often over for all of it at the same moment.
    await pause.for(ended === 'refused' ? Math.max(every, REFUSED_PAUSE_MS * (1 + random())) : every);
  }
}
