/** Sends again what a centre acknowledged and lost. */
import type { AskedAgain } from './asked-again.ts';
import type { BatchSize } from './batch-size.ts';
import type { KeptRange } from './journal-batches.ts';
import { JournalError } from './journal-port.ts';
import type { SealedBatch } from './loaded-batch.ts';
import type { Uplink, UplinkAnswer } from './port.ts';

/** What keeps records that the centre had: a terminal. */
export interface KeptSource {
  kept(): Promise<KeptRange | null>;
  batchAgain(asked: KeptRange, recordsMax: number): Promise<SealedBatch | null>;
}

/**
 * One batch of what is asked for, the newest first, for those are kept longest.
 * @returns `empty` where nothing is asked for; `unreadable`: what was to be in it is damaged on the disk, and left out
 * @throws JournalError where the journal as a whole does not work
 */
export async function sendAgain(
  source: KeptSource,
  uplink: Uplink,
  asked: AskedAgain,
  size: BatchSize,
): Promise<UplinkAnswer['answer'] | 'empty' | 'unreadable'> {
  const range = asked.next();
  if (range === null) return 'empty';
  let batch: SealedBatch | null;
  try {
    batch = await source.batchAgain(range, size.records);
  } catch (cause) {
    if (!(cause instanceof JournalError && cause.code === 'journal-damaged')) throw cause;
    // Damaged is what the newest of them are in; what is older may be whole.
    asked.done({ from: Math.max(range.from, range.to - size.records + 1), to: range.to });
    return 'unreadable';
  }
  if (batch === null) {
    asked.done(range);
    return 'empty';
  }
  const { answer } = await uplink.send(batch.bytes, batch.form);
  if (answer === 'acknowledged') {
    size.succeeded(batch);
    // Of what was asked for beyond it nothing is kept.
    asked.done({ from: batch.from, to: Math.max(batch.to, range.to) });
  }
  if (answer === 'fault') size.failed(batch);
  return answer;
}
