/**
 * One tap, from the medium in the field to the record in the journal (paper section 3.3).
 *
 *        keys agree         read        decide          intent on disk         medium written       outcome on disk
 *   idle ────────▶ authenticated ──▶ read ───▶ decided ──────────────▶ intended ────────▶ committing ──┬──▶ successful
 *    ▲  ▲                │            │ │         │                                                    ├──▶ unsuccessful
 *    │  └──── refused ◀──┴────────────┘ │         └──▶ refused (journal-full)                          └──▶ unverified
 *    └─────── completed ◀───────────────┘ (a re-tap whose first tap did commit: observation on disk)
 *
 * Only a commit that the medium answered with a valid MAC is successful; only one that was never sent is unsuccessful;
 * whatever else came back, or nothing, is unverified. A power cut before `intended` leaves nothing; after it, a record
 * `unverified` under its serial; never two records, and never a medium written without one.
 */
import type { Access, MediumChange, MediumReading } from '@retap/card';
import type { CommitStatus, ObservationRecord, TransactionRecord } from '@retap/model';
import type { Refusal } from './decision.ts';

interface Idle {
  readonly state: 'idle';
}
/** Medium and terminal have proved to each other that they know the key. */
interface Authenticated {
  readonly state: 'authenticated';
  readonly access: Access;
}
interface Read {
  readonly state: 'read';
  readonly reading: MediumReading;
}
interface Decided {
  readonly state: 'decided';
  readonly reading: MediumReading;
  readonly change: MediumChange;
}
/** The serial is minted, and on disk. The medium is as it was. */
interface Intended {
  readonly state: 'intended';
  readonly record: TransactionRecord;
  readonly change: MediumChange;
}
/** The medium may or may not be written. */
interface Committing {
  readonly state: 'committing';
  readonly record: TransactionRecord;
}
export type TapState = Idle | Authenticated | Read | Decided | Intended | Committing;

/** How a tap ended; the person goes through on `successful` and `completed` only. */
export type TapOutcome = (
  | { readonly outcome: CommitStatus; readonly record: TransactionRecord }
  /** The person's tap before this one did commit: nothing more is charged. */
  | { readonly outcome: 'completed'; readonly record: ObservationRecord }
  | { readonly outcome: 'refused'; readonly reason: Refusal }
) & {
  /** Entries of the action list that were carried out first. */
  readonly actions?: readonly TransactionRecord[];
};
