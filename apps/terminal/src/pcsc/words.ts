/**
 * What the process with PC/SC and the terminal say to each other, as JSON over Node's channel: bytes as hexadecimal
 * digits, for that takes 0.03 ms there and back, and typed arrays in Node's other form 0.08 ms.
 */

/** To the process. At most one at a time for a card. */
export interface Request {
  readonly id: number;
  readonly call: 'connect' | 'transmit' | 'disconnect';
  /** The command APDU of `transmit`, else empty. */
  readonly command: string;
}

/** From the process: the answer to a request. */
export interface Answer {
  readonly say: 'answer';
  readonly id: number;
  /** PC/SC's return code, 0 for success. */
  readonly code: number;
  /** What the card answered to `transmit`. */
  readonly bytes: string;
}

/** From the process: what is so from here on. */
export type Report =
  /** PC/SC cannot be used at all: the process ends. */
  | { readonly say: 'missing'; readonly message: string }
  /** No reader: it looks for one, and reports again. */
  | { readonly say: 'out of service'; readonly message: string }
  | {
      readonly say: 'field';
      /** The reader's full name. */
      readonly reader: string;
      readonly present: boolean;
      /** Counts insertions and removals: another card after a moment too short to see has another number. */
      readonly count: number;
    };
