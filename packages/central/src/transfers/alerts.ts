/**
 * Alerts that phones' records give, held against each other (docs/transfers.md): each is told from the facts, of those that are in
 * doubt. `t` is the transfer that the alert is of.
 */
import type { Configuration, MediumName, RecordIdentity, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { IntegrityAlert, IntegrityAlertKind } from '../port.ts';

export type TransferAlertKind = Exclude<IntegrityAlertKind, 'journal-chain-broken' | 'terminal-clock-off'>;
export type TransferAlert = Extract<IntegrityAlert, { readonly kind: TransferAlertKind }>;

export interface TransferAlertQuery {
  readonly asOf: Time;
  readonly configuration: Pick<Configuration, 'maxDelay'>;
  /** Numbers of the only media that are asked for. */
  readonly media?: readonly number[];
  readonly limit: number;
}

/** Reported successful, or shown by others to have committed after all. */
export function EFFECTIVE(row: string): string {
  return `(${row}.status = 'successful' or exists (select from uncommitted u
    where u.terminal = ${row}.terminal and u.serial = ${row}.serial and u.effective))`;
}

/** Refills by whoever was to be paid, which say that they are of the payment `p`. */
export const TAKEN = `transfer_in i where i.payer = p.terminal and i.payer_serial = p.serial and i.terminal = p.payee`;

/** The payment that the refill names is to this phone, of this amount. */
const NAMED =
  'transfer_out p where p.terminal = t.payer and p.serial = t.payer_serial and p.payee = t.terminal and p.amount = t.amount';

const COVERED = `case when t.action_serial is null then exists (select from ${NAMED} and ${EFFECTIVE('p')})
  else exists (select from ordered_action a where a.medium = m.medium and a.serial = t.action_serial
      and a.action::json ->> 'kind' = t.action_kind and (a.action::json ->> 'amount')::bigint = t.amount)
    and not exists (select from transfer_in i where i.terminal = t.terminal and i.action_serial = t.action_serial
      and i.serial < t.serial and ${EFFECTIVE('i')}) end`;

/** What can cover it no more: it names no payment, or one that is known and says something else. */
const CONTRADICTED = `(t.payer is null or exists (select from record r where r.terminal = t.payer and r.serial = t.payer_serial)
  and not exists (select from ${NAMED}))`;

const RECLAIMED = `exists (select from phone_wish w where w.terminal = p.terminal and w.serial = p.serial and w.kind = 'reclaim'
  and w.action_serial is not null)`;

/** Joined to the doubt `d`. */
const STANDS: Readonly<Record<TransferAlertKind, string>> = {
  // late: asOf > time + maxDelay
  'refill-unbacked': `join transfer_in t on t.terminal = d.terminal and t.serial = d.serial
    where ${EFFECTIVE('t')} and not ${COVERED} and (d.time < $2 or ${CONTRADICTED})`,
  'payment-taken-twice': `join transfer_out p on p.terminal = d.terminal and p.serial = d.serial
    where ${EFFECTIVE('p')} and (select count(*) from ${TAKEN} and ${EFFECTIVE('i')}) > 1`,
  'payment-disputed': `join transfer_out p on p.terminal = d.terminal and p.serial = d.serial
    where ${EFFECTIVE('p')} and ${RECLAIMED} and exists (select from ${TAKEN} and ${EFFECTIVE('i')})`,
  'phone-out-of-bounds': `left join transfer_out t on t.terminal = d.terminal and t.serial = d.serial
    where case when t.terminal is null
      then m.medium = 'P' || d.terminal or exists (select from phone where phone.terminal = d.terminal)
      else ${EFFECTIVE('t')} and t.amount > (select sum(i.amount) from transfer_in i where i.terminal = t.terminal
        and i.payer = t.refers_terminal and i.payer_serial = t.refers_serial and ${EFFECTIVE('i')}) end`,
};

export async function transferAlertsOf(
  sql: Sql,
  kind: TransferAlertKind,
  { asOf, configuration, media, limit }: TransferAlertQuery,
): Promise<TransferAlert[]> {
  const rows = await sql.rows<{ medium: MediumName } & RecordIdentity>(
    `select m.medium, d.terminal, d.serial from transfer_doubt d join medium m on m.id = d.medium_id ${STANDS[kind]}
       and d.kind = $1 and $2::bigint is not null and ($3::integer[] is null or d.medium_id = any($3))
     order by d.terminal, d.serial limit $4`,
    [kind, asOf - configuration.maxDelay, media ? arrayOf(media) : null, limit],
  );
  return rows.map((row) => ({ kind, ...row }));
}

/**
 * Media of which such alerts hang on what is resolved of these: a payment, or its receipt, that was not reported successful and turns
 * out to have committed.
 */
export async function dependentMedia(sql: Sql, media: readonly number[]): Promise<number[]> {
  if (media.length === 0) return [];
  const rows = await sql.rows<{ medium_id: number }>(
    `select i.medium_id from uncommitted u join transfer_out p on p.terminal = u.terminal and p.serial = u.serial
     join transfer_in i on i.payer = p.terminal and i.payer_serial = p.serial where u.medium_id = any($1::integer[])
     union
     select p.medium_id from uncommitted u join transfer_in i on i.terminal = u.terminal and i.serial = u.serial
     join transfer_out p on p.terminal = i.payer and p.serial = i.payer_serial where u.medium_id = any($1::integer[])`,
    [arrayOf(media)],
  );
  return rows.map(({ medium_id }) => medium_id);
}
