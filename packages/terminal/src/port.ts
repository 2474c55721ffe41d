/** What a terminal needs of the world: a store that keeps bytes, a link, a clock, chance. Its medium is the card's port. */
import type { Time } from '@retap/model';
import type { SealedBatch } from './loaded-batch.ts';

export {
  JOURNAL_ERROR_CODES,
  JournalError,
  type JournalErrorCode,
  type JournalStore,
  type Sealer,
  type Sha256,
} from './journal-port.ts';

/**
 * `acknowledged`: the centre has the batch for ever. `fault`: it may have it or not; the same bytes must go again. `refused`: it
 * takes nothing from this terminal as things are; somebody has to do something first, and the records wait.
 */
export type UplinkAnswer = 'acknowledged' | 'fault' | 'refused';

/** The link to the centre. It may break at any moment and then answers `fault`; it never throws for that. */
export interface Uplink {
  send(batch: Uint8Array, form: SealedBatch['form']): Promise<UplinkAnswer>;
}

/** The terminal's wall clock, in milliseconds since the Unix epoch; it may be wrong, and may jump. */
export type Clock = () => Time;
/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;
export type Sleep = (milliseconds: number) => Promise<void>;
