/**
 * One tap, from the medium in the field to the record in the journal (paper section 3.3).
 *
 *            read          decide           intent on disk          medium written         outcome on disk
 *   idle ──────────▶ read ────────▶ decided ───────────────▶ intended ──────────▶ committing ──┬──▶ successful
 *     ▲               │  │             │                                                       ├──▶ unsuccessful
 *     │   refused ◀───┘  │             └──▶ refused (journal-full)                             └──▶ unverified
 *     └── completed ◀────┘ (a re-tap whose first tap did commit: observation on disk)
 *
 * A power cut before `intended` leaves nothing; after it, a record `unverified` under its serial; never two records, and
 * never a medium written without one.
 */
import type { CommitStatus, MediumAccount, ObservationRecord, TransactionRecord } from '@retap/model';
import type { Decision, Refusal } from './decision.ts';

interface Idle {
  readonly state: 'idle';
}
interface Read {
  readonly state: 'read';
  readonly account: MediumAccount;
}
interface Decided {
  readonly state: 'decided';
  readonly account: MediumAccount;
  readonly decision: Decision;
}
/** The serial is minted, and on disk. The medium is as it was. */
interface Intended {
  readonly state: 'intended';
  readonly record: TransactionRecord;
  readonly after: MediumAccount;
}
/** The medium may or may not be written. */
interface Committing {
  readonly state: 'committing';
  readonly record: TransactionRecord;
}
export type TapState = Idle | Read | Decided | Intended | Committing;

/** How a tap ended; the person goes through on `successful` and `completed` only. */
export type TapOutcome =
  | { readonly outcome: CommitStatus; readonly record: TransactionRecord }
  /** The person's tap before this one did commit: nothing more is charged. */
  | { readonly outcome: 'completed'; readonly record: ObservationRecord }
  | { readonly outcome: 'refused'; readonly reason: Refusal };
