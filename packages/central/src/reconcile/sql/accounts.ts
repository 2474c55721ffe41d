/** Account rows as they are stored. */
import type { Sql } from '../../database/database.ts';
import type { AccountRow } from '../account.ts';

export async function storedAccounts(sql: Sql, media: readonly number[]): Promise<AccountRow[]> {
  const rows = await sql.rows<Record<string, number | boolean | null>>(
    'select * from account where medium_id = any($1::integer[])',
    [`{${media.join(',')}}`],
  );
  return rows.map(accountOf);
}

function accountOf(row: Record<string, number | boolean | null>): AccountRow {
  const number = (name: string) => row[name] as number;
  return {
    mediumId: number('medium_id'),
    firstTime: number('first_time'),
    maxTime: number('max_time'),
    maxLastTime: number('max_last_time'),
    doubtLastTime: number('doubt_last_time'),
    lastStraight: number('last_straight'),
    maxMediumSerial: number('max_medium_serial'),
    records: number('records'),
    opens: number('opens'),
    root:
      row.root_time === null
        ? null
        : { time: number('root_time'), terminal: number('root_terminal'), serial: number('root_serial') },
    tip:
      row.tip_time === null
        ? null
        : {
            time: number('tip_time'),
            terminal: number('tip_terminal'),
            serial: number('tip_serial'),
            balance: number('tip_balance'),
            mediumSerial: row.tip_medium_serial === null ? undefined : number('tip_medium_serial'),
          },
    tipAlone: row.tip_alone as boolean,
  };
}
