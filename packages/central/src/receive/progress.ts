/** The row that orders all receiving (see `progress` in the schema). */
import type { Sql } from '../database/database.ts';

export interface Progress {
  readonly received: number;
  readonly recorded: number;
  readonly epoch: number;
}

export async function lockProgress(sql: Sql): Promise<Progress> {
  const [row] = await sql.rows<Progress>('select received, recorded, epoch from progress for update');
  if (!row) throw new Error('the progress row is missing');
  return row;
}
