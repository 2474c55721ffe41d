export { isClockBehind, stampOf } from './clock.ts';
export { type Decision, decide, type Limits, REFUSALS, type Refusal } from './decision.ts';
export { Journal, type JournalOptions, type SealedBatch } from './journal.ts';
export { MemoryJournal } from './memory-journal.ts';
export { MEDIUM_FAULTS, type MediumFault, MemoryMedium } from './memory-medium.ts';
export {
  type Clock,
  JOURNAL_ERROR_CODES,
  JournalError,
  type JournalErrorCode,
  type JournalStore,
  type Medium,
  type Random,
  type Sleep,
  type Uplink,
  type UplinkAnswer,
} from './port.ts';
export type { TapOutcome, TapState } from './tap.ts';
export { type ObserveOutcome, type OpenOutcome, Terminal, type TerminalOptions } from './terminal.ts';
export {
  type Backoff,
  type BatchSource,
  DEFAULT_BACKOFF,
  delayAfter,
  type UploadOptions,
  upload,
  uploadOnce,
} from './upload.ts';
