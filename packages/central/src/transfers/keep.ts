/** Keeps what new records say of transfers, in the SQL transaction that records them. */
import { touchMedia } from '../alert-work/touch.ts';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { Arrival } from '../receive/record.ts';
import { doubtsOf } from './doubts.ts';
import { type Stray, type TransferIn, type TransferOut, transferOf } from './facts.ts';

/** @param sql a transaction that holds the lock of `progress`: of two that kept records side by side neither would see the other's */
export async function keepTransfers(sql: Sql, fresh: readonly Arrival[]): Promise<void> {
  const outs: TransferOut[] = [];
  const ins: TransferIn[] = [];
  const strays: Stray[] = [];
  for (const { record } of fresh) {
    const transfer = transferOf(record);
    if (transfer?.what === 'out') outs.push(transfer);
    else if (transfer?.what === 'in') ins.push(transfer);
    else if (transfer?.what === 'stray') strays.push(transfer);
  }
  if (outs.length + ins.length + strays.length === 0) return;
  await insertOuts(sql, outs);
  await insertIns(sql, ins);
  await touchMedia(sql, await doubtsOf(sql, { outs, ins, strays }));
}

async function insertOuts(sql: Sql, outs: readonly TransferOut[]): Promise<void> {
  if (outs.length === 0) return;
  await sql.rows(
    `insert into transfer_out (terminal, serial, medium_id, time, amount, payee, kind, refers_terminal, refers_serial, status)
     select u.terminal, u.serial, m.id, u.time, u.amount, u.payee, u.kind::transfer_kind, u.rt, u.rs, u.status::commit_status
     from unnest($1::integer[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::integer[], $7::text[],
       $8::integer[], $9::integer[], $10::text[])
       as u (terminal, serial, medium, time, amount, payee, kind, rt, rs, status)
     join medium m on m.medium = u.medium`,
    columnsOf(
      outs,
      (o) => o.terminal,
      (o) => o.serial,
      (o) => o.medium,
      (o) => o.time,
      (o) => o.amount,
      (o) => o.payee,
      (o) => o.kind,
      (o) => o.refersTo?.terminal,
      (o) => o.refersTo?.serial,
      (o) => o.status,
    ),
  );
}

async function insertIns(sql: Sql, ins: readonly TransferIn[]): Promise<void> {
  if (ins.length === 0) return;
  await sql.rows(
    `insert into transfer_in (terminal, serial, medium_id, time, amount, payer, payer_serial, action_serial, action_kind, status)
     select u.terminal, u.serial, m.id, u.time, u.amount, u.payer, u.payer_serial, u.action, u.kind, u.status::commit_status
     from unnest($1::integer[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::integer[], $7::integer[],
       $8::integer[], $9::text[], $10::text[])
       as u (terminal, serial, medium, time, amount, payer, payer_serial, action, kind, status)
     join medium m on m.medium = u.medium`,
    columnsOf(
      ins,
      (i) => i.terminal,
      (i) => i.serial,
      (i) => i.medium,
      (i) => i.time,
      (i) => i.amount,
      (i) => i.payment?.terminal,
      (i) => i.payment?.serial,
      (i) => i.order?.serial,
      (i) => i.order?.kind,
      (i) => i.status,
    ),
  );
}
