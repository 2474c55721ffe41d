/** What somebody sees who looks inside the media and the journals while the city lives; nothing in the city depends on it. */
import type { MediumAccount, MediumName, TerminalNumber } from '@retap/model';
import type { ObserveOutcome, OpenOutcome, SealedBatch, TapOutcome } from '@retap/terminal';

/** Who carries a medium. Of two with the same name, one carries a copy. */
export interface Carrier {
  readonly name: MediumName;
  readonly medium: { readonly account: MediumAccount | null };
}

export type Served = TapOutcome | OpenOutcome | ObserveOutcome;

export interface CityWatch {
  /** The medium committed, whatever any terminal saw of it. */
  committed(carrier: Carrier, before: MediumAccount | null, after: MediumAccount): void;
  /** The terminal has told its end of a tap, and what it wrote down. Any commit of the tap was told before. */
  served(carrier: Carrier, terminal: TerminalNumber, outcome: Served): void;
  /** The terminal was told that the centre has these records for ever, and may forget them. */
  acknowledged(terminal: TerminalNumber, batch: SealedBatch): void;
}
