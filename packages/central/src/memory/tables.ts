/**
 * What a centre in memory holds: the batches, which are the truth, and what is made of them. The same as the SQL schema, as plain
 * maps of one medium and one terminal each: a question goes through one medium's records, of which there are few.
 */
import {
  byTime,
  identityOf,
  type JournalRecord,
  type MediumName,
  type RecordIdentity,
  type SynchronizationRow,
  type TerminalNumber,
} from '@retap/model';
import type { JournalRun } from '../receive/journal-runs.ts';
import type { Arrival } from '../receive/record.ts';
import type { AccountRow } from '../reconcile/account.ts';
import type { Condition } from '../reconcile/changes.ts';
import { type Fact, factOfRecord } from '../reconcile/fact.ts';
import type { ProductRow } from '../reconcile/products.ts';
import type { LogRow } from '../reconcile/store.ts';

/** What reconciling has concluded of evidence that did not report a commit. */
type Conclusion = Pick<Fact, 'effective' | 'logged' | 'logRefuted' | 'resolved'>;

export interface Row {
  readonly receipt: number;
  readonly record: JournalRecord;
  /** As it was received, with nothing concluded. */
  readonly fact: Fact;
  /** The medium's log, where it carries one that says something. */
  readonly log: LogRow | null;
  /** Null until it is written: see {@link isKept}. */
  conclusion: Conclusion | null;
}

export interface MediumTable {
  readonly id: number;
  readonly name: MediumName;
  /** By `(time, terminal, serial)`. */
  readonly rows: Row[];
  readonly readingTime: Map<number, Row[]>;
  account: AccountRow | null;
  readonly products: Map<string, ProductRow>;
  readonly pending: Map<string, Fact>;
  readonly synchronization: Map<string, SynchronizationRow>;
  readonly conditions: Map<string, Condition>;
  /** Members of clones, by identity. */
  readonly clones: Set<string>;
}

export class Tables {
  readonly rows = new Map<string, Row>();
  readonly media: MediumTable[] = [];
  readonly #ids = new Map<MediumName, number>();
  /** Of each terminal, in order of serial. */
  readonly runs = new Map<TerminalNumber, JournalRun[]>();
  readonly disordered = new Map<string, RecordIdentity>();
  readonly conflicts = new Map<string, RecordIdentity>();

  named(medium: MediumName): MediumTable | undefined {
    const id = this.#ids.get(medium);
    return id === undefined ? undefined : this.media[id];
  }

  ofId(id: number): MediumTable {
    const found = this.media[id];
    if (!found) throw new Error(`there is no medium ${id}`);
    return found;
  }

  of(identity: RecordIdentity): Row {
    const row = this.rows.get(identityOf(identity));
    if (!row) throw new Error(`record ${identityOf(identity)} is not stored`);
    return row;
  }

  /** A record that is not stored. */
  insert({ receipt, record }: Arrival): void {
    const table = this.named(record.medium) ?? this.#newMedium(record.medium);
    const row = {
      receipt,
      record,
      fact: factOfRecord(record, table.id),
      log: logOf(record, table.id),
      conclusion: null,
    };
    this.rows.set(identityOf(record), row);
    let at = table.rows.length;
    while (at > 0 && byTime((table.rows[at - 1] as Row).fact, row.fact) > 0) at -= 1;
    table.rows.splice(at, 0, row);
    const { lastTime } = row.fact;
    if (lastTime === undefined) return;
    const reading = table.readingTime.get(lastTime);
    if (reading) reading.push(row);
    else table.readingTime.set(lastTime, [row]);
  }

  #newMedium(name: MediumName): MediumTable {
    const table: MediumTable = {
      id: this.media.length,
      name,
      rows: [],
      readingTime: new Map(),
      account: null,
      products: new Map(),
      pending: new Map(),
      synchronization: new Map(),
      conditions: new Map(),
      clones: new Set(),
    };
    this.media.push(table);
    this.#ids.set(name, table.id);
    return table;
  }
}

/** A copy: nothing is stored by deciding it. */
export function read({ fact, conclusion }: Row): Fact {
  return conclusion === null ? { ...fact } : { ...fact, ...conclusion };
}

/** Whether others may see that it did, or did not, commit: at once if it was reported, else when what is concluded of it is written. */
export function isKept({ fact, conclusion }: Row): boolean {
  return fact.status === 'successful' || conclusion !== null;
}

function logOf(record: JournalRecord, mediumId: number): LogRow | null {
  if (record.type === 'open' || !record.log || record.log.length === 0) return null;
  const { terminal, serial, lastTime, log } = record;
  return { mediumId, terminal, serial, lastTime, log };
}
