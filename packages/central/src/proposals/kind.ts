/** Changes that need a second person: each kind says how it is read back from JSON, and how it is carried out. */
import type { Time } from '@retap/model';
import type { AuditEntry } from '../audit/port.ts';
import type { Sql } from '../database/database.ts';
import type { Capability } from '../people/roles.ts';
import type { Reason } from '../registry/port.ts';
import type { ProposalKindName } from './port.ts';

type Detail = AuditEntry['detail'];

export interface ProposalKind<Entry = never, Done = unknown> {
  readonly kind: ProposalKindName;
  /** What whoever approves or rejects must be allowed. */
  readonly capability: Capability;
  /** As JSON, from which {@link parse} makes the same again. */
  write(entry: Entry): Detail;
  /** Null for what no version of this kind has written. */
  parse(written: Readonly<Record<string, unknown>>): Entry | null;
  object(entry: Entry): string;
  /** What people and the audit log are shown of what was written; all of it, unless some is secret. */
  shown?(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>;
  /**
   * Makes the change, with its line in the history and the audit log, within the SQL transaction of `sql` and with nothing else.
   * `{refusal}` where it makes no sense, and `'unchanged'` where all is so already: then it has changed nothing.
   */
  carryOut(sql: Sql, entry: Entry, reason: Reason, at: Time): Promise<Done>;
}

/** Kinds of whatever entry, for what only hands them on. */
export type AnyKind = Omit<ProposalKind, 'parse' | 'write' | 'object' | 'carryOut'> & {
  parse(written: Readonly<Record<string, unknown>>): unknown;
  object(entry: never): string;
  carryOut(sql: Sql, entry: never, reason: Reason, at: Time): Promise<unknown>;
};

export function isRefusal(answer: unknown): answer is { readonly refusal: string } {
  return typeof answer === 'object' && answer !== null && 'refusal' in answer;
}

export function shownOf(kind: AnyKind, written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return kind.shown ? kind.shown(written) : written;
}
