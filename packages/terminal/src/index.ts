export { ACTION_KINDS, type Action, type ActionKind, type ActionList } from './action.ts';
export { AskedAgain } from './asked-again.ts';
export { BatchSize } from './batch-size.ts';
export {
  CentreTime,
  DRIFT_MAX,
  EXCHANGE_REFUSALS,
  type Exchange,
  type ExchangeRefusal,
  type Measured,
  ROUND_TRIP_MAX_MS,
} from './centre-time.ts';
export { isClockBehind, stampOf } from './clock.ts';
export { decide, type Limits, REFUSALS, type Refusal, type Situation } from './decision.ts';
export { DisciplinedClock, type DisciplinedClockOptions, SLEW, trustedFor } from './disciplined-clock.ts';
export type { Unsent } from './in-service.ts';
export { Journal, type JournalOptions } from './journal.ts';
export type { KeptRange } from './journal-batches.ts';
export type { JournalKeep } from './journal-segments.ts';
export type { BatchSigner, SealedBatch } from './loaded-batch.ts';
export { MemoryJournal } from './memory-journal.ts';
export { MEDIUM_FAULTS, type MediumFault, MemoryMedium } from './memory-medium.ts';
export {
  type Clock,
  JOURNAL_ERROR_CODES,
  JournalError,
  type JournalErrorCode,
  type JournalStore,
  type Random,
  type Sealer,
  type Sha256,
  type Sleep,
  type Uplink,
  type UplinkAnswer,
} from './port.ts';
export { type KeptSource, sendAgain } from './send-again.ts';
export type { TapOutcome, TapState } from './tap.ts';
export { type ObserveOutcome, type OpenOutcome, Terminal } from './terminal.ts';
export type { TerminalOptions } from './terminal-options.ts';
export {
  type Backoff,
  type BatchSource,
  DEFAULT_BACKOFF,
  delayAfter,
  type OnReceived,
  type UploadOptions,
  upload,
  uploadOnce,
} from './upload.ts';
export { type WaitingOptions, waitingBatches } from './waiting-batches.ts';
