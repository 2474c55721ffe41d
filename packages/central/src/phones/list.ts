/** Phones as the operator lists them, and what tells that an account would say something new. */
import { DEFAULT_CONFIGURATION, type TerminalNumber, type Time } from '@retap/model';
import { PAYMENT_VALID_MS } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { Phone } from './port.ts';
import { journalOf, phoneRow, wordOf } from './row.ts';

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

/** Until a payment may still be taken, as `paymentStatesOf` reckons by. */
const OPEN_MS = PAYMENT_VALID_MS + DEFAULT_CONFIGURATION.clockTolerance;

/**
 * Of what an account says all that changes by others, each as a short text: how the phone stands, orders, decided wishes, denials, payments
 * that were taken, and payments of which whoever was to be paid has reported past their end.
 */
export async function versionsOf(sql: Sql, terminals: readonly TerminalNumber[]): Promise<Map<TerminalNumber, string>> {
  if (terminals.length === 0) return new Map();
  const rows = await sql.rows<{ terminal: TerminalNumber } & Record<string, unknown>>(
    `select t.terminal, t.state::text, p.lost_at,
       (select max(serial) from ordered_action o where o.medium = 'P' || t.terminal) as orders,
       (select count(*) from phone_wish w join proposal q on q.id = w.proposal
        where w.terminal = t.terminal and w.answer = 'waits' and q.state <> 'proposed') as decided,
       (select id from list_change where kind = 'deny' order by id desc limit 1) as denials,
       (select count(*) from transfer_in i where i.payer = t.terminal) as taken,
       (select count(*) from transfer_unsettled u
        join transfer_out o on o.terminal = u.terminal and o.serial = u.serial
        left join phone_said s on s.terminal = o.payee
        left join journal_run r on r.terminal = o.payee and r.first_serial = 1
        where u.terminal = t.terminal and greatest(s.said_at, r.last_time) > o.time + ${OPEN_MS}) as over
     from phone p join terminal t on t.terminal = p.terminal where p.terminal = any($1::integer[])`,
    [arrayOf(terminals)],
  );
  return new Map(rows.map(({ terminal, ...rest }) => [terminal, JSON.stringify(rest)]));
}
