/**
 * The part of the stored records that a round's careful decisions touch, loaded set-wise over all media concerned: who
 * was at a time, who read a time, which node comes before or after. Each look-up is by index and costs what it finds: `lateral … offset 0` holds the planner to starting from the keys, for without
 * statistics on a young table it prefers to read all of it and filter.
 */
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import { type AccountRow, isPlace, type Place } from './account.ts';
import {
  type Evidence,
  FACT,
  type Fact,
  type FactRow,
  factOf,
  isEvidenceFact,
  isTransactionFact,
  type Moment,
} from './fact.ts';

export const END_OF_TIME = 2 ** 48;

const keyOf = (moment: Moment) => `${moment.mediumId} ${moment.time}`;

/** What a medium's own log said, as far as the rules ask. */
export interface LogRow {
  readonly mediumId: number;
  readonly terminal: number;
  readonly serial: number;
  readonly lastTime: number;
  readonly log: readonly { readonly time: number; readonly terminal: number }[];
}

export class Neighbourhood {
  readonly #sql: Sql;
  /** Records with a greater receipt are not of this round: another one decides them, with all they touch. */
  readonly #target: number;
  readonly #accounts: ReadonlyMap<number, AccountRow>;
  /** One object a record, so that what is decided of it is seen wherever it was loaded. */
  readonly #facts = new Map<string, Fact>();
  readonly #at = new Map<string, Fact[]>();
  readonly #reading = new Map<string, Evidence[]>();
  readonly #before = new Map<string, number | null>();
  readonly #after = new Map<string, number | null>();

  constructor(sql: Sql, target: number, accounts: ReadonlyMap<number, AccountRow>) {
    this.#sql = sql;
    this.#target = target;
    this.#accounts = accounts;
  }

  /** The one object of a record. */
  adopt(fact: Fact): Fact {
    const identity = `${fact.terminal}-${fact.serial}`;
    const known = this.#facts.get(identity);
    if (known) return known;
    this.#facts.set(identity, fact);
    return fact;
  }

  /** Opens and transactions of these times. */
  async loadAt(moments: readonly Moment[]): Promise<void> {
    const missing = distinct(moments).filter((moment) => !this.#at.has(keyOf(moment)));
    if (missing.length === 0) return;
    for (const moment of missing) this.#at.set(keyOf(moment), []);
    const rows = await this.#sql.rows<FactRow>(
      `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from record r where r.medium_id = k.medium_id and r.time = k.time
         and r.status = 'successful' and r.receipt <= $3 offset 0) r
       left join uncommitted u on false
       union all
       select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from uncommitted u where u.medium_id = k.medium_id and u.time = k.time
         and u.status is not null offset 0) u
       join record r on r.terminal = u.terminal and r.serial = u.serial`,
      [
        ...columnsOf(
          missing,
          (m) => m.mediumId,
          (m) => m.time,
        ),
        this.#target,
      ],
    );
    for (const row of rows) {
      const fact = this.adopt(factOf(row));
      this.#at.get(keyOf(fact))?.push(fact);
    }
  }

  /** Evidence that read these times as the last commit's. */
  async loadReading(moments: readonly Moment[]): Promise<void> {
    const missing = distinct(moments).filter((moment) => !this.#reading.has(keyOf(moment)));
    if (missing.length === 0) return;
    for (const moment of missing) this.#reading.set(keyOf(moment), []);
    const rows = await this.#sql.rows<FactRow>(
      `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from record r where r.medium_id = k.medium_id and r.last_time = k.time
         and r.receipt <= $3 offset 0) r
       left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial`,
      [
        ...columnsOf(
          missing,
          (m) => m.mediumId,
          (m) => m.time,
        ),
        this.#target,
      ],
    );
    for (const row of rows) {
      const fact = this.adopt(factOf(row));
      if (isEvidenceFact(fact)) this.#reading.get(keyOf({ mediumId: fact.mediumId, time: fact.lastTime }))?.push(fact);
    }
  }

  /** The greatest time of a node before, or the smallest after, each of these moments. Nodes must be up to date in the tables. */
  async loadNeighbours(direction: 'before' | 'after', moments: readonly Moment[]): Promise<void> {
    const known = direction === 'before' ? this.#before : this.#after;
    const missing = distinct(moments).filter((moment) => !known.has(keyOf(moment)));
    if (missing.length === 0) return;
    const [comparison, order] = direction === 'before' ? ['<', 'desc'] : ['>', 'asc'];
    const roots = missing.map((moment) => this.#accounts.get(moment.mediumId)?.root ?? null);
    const rows = await this.#sql.rows<{ medium_id: number; time: number; found: number | null }>(
      `select k.medium_id, k.time, (
         select node.time from (
           (select r.time from record r
            where r.medium_id = k.medium_id and r.time ${comparison} k.time and r.status = 'successful' and r.receipt <= $5
              and (r.type <> 'open' or (r.terminal = k.root_terminal and r.serial = k.root_serial))
            order by r.time ${order} limit 1)
           union all
           (select u.time from uncommitted u
            where u.medium_id = k.medium_id and u.time ${comparison} k.time and u.effective
            order by u.time ${order} limit 1)
         ) node order by node.time ${order} limit 1
       ) as found
       from unnest($1::integer[], $2::bigint[], $3::integer[], $4::integer[]) as k (medium_id, time, root_terminal, root_serial)`,
      [
        ...columnsOf(
          missing,
          (m) => m.mediumId,
          (m) => m.time,
        ),
        ...columnsOf(
          roots,
          (root) => root?.terminal,
          (root) => root?.serial,
        ),
        this.#target,
      ],
    );
    for (const row of rows) known.set(keyOf({ mediumId: row.medium_id, time: row.time }), row.found);
  }

