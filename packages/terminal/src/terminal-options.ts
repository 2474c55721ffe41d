/** What a terminal is made of, and how its operator wants it to behave. */
import type { MediumName, TerminalNumber, Time } from '@retap/model';
import type { ActionList } from './action.ts';
import type { Limits } from './decision.ts';
import type { Sealer, Sha256 } from './journal-port.ts';
import type { JournalKeep } from './journal-segments.ts';
import type { BatchSigner } from './loaded-batch.ts';
import type { Clock, JournalStore } from './port.ts';

export interface TerminalOptions {
  readonly terminal: TerminalNumber;
  readonly store: JournalStore;
  /** Encrypts the journal at rest; without one its frames are readable by whoever has the disk. */
  readonly sealer?: Sealer;
  readonly sha256: Sha256;
  /** Signs batches; without one they go unsigned. */
  readonly signer?: BatchSigner;
  /** Whether the centre's licence holds now. False: nobody is served. Default: none is needed. */
  readonly isLicensed?: () => boolean;
  readonly clock: Clock;
  /** When `clock` was last set, by itself; null: not since its battery was empty. */
  readonly clockSetAt: () => Time | null;
  /** For how long a clock that was set is trusted, in milliseconds. */
  readonly clockSetMax: number;
  /** Read at each use, so that a getter may answer with others than before; `dayStart` alone is read once. */
  readonly limits: Limits;
  /** Largest difference between the clocks of two terminals in service, in milliseconds. */
  readonly clockTolerance: number;
  /** How long after a torn tap its medium may come back and be let through, in milliseconds. */
  readonly retapWindow: number;
  /** Terminals of the same gate line. */
  readonly siblings?: ReadonlySet<TerminalNumber>;
  /** Media that are not served. */
  readonly denyList?: { has(medium: MediumName): boolean };
  /** What the operator wants done to media. */
  readonly actions?: ActionList;
  /**
   * Whether there is time to read the medium's log now; asked once per reading where the last commit was another terminal's.
   * Default: never. Observations always read it.
   */
  readonly isLogTime?: () => boolean;
  readonly batchRecordsMax?: number;
  /** Size from which the journal begins a new segment. */
  readonly segmentBytes?: number;
  /** How long the journal keeps what the centre has; without it not at all. */
  readonly keep?: JournalKeep;
}
