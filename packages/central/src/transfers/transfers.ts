/** Transfers in the database. */
import type { Time } from '@retap/model';
import type { Database } from '../database/database.ts';
import { denyCopied } from './copied.ts';
import type { Transfers } from './port.ts';
import { payOutIn, takingsOf } from './takings.ts';

export function transfersOf(database: Database, now: () => Time): Transfers {
  return {
    takings: (terminal) => takingsOf(database, terminal ?? null),
    payOut: (cashOut, reason) => database.transaction((sql) => payOutIn(sql, cashOut, reason, now())),
    denyCopied: () => denyCopied(database, now),
  };
}
