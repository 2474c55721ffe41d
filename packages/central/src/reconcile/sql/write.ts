/** Writes what a round decided, set-wise. */
import type { RecordIdentity } from '@retap/model';
import { binaryColumns, bool, int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import { columnsOf } from '../../database/literal.ts';
import type { AccountRow } from '../account.ts';
import type { Changes, Condition } from '../changes.ts';
import type { Evidence, Fact } from '../fact.ts';
import type { ProductRow } from '../products.ts';

/** Deletes come first: a condition that is found again is deleted and written anew. */
export async function writeChanges(sql: Sql, changes: Changes): Promise<void> {
  await deleteRecordsOf(sql, 'synchronization', changes.synchronizationGone);
  await deleteRecordsOf(sql, 'pending_validation', changes.pendingGone);
  await deleteRecordsOf(sql, 'clone_member', changes.clonesGone);
  await deleteConditions(sql, changes);
  await deleteProducts(sql, changes);
  await writeAccounts(sql, changes.accounts);
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

async function writeAccounts(sql: Sql, accounts: readonly AccountRow[]): Promise<void> {
  if (accounts.length === 0) return;
  await sql.rows(
    `insert into account (medium_id, first_time, max_time, max_last_time, doubt_last_time, last_straight, max_medium_serial, records,
       opens, root_time, root_terminal, root_serial, tip_time, tip_terminal, tip_serial, tip_balance, tip_medium_serial, tip_alone)
     select * from unnest($1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::integer[],
       $8::integer[], $9::integer[], $10::bigint[], $11::integer[], $12::integer[], $13::bigint[], $14::integer[], $15::integer[],
       $16::bigint[], $17::integer[], $18::boolean[])
     on conflict (medium_id) do update set
       first_time = excluded.first_time, max_time = excluded.max_time, max_last_time = excluded.max_last_time,
       doubt_last_time = excluded.doubt_last_time, last_straight = excluded.last_straight,
       max_medium_serial = excluded.max_medium_serial,
       records = excluded.records, opens = excluded.opens, root_time = excluded.root_time,
       root_terminal = excluded.root_terminal, root_serial = excluded.root_serial, tip_time = excluded.tip_time,
       tip_terminal = excluded.tip_terminal, tip_serial = excluded.tip_serial, tip_balance = excluded.tip_balance,
       tip_medium_serial = excluded.tip_medium_serial, tip_alone = excluded.tip_alone`,
    binaryColumns(
      accounts,
      int4((a) => a.mediumId),
      int8((a) => a.firstTime),
      int8((a) => a.maxTime),
      int8((a) => a.maxLastTime),
      int8((a) => a.doubtLastTime),
      int8((a) => a.lastStraight),
      int4((a) => a.maxMediumSerial),
      int4((a) => a.records),
      int4((a) => a.opens),
      int8((a) => a.root?.time),
      int4((a) => a.root?.terminal),
      int4((a) => a.root?.serial),
      int8((a) => a.tip?.time),
      int4((a) => a.tip?.terminal),
      int4((a) => a.tip?.serial),
      int8((a) => a.tip?.balance ?? 0),
      int4((a) => a.tip?.mediumSerial),
      bool((a) => a.tipAlone),
    ),
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
