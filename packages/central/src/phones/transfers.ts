/** What is known of payments between phones. Until `../transfers` lands: nothing. */
import type { Amount, TerminalNumber, Time } from '@retap/model';
import type { PaymentState } from '@retap/protocol';
import type { Sql } from '../database/database.ts';

export async function paymentStatesOf(
  _sql: Sql,
  _terminal: TerminalNumber,
  _now: Time,
): Promise<{ readonly serial: number; readonly state: PaymentState }[]> {
  return [];
}

export async function reclaimable(
  _sql: Sql,
  _terminal: TerminalNumber,
  _serial: number,
  _now: Time,
): Promise<{ readonly amount: Amount } | null> {
  return null;
}

export async function keepSaid(
  _sql: Sql,
  _said: { readonly terminal: TerminalNumber; readonly saidAt: Time; readonly lastSerial: number },
): Promise<void> {}

export async function isCopied(sql: Sql, terminal: TerminalNumber): Promise<boolean> {
  const rows = await sql.rows(
    `select from chain_break where terminal = $1 union all select from conflict where terminal = $1 limit 1`,
    [terminal],
  );
  return rows.length > 0;
}
