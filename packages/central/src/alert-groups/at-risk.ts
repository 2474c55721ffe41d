/** Money that may be wrong at most, by what it comes of: the gaps that wait for a terminal, those that a medium has. */
import type { Amount } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { AlertCause } from './port.ts';

/** @returns nothing for a cause without any gap */
export async function moneyAtRisk(sql: Sql, causes: readonly AlertCause[]): Promise<Map<AlertCause, Amount>> {
  if (causes.length === 0) return new Map();
  const rows = await sql.rows<{ cause: AlertCause; amount: Amount }>(
    `with cause as (select cause, split_part(cause, ':', 1) as word, split_part(cause, ':', 2) as name
       from unnest($1::text[]) u (cause))
     select cause, sum(abs(s.amount))::bigint as amount
     from cause join condition c on c.missing_terminal = case when word = 'terminal' then name::integer end
     join synchronization s on s.terminal = c.terminal and s.serial = c.serial
     where c.kind = 'missing-transaction' group by cause
     union all
     select cause, sum(abs(s.amount))::bigint from cause join medium m on m.medium = name
     join synchronization s on s.medium_id = m.id where word <> 'terminal' group by cause`,
    [causes],
  );
  return new Map(rows.map(({ cause, amount }) => [cause, amount]));
}
