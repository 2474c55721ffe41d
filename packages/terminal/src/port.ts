/** What a terminal needs of the world: a store that keeps bytes, a link, a clock, chance. Its medium is the card's port. */
import type { Time } from '@retap/model';
import type { ReceivedSerials } from '@retap/protocol';
import type { SealedBatch } from './loaded-batch.ts';

export {
  JOURNAL_ERROR_CODES,
  JournalError,
  type JournalErrorCode,
  type JournalStore,
  type Sealer,
  type Sha256,
} from './journal-port.ts';

/** What became of a batch that was sent. */
export type UplinkAnswer =
  /** The centre has it for ever. `received`: what it has of the journal, as of then; null where it does not say. */
  | { readonly answer: 'acknowledged'; readonly received: ReceivedSerials | null }
  /** It may have it or not; the same bytes must go again. */
  | { readonly answer: 'fault' }
  /** It did not take it just now: the same bytes, not before so many milliseconds. */
  | { readonly answer: 'later'; readonly afterMs: number }
  /** It takes nothing from this terminal as things are; somebody has to do something first, and the records wait. */
  | { readonly answer: 'refused' };

/** The link to the centre. It may break at any moment and then answers `fault`; it never throws for that. */
export interface Uplink {
  send(batch: Uint8Array, form: SealedBatch['form']): Promise<UplinkAnswer>;
  /** How many batches may be on their way at a time; asked anew each time. Default 1. */
  readonly inFlightMax?: number;
}

/** The terminal's wall clock, in milliseconds since the Unix epoch; it may be wrong, and may jump. */
export type Clock = () => Time;
/** A number from 0 (included) to 1 (excluded). */
export type Random = () => number;
export type Sleep = (milliseconds: number) => Promise<void>;
