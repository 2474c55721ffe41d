/** Names to choose from. */
import type { TerminalNumber } from '@retap/model';
import type { Sql } from '../database/database.ts';

export async function mediaStartingWith(sql: Sql, prefix: string, limit: number): Promise<string[]> {
  // A range, for the index: `like` would need its wildcards escaped. U+FFFF sorts after every name.
  const rows = await sql.rows<{ medium: string }>(
    'select medium from medium where medium >= $1 and medium < $2 order by medium limit $3',
    [prefix, `${prefix}\uffff`, limit],
  );
  return rows.map((row) => row.medium);
}

export function terminalsOf(
  sql: Sql,
): Promise<{ readonly terminal: TerminalNumber; readonly lastSerial: number; readonly missing: number }[]> {
  return sql.rows(
    `select terminal, max(last_serial) as "lastSerial",
       (max(last_serial) - sum(last_serial - first_serial + 1))::integer as missing
     from journal_run group by terminal order by terminal`,
  );
}
