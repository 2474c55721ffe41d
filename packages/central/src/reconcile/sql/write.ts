/** Writes what a round decided, set-wise. */
import type { RecordIdentity } from '@retap/model';
import { bool, int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import { insertRows, type NamedColumn, named, updateRows } from '../../database/insert.ts';
import { columnsOf } from '../../database/literal.ts';
import type { AccountRow } from '../account.ts';
import type { Changes, Condition } from '../changes.ts';
import type { Evidence, Fact } from '../fact.ts';
import type { ProductRow } from '../products.ts';

/** Whether a medium has an account in the tables. */
type IsStored = (mediumId: number) => boolean;

/** Deletes come first: a condition that is found again is deleted and written anew. */
export async function writeChanges(sql: Sql, changes: Changes, isStored: IsStored): Promise<void> {
  await deleteRecordsOf(sql, 'synchronization', changes.synchronizationGone);
  await deleteRecordsOf(sql, 'pending_validation', changes.pendingGone);
  await deleteRecordsOf(sql, 'clone_member', changes.clonesGone);
  await deleteConditions(sql, changes);
  await deleteProducts(sql, changes);
  await writeAccounts(sql, changes.accounts, isStored);
  await writeUncommitted(sql, changes.uncommitted);
  await writeSynchronization(sql, changes);
  await writeConditions(sql, changes.conditions);
  await writeProducts(sql, changes.products);
  await writePending(sql, changes.pending);
  await writeClones(sql, changes.clones);
}

async function deleteRecordsOf(
  sql: Sql,
  table: 'synchronization' | 'pending_validation' | 'clone_member',
  gone: readonly RecordIdentity[],
): Promise<void> {
  if (gone.length === 0) return;
  await sql.rows(
    `delete from ${table} t using unnest($1::integer[], $2::integer[]) as gone (terminal, serial)
     where t.terminal = gone.terminal and t.serial = gone.serial`,
    columnsOf(
      gone,
      (g) => g.terminal,
      (g) => g.serial,
    ),
  );
}

async function deleteConditions(sql: Sql, { conditionsGone }: Changes): Promise<void> {
  if (conditionsGone.length === 0) return;
  await sql.rows(
    `delete from condition c using unnest($1::integer[], $2::integer[], $3::text[]) as gone (terminal, serial, kind)
     where c.terminal = gone.terminal and c.serial = gone.serial and c.kind = gone.kind`,
    columnsOf(
      conditionsGone,
      (g) => g.terminal,
      (g) => g.serial,
      (g) => g.kind,
    ),
  );
}

async function deleteProducts(sql: Sql, { productsGone }: Changes): Promise<void> {
  if (productsGone.length === 0) return;
  await sql.rows(
    `delete from product p using unnest($1::integer[], $2::text[]) as gone (medium_id, product_id)
     where p.medium_id = gone.medium_id and p.product_id = gone.product_id`,
    columnsOf(
      productsGone,
      (g) => g.mediumId,
      (g) => g.productId,
    ),
  );
}

const ACCOUNT: readonly NamedColumn<AccountRow>[] = [
  named(
    'medium_id',
    int4((a) => a.mediumId),
  ),
  named(
    'first_time',
    int8((a) => a.firstTime),
  ),
  named(
    'max_time',
    int8((a) => a.maxTime),
  ),
  named(
    'max_last_time',
    int8((a) => a.maxLastTime),
  ),
  named(
    'doubt_last_time',
    int8((a) => a.doubtLastTime),
  ),
  named(
    'last_straight',
    int8((a) => a.lastStraight),
  ),
  named(
    'max_medium_serial',
    int4((a) => a.maxMediumSerial),
  ),
  named(
    'records',
    int4((a) => a.records),
  ),
  named(
    'opens',
    int4((a) => a.opens),
  ),
  named(
    'root_time',
    int8((a) => a.root?.time),
  ),
  named(
    'root_terminal',
    int4((a) => a.root?.terminal),
  ),
  named(
    'root_serial',
    int4((a) => a.root?.serial),
  ),
  named(
    'tip_time',
    int8((a) => a.tip?.time),
  ),
  named(
    'tip_terminal',
    int4((a) => a.tip?.terminal),
  ),
  named(
    'tip_serial',
    int4((a) => a.tip?.serial),
  ),
  named(
    'tip_balance',
    int8((a) => a.tip?.balance ?? 0),
  ),
  named(
    'tip_medium_serial',
    int4((a) => a.tip?.mediumSerial),
  ),
  named(
    'tip_alone',
    bool((a) => a.tipAlone),
  ),
];

/** Not `on conflict do update`: which are new is known, and trying each as new first costs half as much again. */
async function writeAccounts(sql: Sql, accounts: readonly AccountRow[], isStored: IsStored): Promise<void> {
  await insertRows(
    sql,
    'account',
    accounts.filter(({ mediumId }) => !isStored(mediumId)),
    ACCOUNT,
  );
  await updateRows(
    sql,
    'account',
    accounts.filter(({ mediumId }) => isStored(mediumId)),
    ACCOUNT,
  );
}

/** Also called within the careful path: what is effective must be in the tables before neighbours are looked for. */
export async function writeUncommitted(sql: Sql, facts: readonly Fact[]): Promise<void> {
  if (facts.length === 0) return;
  await sql.rows(
    `insert into uncommitted (terminal, serial, medium_id, time, last_time, status, resolved, effective, logged, log_refuted)
     select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[], $6::commit_status[],
       $7::commit_status[], $8::boolean[], $9::boolean[], $10::boolean[])
     on conflict (terminal, serial) do update set resolved = excluded.resolved, effective = excluded.effective,
       logged = excluded.logged, log_refuted = excluded.log_refuted`,
    columnsOf(
      facts,
      (f) => f.terminal,
      (f) => f.serial,
      (f) => f.mediumId,
      (f) => f.time,
      (f) => f.lastTime,
      (f) => f.status,
      (f) => f.resolved,
      (f) => f.effective,
      (f) => f.logged,
      (f) => f.logRefuted,
    ),
  );
}

async function writeSynchronization(sql: Sql, { synchronization }: Changes): Promise<void> {
  if (synchronization.length === 0) return;
  await sql.rows(
    `insert into synchronization (terminal, serial, medium_id, time, amount, kind)
     select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[], $6::synchronization_kind[])`,
    columnsOf(
      synchronization,
      (s) => s.node.terminal,
      (s) => s.node.serial,
      (s) => s.node.mediumId,
      (s) => s.row.time,
      (s) => s.row.amount,
      (s) => s.row.kind,
    ),
  );
}

async function writeConditions(sql: Sql, conditions: readonly Condition[]): Promise<void> {
  if (conditions.length === 0) return;
  await sql.rows(
    `insert into condition (terminal, serial, medium_id, kind, since, amount, missing_terminal, missing_time)
     select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::bigint[], $6::bigint[], $7::integer[], $8::bigint[])`,
    columnsOf(
      conditions,
      (c) => c.owner.terminal,
      (c) => c.owner.serial,
      (c) => c.owner.mediumId,
      (c) => c.kind,
      (c) => c.since,
      (c) => c.amount,
      (c) => c.missing?.terminal,
      (c) => c.missing?.time,
    ),
  );
}

async function writeProducts(sql: Sql, products: readonly ProductRow[]): Promise<void> {
  if (products.length === 0) return;
  await sql.rows(
    `insert into product (medium_id, product_id, terminal, serial, time, valid_from, valid_until, max_uses, uses)
     select * from unnest($1::integer[], $2::text[], $3::integer[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[],
       $8::integer[], $9::integer[])
     on conflict (medium_id, product_id) do update set terminal = excluded.terminal, serial = excluded.serial,
       time = excluded.time, valid_from = excluded.valid_from, valid_until = excluded.valid_until,
       max_uses = excluded.max_uses, uses = excluded.uses`,
    columnsOf(
      products,
      (p) => p.mediumId,
      (p) => p.productId,
      (p) => p.terminal,
      (p) => p.serial,
      (p) => p.time,
      (p) => p.validFrom,
      (p) => p.validUntil,
      (p) => p.maxUses,
      (p) => p.uses,
    ),
  );
}

async function writePending(sql: Sql, pending: readonly Fact[]): Promise<void> {
  if (pending.length === 0) return;
  await sql.rows(
    `insert into pending_validation (terminal, serial, medium_id, time, product_id)
     select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::text[])`,
    columnsOf(
      pending,
      (f) => f.terminal,
      (f) => f.serial,
      (f) => f.mediumId,
      (f) => f.time,
      (f) => f.productId,
    ),
  );
}

async function writeClones(sql: Sql, clones: readonly Evidence[]): Promise<void> {
  if (clones.length === 0) return;
  await sql.rows(
    `insert into clone_member (terminal, serial, medium_id, time, last_time)
     select * from unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[])
     on conflict do nothing`,
    columnsOf(
      clones,
      (c) => c.terminal,
      (c) => c.serial,
      (c) => c.mediumId,
      (c) => c.time,
      (c) => c.lastTime,
    ),
  );
}
