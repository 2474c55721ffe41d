/** The working copy of each list, with who changed it and why. */
import { createHash } from 'node:crypto';
import type { MediumName, Time } from '@retap/model';
import {
  fits,
  isList,
  LIMIT_NAMES,
  LIST_ENTRIES_MAX,
  type List,
  type ListEntries,
  type ListedAction,
  type ListedLimits,
  type ListKind,
  sameEntries,
  type Tariff,
} from '@retap/protocol';
import { appendAudit } from '../audit/append.ts';
import type { Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { actionStates, nextActionSerial } from './actions.ts';
import type { ListChange, ListRefusal, OrderedAction } from './port.ts';

/** Each works in the SQL transaction of whoever calls: what is approved takes effect with its approval, or not at all. */
export async function denyIn(sql: Sql, medium: MediumName, reason: Reason, at: Time): Promise<'added' | ListRefusal> {
  assertListable('deny', [medium]);
  await lockList(sql, 'deny');
  const added = await sql.rows('insert into denied_medium values ($1) on conflict do nothing returning medium', [
    medium,
  ]);
  if (added.length === 0) return { refusal: 'denied-already' };
  const [counted] = await sql.rows<{ media: number }>('select count(*)::integer as media from denied_medium');
  if ((counted?.media ?? 0) > LIST_ENTRIES_MAX) {
    await sql.rows('delete from denied_medium where medium = $1', [medium]);
    return { refusal: 'list-full' };
  }
  await keepListChange(sql, 'deny', { at, what: 'added', entry: medium, ...reason });
  return 'added';
}

export async function undenyIn(
  sql: Sql,
  medium: MediumName,
  reason: Reason,
  at: Time,
): Promise<'removed' | ListRefusal> {
  await lockList(sql, 'deny');
  const removed = await sql.rows('delete from denied_medium where medium = $1 returning medium', [medium]);
  if (removed.length === 0) return { refusal: 'not-denied' };
  await keepListChange(sql, 'deny', { at, what: 'removed', entry: medium, ...reason });
  return 'removed';
}

/** A list of so many fits, whatever they are: a product, the longest, is nine values, and CBOR may have 2¹⁸. */
const ACTIONS_ALWAYS_FIT = 29_000;

async function hasRoomFor(sql: Sql, action: ListedAction): Promise<boolean> {
  const [counted] = await sql.rows<{ ever: number }>('select count(*)::integer as ever from ordered_action');
  if ((counted?.ever ?? 0) < ACTIONS_ALWAYS_FIT) return true;
  return fits(listOf('actions', [...(await workingEntries(sql, 'actions')), action]));
}

export async function orderIn(
  sql: Sql,
  ordered: OrderedAction,
  reason: Reason,
  at: Time,
): Promise<ListedAction | ListRefusal> {
  await lockList(sql, 'actions');
  const action = { ...ordered, serial: await nextActionSerial(sql, ordered.medium) } as ListedAction;
  assertListable('actions', [action]);
  if (!(await hasRoomFor(sql, action))) return { refusal: 'list-full' };
  const entry = JSON.stringify(action);
  await sql.rows('insert into ordered_action values ($1, $2, $3)', [action.medium, action.serial, entry]);
  await keepListChange(sql, 'actions', { at, what: 'added', entry, ...reason });
  return action;
}

export async function limitIn(sql: Sql, limits: ListedLimits, reason: Reason, at: Time): Promise<'set' | 'unchanged'> {
  assertListable('limits', limits);
  await lockList(sql, 'limits');
  // One order of names: the same limits are the same text.
  const entry = JSON.stringify(Object.fromEntries(LIMIT_NAMES.map((name) => [name, limits[name]])));
  const changed = await sql.rows(
    `insert into offline_limits (limits) values ($1)
     on conflict (one) do update set limits = excluded.limits where offline_limits.limits <> excluded.limits
     returning one`,
    [entry],
  );
  if (changed.length === 0) return 'unchanged';
  await keepListChange(sql, 'limits', { at, what: 'set', entry, ...reason });
  return 'set';
}

export async function setTariffsIn(
  sql: Sql,
  tariffs: readonly Tariff[],
  reason: Reason,
  at: Time,
): Promise<'set' | 'unchanged'> {
  assertListable('tariff', tariffs);
  await lockList(sql, 'tariff');
  if (isSame('tariff', await workingEntries(sql, 'tariff'), tariffs)) return 'unchanged';
  const entry = JSON.stringify(tariffs);
  await sql.rows(
    'insert into tariff (tariffs) values ($1) on conflict (one) do update set tariffs = excluded.tariffs',
    [entry],
  );
  await keepListChange(sql, 'tariff', { at, what: 'set', entry, ...reason });
  return 'set';
}

/** What the next version of a list would say. */
export async function workingEntries<Kind extends ListKind>(sql: Sql, kind: Kind): Promise<ListEntries[Kind]> {
  const read: { readonly [Each in ListKind]: () => Promise<ListEntries[Each]> } = {
    async deny() {
      const rows = await sql.rows<{ medium: string }>('select medium from denied_medium order by medium');
      return rows.map(({ medium }) => medium);
    },
    async actions() {
      return (await actionStates(sql)).filter(({ state }) => state === 'waits').map(({ action }) => action);
    },
    async limits() {
      const [row] = await sql.rows<{ limits: string }>('select limits from offline_limits');
      return JSON.parse(row?.limits ?? '{}') as ListedLimits;
    },
    async tariff() {
      const [row] = await sql.rows<{ tariffs: string }>('select tariffs from tariff');
      return JSON.parse(row?.tariffs ?? '[]') as readonly Tariff[];
    },
  };
  return read[kind]();
}

export function listHistory(sql: Sql, kind: ListKind, limit?: number): Promise<ListChange[]> {
  return sql.rows<ListChange>(
    `select at, what, entry, who, why from (
       select * from list_change where kind = $1 order by id desc limit $2) last order by id`,
    [kind, limit ?? null],
  );
}

/** One entry that cannot be written would keep all others from being published. */
function assertListable<Kind extends ListKind>(kind: Kind, entries: ListEntries[Kind]): void {
  if (!isList(listOf(kind, entries))) throw new RangeError(`no entry of the ${kind} list: ${JSON.stringify(entries)}`);
}

function isSame<Kind extends ListKind>(kind: Kind, one: ListEntries[Kind], other: ListEntries[Kind]): boolean {
  return sameEntries(listOf(kind, one), listOf(kind, other));
}

function listOf<Kind extends ListKind>(kind: Kind, entries: ListEntries[Kind]): List {
  return { kind, version: 1, issuedAt: 0, expiresAt: 0, entries } as unknown as List;
}

/** Whoever changes or publishes a list does so alone: two would give one action's serial, or one version, twice. */
export async function lockList(sql: Sql, kind: ListKind): Promise<void> {
  await sql.rows('select pg_advisory_xact_lock(1919251569, $1)', [KEYS[kind]]);
}

const KEYS: Readonly<Record<ListKind, number>> = { deny: 1, actions: 2, limits: 3, tariff: 4 };

async function keepListChange(sql: Sql, kind: ListKind, { at, what, entry, who, why }: ListChange): Promise<void> {
  await sql.rows('insert into list_change (kind, at, what, entry, who, why) values ($1, $2, $3, $4, $5, $6)', [
    ...[kind, at, what, entry, who, why],
  ]);
  await appendAudit(sql, {
    ...{ at, who, what: `${kind}.${what}`, object: objectOf(kind, entry), outcome: 'done' },
    detail: { entry: auditable(entry), why },
  });
}

/** What a change is done to, for the audit log. */
function objectOf(kind: ListKind, entry: string): string {
  if (kind === 'deny') return `medium ${entry}`;
  return kind === 'actions' ? `medium ${(JSON.parse(entry) as ListedAction).medium}` : `list ${kind}`;
}

const ENTRY_CHARACTERS_MAX = 4_096;

/** What is too long for the audit log is named by its digest: the list's own history has it whole. */
function auditable(entry: string): string {
  if (entry.length <= ENTRY_CHARACTERS_MAX) return entry;
  return `SHA-256 ${createHash('sha256').update(entry).digest('hex').toUpperCase()}`;
}
