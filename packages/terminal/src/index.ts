export { ACTION_KINDS, type Action, type ActionKind, type ActionList } from './action.ts';
export { isClockBehind, stampOf } from './clock.ts';
export { type DayTotal, decide, type Limits, REFUSALS, type Refusal, type Situation } from './decision.ts';
export type { Unsent } from './in-service.ts';
export { Journal, type JournalOptions } from './journal.ts';
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
export type { TapOutcome, TapState } from './tap.ts';
export { type ObserveOutcome, type OpenOutcome, Terminal } from './terminal.ts';
export type { TerminalOptions } from './terminal-options.ts';
export {
  type Backoff,
  type BatchSource,
  DEFAULT_BACKOFF,
  delayAfter,
  type UploadOptions,
  upload,
  uploadOnce,
} from './upload.ts';
export { type WaitingOptions, waitingBatches } from './waiting-batches.ts';
