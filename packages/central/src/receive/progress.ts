/** The row that orders all receiving (see `progress` in the schema). */
import type { Sql } from '../database/database.ts';

export async function lockProgress(sql: Sql): Promise<{ received: number; recorded: number }> {
  const [row] = await sql.rows<{ received: number; recorded: number }>(
    'select received, recorded from progress for update',
  );
  if (!row) throw new Error('the progress row is missing');
  return row;
}
