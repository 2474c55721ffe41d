/** Phones as the operator lists them, and what tells that an account would say something new. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { Phone } from './port.ts';
import { journalOf, phoneRow, wordOf } from './row.ts';
import { paymentStatesOf } from './transfers.ts';

export async function listPhones(
  sql: Sql,
  { after = 0, limit }: { readonly after?: TerminalNumber; readonly limit: number },
): Promise<Phone[]> {
  const rows = await sql.rows<{ terminal: TerminalNumber; registeredAt: Time; seenAt: Time | null }>(
    `select p.terminal, p.registered_at as "registeredAt", s.seen_at as "seenAt"
     from phone p left join terminal_seen s on s.terminal = p.terminal
     where p.terminal > $1 order by p.terminal limit $2`,
    [after, limit],
  );
  const phones: Phone[] = [];
  for (const { terminal, registeredAt, seenAt } of rows) {
    const row = await phoneRow(sql, terminal);
    if (row === null) continue;
    const { highestSerial, balance } = await journalOf(sql, terminal);
    const { kind, name, certifiedUntil, lostAt, movedTo } = row;
    phones.push({
      ...{
        terminal,
        kind,
        name,
        standing: await wordOf(sql, row),
        registeredAt,
        seenAt,
        certifiedUntil,
        lostAt,
        movedTo,
      },
      ...{ lastSerial: highestSerial, balance },
    });
  }
  return phones;
}

/** Of what an account says all but the certificate, each as a short text. */
export async function versionsOf(
  sql: Sql,
  terminals: readonly TerminalNumber[],
  now: Time,
): Promise<Map<TerminalNumber, string>> {
  if (terminals.length === 0) return new Map();
  const rows = await sql.rows<{ terminal: TerminalNumber; orders: number | null; denials: number; state: string }>(
    `select t.terminal, t.state::text || coalesce(p.lost_at::text, '') as state,
       (select max(serial) from ordered_action o where o.medium = 'P' || t.terminal) as orders,
       (select coalesce(max(id), 0) from list_change where kind = 'deny') as denials
     from phone p join terminal t on t.terminal = p.terminal where p.terminal = any($1::integer[])`,
    [arrayOf(terminals)],
  );
  const versions = new Map<TerminalNumber, string>();
  for (const { terminal, orders, denials, state } of rows) {
    const payments = await paymentStatesOf(sql, terminal, now);
    const states = payments.map((payment) => `${payment.serial}${payment.state}`).join(' ');
    versions.set(terminal, `${state} ${orders ?? 0} ${denials} ${states}`);
  }
  return versions;
}
