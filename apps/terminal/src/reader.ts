/** A reader as the terminal's process sees it: PC/SC, or card files in this process. */
import type { CardChannel } from '@retap/card';

/** A card in the field, until it is closed. */
export interface HeldCard extends CardChannel {
  /** Ends the conversation; the card may still be in the field. Never throws. */
  close(): Promise<void>;
}

export interface Reader {
  /** As people know it: `Gate 0`. */
  readonly name: string;
  /**
   * The next card in the field.
   * @throws the signal's reason once it is aborted; ReaderError where there is no reader, or it fails
   */
  waitForCard(signal: AbortSignal): Promise<HeldCard>;
  /** Resolves when no card is in the field. @throws as {@link waitForCard} */
  waitForRemoval(signal: AbortSignal): Promise<void>;
  /** Gives the reader back. */
  close(): Promise<void>;
}

const READER_ERROR_CODES = [
  /** No reader of the name is there, or the service that serves it does not run. It may come. */
  'reader-missing',
  /** It answers what a reader does not. */
  'reader-failed',
] as const;
export type ReaderErrorCode = (typeof READER_ERROR_CODES)[number];

export class ReaderError extends Error {
  override readonly name = 'ReaderError';
  readonly code: ReaderErrorCode;

  constructor(code: ReaderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
