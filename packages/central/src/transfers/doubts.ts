/**
 * Which transfers an alert may stand of, after some were added. A doubt is noted too often and never too seldom, and is dropped only by
 * what nothing received later brings back: records that were reported successful, for those are effective for ever (spec, definition 3).
 */
import type { RecordIdentity } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { Stray, TransferIn, TransferOut } from './facts.ts';

export interface FreshTransfers {
  readonly outs: readonly TransferOut[];
  readonly ins: readonly TransferIn[];
  readonly strays: readonly Stray[];
}

/** @returns numbers of the media of which alerts may have come or gone */
export async function doubtsOf(sql: Sql, { outs, ins, strays }: FreshTransfers): Promise<number[]> {
  const payments = distinct([...outs, ...ins.flatMap(({ payment }) => payment ?? [])]);
  const orders = ins.filter(({ order }) => order !== null);
  return [
    ...(await noteStrays(sql, strays)),
    ...(await noteIns(sql, ins, payments)),
    ...(await noteRepeatedOrders(sql, orders)),
    ...(await noteContested(sql, payments)),
    ...(await noteExcess(sql, payments, outs)),
    ...(await settle(sql, outs, payments)),
  ];
}

function distinct(identities: readonly RecordIdentity[]): RecordIdentity[] {
  return [...new Map(identities.map((one) => [`${one.terminal}-${one.serial}`, one])).values()];
}

const identities = (of: readonly RecordIdentity[]): string[] =>
  columnsOf(
    of,
    (one) => one.terminal,
    (one) => one.serial,
  );

const THESE = 'unnest($1::integer[], $2::integer[]) as these (terminal, serial)';

async function noted(sql: Sql, query: string, of: readonly RecordIdentity[]): Promise<number[]> {
  if (of.length === 0) return [];
  const rows = await sql.rows<{ medium_id: number }>(query, identities(of));
  return rows.map(({ medium_id }) => medium_id);
}

const INSERT = 'insert into transfer_doubt (terminal, serial, kind, medium_id, time)';

function noteStrays(sql: Sql, strays: readonly Stray[]): Promise<number[]> {
  return noted(
    sql,
    `${INSERT} select r.terminal, r.serial, 'phone-out-of-bounds', r.medium_id, r.time from ${THESE}
     join record r on r.terminal = these.terminal and r.serial = these.serial returning medium_id`,
    strays,
  );
}

/** A refill is in doubt until what covers it is here. */
async function noteIns(
  sql: Sql,
  ins: readonly TransferIn[],
  payments: readonly RecordIdentity[],
): Promise<readonly number[]> {
  const fresh = await noted(
    sql,
    `${INSERT} select i.terminal, i.serial, 'refill-unbacked', i.medium_id, i.time from ${THESE}
     join transfer_in i on i.terminal = these.terminal and i.serial = these.serial
     where not exists (${PAYMENT_OF_I}) and not exists (${ORDER_OF_I}) returning medium_id`,
    ins,
  );
  const covered = await noted(
    sql,
    `delete from transfer_doubt d using ${THESE} join transfer_in i on i.payer = these.terminal and i.payer_serial = these.serial
     where d.terminal = i.terminal and d.serial = i.serial and d.kind = 'refill-unbacked' and exists (${PAYMENT_OF_I})
     returning d.medium_id`,
    payments,
  );
  return [...fresh, ...covered];
}

const PAYMENT_OF_I = `select from transfer_out p where p.terminal = i.payer and p.serial = i.payer_serial
  and p.payee = i.terminal and p.amount = i.amount and p.status = 'successful'`;
const ORDER_OF_I = `select from medium m join ordered_action a on a.medium = m.medium
  where m.id = i.medium_id and a.serial = i.action_serial
    and a.action::json ->> 'kind' = i.action_kind and (a.action::json ->> 'amount')::bigint = i.amount`;

/** An order covers one refill. Which of several it is changes when one of a smaller serial arrives. */
function noteRepeatedOrders(sql: Sql, orders: readonly TransferIn[]): Promise<number[]> {
  return noted(
    sql,
    `${INSERT} select distinct i.terminal, i.serial, 'refill-unbacked', i.medium_id, i.time from ${THESE}
     join transfer_in one on one.terminal = these.terminal and one.serial = these.serial
     join transfer_in i on i.terminal = one.terminal and i.action_serial = one.action_serial
     where exists (select from transfer_in other where other.terminal = i.terminal and other.action_serial = i.action_serial
       and other.serial <> i.serial)
     on conflict do nothing returning medium_id`,
    orders,
  );
}

/** Payments that several refills of the payee refer to, or one, though it was given back. */
function noteContested(sql: Sql, payments: readonly RecordIdentity[]): Promise<number[]> {
  return noted(
    sql,
    `${INSERT} select p.terminal, p.serial, found.kind, p.medium_id, p.time from ${THESE}
     join transfer_out p on p.terminal = these.terminal and p.serial = these.serial
     cross join lateral (select count(*) as refills from transfer_in i
       where i.payer = p.terminal and i.payer_serial = p.serial and i.terminal = p.payee offset 0) taken
     cross join lateral (
       select 'payment-taken-twice' as kind where taken.refills > 1
       union all
       select 'payment-disputed' where taken.refills > 0 and exists (select from phone_wish w where w.terminal = p.terminal
         and w.serial = p.serial and w.kind = 'reclaim' and w.action_serial is not null)) found
     on conflict do nothing returning medium_id`,
    payments,
  );
}

/** A phone's refunds that are larger than what it took for the payment which they give back. */
function noteExcess(sql: Sql, payments: readonly RecordIdentity[], outs: readonly TransferOut[]): Promise<number[]> {
  return noted(
    sql,
    `${INSERT} select distinct o.terminal, o.serial, 'phone-out-of-bounds', o.medium_id, o.time from ${THESE}
     join transfer_in i on i.payer = these.terminal and i.payer_serial = these.serial
     join transfer_out o on o.terminal = i.terminal and o.refers_terminal = i.payer and o.refers_serial = i.payer_serial
     where o.amount > i.amount
     on conflict do nothing returning medium_id`,
    distinct([...payments, ...outs.flatMap(({ refersTo }) => refersTo ?? [])]),
  );
}

/** Payments of which a receipt is awaited. */
async function settle(sql: Sql, outs: readonly TransferOut[], payments: readonly RecordIdentity[]): Promise<never[]> {
  await noted(
    sql,
    `insert into transfer_unsettled (terminal, serial)
     select these.terminal, these.serial from ${THESE} returning 0 as medium_id`,
    outs.filter(({ payee }) => payee !== null),
  );
  await noted(
    sql,
    `delete from transfer_unsettled u using ${THESE} join transfer_out p on p.terminal = these.terminal and p.serial = these.serial
     join transfer_in i on i.payer = p.terminal and i.payer_serial = p.serial and i.terminal = p.payee
     where u.terminal = p.terminal and u.serial = p.serial and i.status = 'successful' returning 0 as medium_id`,
    payments,
  );
  return [];
}
