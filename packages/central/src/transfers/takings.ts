/** What phones have been paid, and what was paid out. */
import { amountOf, type RecordIdentity, type TerminalNumber, type Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { EFFECTIVE } from './alerts.ts';
import type { AwaitedPayment, PayOutRefusal, Takings, TransferSum } from './port.ts';

const AWAITED_MAX = 100;

type Word = 'taken' | 'unbacked' | 'refunded' | 'paid' | 'unpaid' | 'awaited';

/** `$1`: the one phone, or null. */
const SUMS = `
  select i.terminal, 'taken' as word, i.amount from transfer_in i where i.payer is not null and ${EFFECTIVE('i')}
  union all
  select i.terminal, 'unbacked', i.amount from transfer_doubt d join transfer_in i on i.terminal = d.terminal and i.serial = d.serial
  where d.kind = 'refill-unbacked' and i.payer is not null and ${EFFECTIVE('i')}
    and not exists (select from transfer_out p where p.terminal = i.payer and p.serial = i.payer_serial
      and p.payee = i.terminal and p.amount = i.amount and ${EFFECTIVE('p')})
  union all
  select o.terminal, case when o.kind = 'refund' then 'refunded' when c.terminal is null then 'unpaid' else 'paid' end, o.amount
  from transfer_out o left join cash_out_paid c on c.terminal = o.terminal and c.serial = o.serial
  where o.kind <> 'payment' and ${EFFECTIVE('o')}
  union all
  select p.payee, 'awaited', p.amount from transfer_unsettled u join transfer_out p on p.terminal = u.terminal and p.serial = u.serial
  where p.kind = 'payment' and ${EFFECTIVE('p')}`;

export async function takingsOf(sql: Sql, terminal: TerminalNumber | null): Promise<Takings[]> {
  const rows = await sql.rows<{ terminal: TerminalNumber; word: Word; count: number; amount: number }>(
    `select terminal, word, count(*)::integer as count, sum(amount)::bigint as amount from (${SUMS}) each
     where $1::integer is null or terminal = $1 group by terminal, word order by terminal`,
    [terminal],
  );
  const payments = await awaitedOf(sql, terminal);
  return [...new Set(rows.map((row) => row.terminal))].map((phone) => {
    const sum = (word: Word): TransferSum => {
      const row = rows.find((each) => each.terminal === phone && each.word === word);
      return { count: row?.count ?? 0, amount: amountOf(row?.amount ?? 0) };
    };
    return {
      ...{ terminal: phone, taken: sum('taken'), unbacked: sum('unbacked'), refunded: sum('refunded') },
      cashOut: { paid: sum('paid'), unpaid: sum('unpaid') },
      awaited: { ...sum('awaited'), payments: payments.get(phone) ?? [] },
    };
  });
}

async function awaitedOf(sql: Sql, terminal: TerminalNumber | null): Promise<Map<TerminalNumber, AwaitedPayment[]>> {
  const rows = await sql.rows<RecordIdentity & { payee: TerminalNumber; amount: number; time: Time }>(
    `select payee, terminal, serial, amount, time from (
       select p.*, row_number() over (partition by p.payee order by p.time, p.terminal, p.serial) as place
       from transfer_unsettled u join transfer_out p on p.terminal = u.terminal and p.serial = u.serial
       where p.kind = 'payment' and ($1::integer is null or p.payee = $1) and ${EFFECTIVE('p')}) p
     where place <= ${AWAITED_MAX} order by payee, place`,
    [terminal],
  );
  const ofPayee = new Map<TerminalNumber, AwaitedPayment[]>();
  for (const { payee, amount, ...payment } of rows) {
    ofPayee.set(payee, [...(ofPayee.get(payee) ?? []), { ...payment, amount: amountOf(amount) }]);
  }
  return ofPayee;
}

/** @param sql a transaction */
export async function payOutIn(
  sql: Sql,
  { terminal, serial }: RecordIdentity,
  { who, why }: Reason,
  at: Time,
): Promise<'paid' | PayOutRefusal> {
  const [cashOut] = await sql.rows<{ amount: number }>(
    `select o.amount from transfer_out o where o.terminal = $1 and o.serial = $2 and o.kind = 'cash-out' and ${EFFECTIVE('o')}`,
    [terminal, serial],
  );
  const entry = { at, who, what: 'cash-out.paid', object: `terminal ${terminal}` };
  const noted = cashOut
    ? await sql.rows('insert into cash_out_paid values ($1, $2, $3, $4, $5) on conflict do nothing returning serial', [
        ...[terminal, serial, at, who, why],
      ])
    : [];
  if (noted.length > 0) {
    await appendAudit(sql, { ...entry, outcome: 'done', detail: { serial, amount: cashOut?.amount ?? 0, why } });
    return 'paid';
  }
  const refusal = cashOut ? 'paid-already' : 'cash-out-unknown';
  await appendAudit(sql, { ...entry, outcome: 'refused', detail: { serial, refusal, why } });
  return { refusal };
}
