/** What waits for the centre, to be carried there by hand: read from the journal, which is neither changed nor kept from its terminal. */
import type { TerminalNumber } from '@retap/model';
import type { JournalStore, Sealer, Sha256 } from './journal-port.ts';
import { JournalSegments, oldestOf } from './journal-segments.ts';
import { readSegment, unsentCount } from './journal-state.ts';
import { type BatchSigner, LoadedBatch, type SealedBatch } from './loaded-batch.ts';

export interface WaitingOptions {
  /** Only read. Its terminal may be writing: what it adds meanwhile is left out. */
  readonly store: Pick<JournalStore, 'list' | 'read'>;
  readonly terminal: TerminalNumber;
  readonly sha256: Sha256;
  readonly sealer?: Sealer;
  readonly signer: BatchSigner;
  readonly batchRecordsMax?: number;
}

/**
 * All settled records that the centre has not acknowledged, signed, in batches. Those that are on their way come first and
 * have the same bytes; the others may go up cut otherwise, and the centre takes each record once. A tap that is under way, or
 * whose outcome was lost with the power, is left out: its terminal settles it when it starts.
 * @throws JournalError; `journal-failed` also where its terminal has removed what was being read: begin again
 */
export async function* waitingBatches(options: WaitingOptions): AsyncGenerator<SealedBatch, undefined> {
  const { store, terminal, signer, batchRecordsMax = 1000 } = options;
  const segments = await store.list();
  const last = segments.at(-1);
  if (last === undefined) return;
  const { state } = readSegment(await store.read(last), last, options);
  const remove = (): never => {
    throw new Error('a journal that is only read loses nothing');
  };
  const reading = new JournalSegments({ read: (segment) => store.read(segment), remove }, options, oldestOf(segments));
  await reading.assertWhole(state);
  const end = state.acknowledgedTo + unsentCount(state);
  for (let from = state.acknowledgedTo + 1, to = 0; from <= end; from = to + 1) {
    to = state.sealed.find((sealedTo) => sealedTo >= from) ?? Math.min(from + batchRecordsMax - 1, end);
    const before = await reading.linkBefore(from, state);
    const records = await reading.records(from, to, state);
    yield await new LoadedBatch({ terminal, from, to, records }, { signer, before }).sealed();
  }
}
