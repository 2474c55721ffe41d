/** The audit log, as the processes around the centre write and read it (docs/audit.md). */
import type { Time } from '@retap/model';
import type { Sign } from '@retap/protocol';

/** What stands in an entry beside its columns: no floating-point number, so that there is one way to write it. */
export type AuditDetail =
  | string
  | number
  | boolean
  | null
  | readonly AuditDetail[]
  | { readonly [name: string]: AuditDetail | undefined };

/** Something that was done to the centre, or tried. Never a secret: who may read the log may not sign in by it. */
export interface AuditEntry {
  readonly at: Time;
  /** The user of the operating system for the command line, `@name` for a person, `token 3`, `terminal 17`, or `centre`. */
  readonly who: string;
  /** A dotted word: `terminal.suspended`, `person.sign-in`. */
  readonly what: string;
  /** To what: `terminal 17`, `medium 04A1…`; empty where it is the centre itself. */
  readonly object: string;
  readonly outcome: 'done' | 'refused';
  readonly detail: { readonly [name: string]: AuditDetail | undefined };
}

/** An entry as it stands in the log. */
export interface LoggedEntry extends AuditEntry {
  /** 1, 2, 3, … without holes, in the order in which they became durable. */
  readonly id: number;
  readonly hash: Uint8Array;
}

export interface AuditQuery {
  /** Entries below this id; from the newest on without it. */
  readonly before?: number;
  readonly limit: number;
  readonly who?: string;
  readonly what?: string;
}

/** What the centre's identity has signed of the log. */
export interface KeptCheckpoint {
  /** How many entries the log had. */
  readonly size: number;
  /** Hash of the last of them. */
  readonly head: Uint8Array;
  readonly at: Time;
  /** COSE_Sign1 (docs/audit.md). */
  readonly document: Uint8Array;
}

export interface AuditLog {
  /** Newest first. */
  entries(query: AuditQuery): Promise<readonly LoggedEntry[]>;
  /** For what is decided outside of the centre, as at the door of its service. */
  append(entry: Omit<AuditEntry, 'at'>): Promise<void>;
  /**
   * Signs where the log has grown since the newest checkpoint. @returns the newest then; null while the log is empty
   * @throws CentralError `audit-log-rewritten` where the log is not the one that was signed before
   */
  checkpoint(sign: Sign): Promise<KeptCheckpoint | null>;
  newestCheckpoint(): Promise<KeptCheckpoint | null>;
  /**
   * Lines of the log from an entry on, with its checkpoints.
   * @param count entries at most; default: all that there are @throws RangeError where the log has no such entry
   */
  lines(from: number, count?: number): AsyncIterable<string>;
}