  /** Transactions of a time, and the root if it is of that time: whatever can be a predecessor. */
  committableAt(moment: Moment): Fact[] {
    return this.#loaded(this.#at, moment).filter((fact) => isTransactionFact(fact) || this.isRoot(fact));
  }

  /** An open, whether it is the root or not. */
  openAt(moment: Moment, place: Place): Fact {
    const open = this.#loaded(this.#at, moment).find((fact) => fact.type === 'open' && isPlace(fact, place));
    if (!open) throw new Error(`open ${place.terminal}-${place.serial} is not stored`);
    return open;
  }

  nodesAt(moment: Moment): Fact[] {
    return this.committableAt(moment).filter((fact) => this.isNode(fact));
  }

  reading(moment: Moment): Evidence[] {
    return this.#loaded(this.#reading, moment);
  }

  timeBefore(moment: Moment): number | null {
    return this.#loaded(this.#before, moment);
  }

  timeAfter(moment: Moment): number | null {
    return this.#loaded(this.#after, moment);
  }

  isRoot(fact: Fact): boolean {
    const root = this.#accounts.get(fact.mediumId)?.root;
    return fact.type === 'open' && root?.terminal === fact.terminal && root.serial === fact.serial;
  }

  /** Definition 6. */
  isNode(fact: Fact): boolean {
    return fact.effective || this.isRoot(fact);
  }

  #loaded<Value>(known: ReadonlyMap<string, Value>, moment: Moment): Value {
    const value = known.get(keyOf(moment));
    if (value === undefined) throw new Error(`medium ${moment.mediumId} at ${moment.time} was not loaded`);
    return value;
  }

  /** Logs with entries on both sides of a moment: all that can confirm or refute a transaction of that time. */
  async logsAround(moments: readonly Moment[]): Promise<LogRow[]> {
    if (moments.length === 0) return [];
    return this.#logs(
      `from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from medium_log l
         where box(point(l.medium_id, l.first_entry), point(l.medium_id, l.reach))
           && box(point(k.medium_id, k.time), point(k.medium_id, k.time)) and l.receipt <= $3 offset 0) l`,
      [
        ...columnsOf(
          moments,
          (m) => m.mediumId,
          (m) => m.time,
        ),
        this.#target,
      ],
    );
  }

  async logsOf(facts: readonly Fact[]): Promise<LogRow[]> {
    if (facts.length === 0) return [];
    return this.#logs(
      `from unnest($1::integer[], $2::integer[]) as k (terminal, serial)
       cross join lateral (select * from medium_log l where l.terminal = k.terminal and l.serial = k.serial offset 0) l`,
      columnsOf(
        facts,
        (f) => f.terminal,
        (f) => f.serial,
      ),
    );
  }

  async #logs(from: string, params: readonly unknown[]): Promise<LogRow[]> {
    const rows = await this.#sql.rows<Omit<LogRow, 'log'> & { times: string[]; terminals: number[] }>(
      `select distinct on (l.terminal, l.serial) l.medium_id as "mediumId", l.terminal, l.serial, l.last_time as "lastTime",
         l.times, l.terminals ${from}`,
      params,
    );
    return rows.map(({ times, terminals, ...row }) => ({
      ...row,
      log: times.map((time, i) => ({ time: Number(time), terminal: terminals[i] as number })),
    }));
  }

  /** Transactions that did not report a commit, between the first entry of each log and the last commit it was read with. */
  async doubtsWithin(logs: readonly LogRow[]): Promise<Evidence[]> {
    if (logs.length === 0) return [];
    const rows = await this.#sql.rows<FactRow>(
      `select ${FACT} from unnest($1::integer[], $2::bigint[], $3::bigint[]) as k (medium_id, first_entry, reach)
       cross join lateral (select * from uncommitted u where u.medium_id = k.medium_id
         and u.time between k.first_entry and k.reach and u.status is not null offset 0) u
       join record r on r.terminal = u.terminal and r.serial = u.serial`,
      columnsOf(
        logs,
        (l) => l.mediumId,
        (l) => Math.min(...l.log.map((entry) => entry.time)),
        (l) => Math.max(l.lastTime, ...l.log.map((entry) => entry.time)),
      ),
    );
    return rows.map((row) => this.adopt(factOf(row))).filter(isTransactionFact);
  }

  /** Evidence that is not effective and that a node at one of these moments may show to be stale. */
  async idleAround(moments: readonly Moment[]): Promise<Evidence[]> {
    if (moments.length === 0) return [];
    const rows = await this.#sql.rows<FactRow>(
      `select ${FACT} from unnest($1::integer[], $2::bigint[]) as k (medium_id, time)
       cross join lateral (select * from uncommitted u where not u.effective and u.last_time < u.time
         and box(point(u.medium_id, u.last_time), point(u.medium_id, u.time))
           && box(point(k.medium_id, k.time), point(k.medium_id, k.time)) offset 0) u
       join record r on r.terminal = u.terminal and r.serial = u.serial`,
      columnsOf(
        distinct(moments),
        (m) => m.mediumId,
        (m) => m.time,
      ),
    );
    return rows.map((row) => this.adopt(factOf(row))).filter(isEvidenceFact);
  }

  get sql(): Sql {
    return this.#sql;
  }

  get target(): number {
    return this.#target;
  }
}

function distinct(moments: readonly Moment[]): Moment[] {
  return [...new Map(moments.map(({ mediumId, time }) => [`${mediumId} ${time}`, { mediumId, time }])).values()];
}
