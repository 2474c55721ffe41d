/** The registry as the operator reads it. */
import type { TerminalNumber } from '@retap/model';
import type { ClockReport } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import type { RegisteredTerminal, TerminalChange } from './port.ts';

type ListedRow = Omit<RegisteredTerminal, 'publicKey' | 'clock'> & {
  readonly publicKey: Buffer | null;
} & { readonly [Part in keyof ClockReport]: ClockReport[Part] | null };

/** @param terminal null: all, in order of number */
export async function registeredTerminals(sql: Sql, terminal: TerminalNumber | null): Promise<RegisteredTerminal[]> {
  const rows = await sql.rows<ListedRow>(
    `select t.terminal, t.name, t.role, t.state::text, t.public_key as "publicKey", t.issued_at as "issuedAt",
       t.expires_at as "expiresAt", s.seen_at as "seenAt", s.clock_offset as "clockOffset",
       c.clock_offset as "offset", c.delay, c.measured_at as "measuredAt",
       j.last as "lastSerial", coalesce(j.last - j.received, 0) as missing
     from terminal t
     left join terminal_seen s on s.terminal = t.terminal
     left join terminal_clock c on c.terminal = t.terminal
     left join lateral (
       select max(last_serial)::bigint as last, sum(last_serial::bigint - first_serial + 1)::bigint as received
       from journal_run r where r.terminal = t.terminal) j on true
     where $1::integer is null or t.terminal = $1 order by t.terminal`,
    [terminal],
  );
  return rows.map(({ offset, delay, measuredAt, ...row }) => ({
    ...row,
    publicKey: row.publicKey && Uint8Array.from(row.publicKey),
    clock: measuredAt === null ? null : ({ offset, delay, measuredAt } as ClockReport),
  }));
}

/** In the order in which it happened. */
export function historyOf(sql: Sql, terminal: TerminalNumber): Promise<TerminalChange[]> {
  return sql.rows<TerminalChange>('select at, what, who, why from terminal_change where terminal = $1 order by id', [
    terminal,
  ]);
}
