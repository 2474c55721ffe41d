/** Records as people look for them. */
import type { Database } from '../database/database.ts';
import { cursorOf } from './cursor.ts';
import { recordDetail } from './detail.ts';
import { recordsOf } from './list.ts';
import type { Records } from './port.ts';
import { unverifiedOf } from './unverified.ts';

/** @param clockTolerance of the database, in milliseconds */
export function recordsPort(database: Database, clockTolerance: number): Records {
  return {
    records: (query) => recordsOf(database, query),
    line: async ({ terminal, serial }) => {
      // The first record of the terminal below the next serial.
      const query = { terminal, before: cursorOf({ order: 'serial', key: [serial + 1] }), limit: 1 };
      const [line] = (await recordsOf(database, query)).records;
      return line?.serial === serial ? line : null;
    },
    unverified: (query) => unverifiedOf(database, query, clockTolerance),
    hasBatch: async (receipt) => {
      const rows = await database.rows('select from batch where receipt = $1', [receipt]);
      return rows.length > 0;
    },
    record: (identity) => recordDetail(database, identity, clockTolerance),
  };
}
