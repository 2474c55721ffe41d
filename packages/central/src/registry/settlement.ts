/** What `retap init` has settled: whether the centre is open, and by which key its licences are signed. */
import type { Database, Sql } from '../database/database.ts';
import { lockProgress } from '../receive/progress.ts';
import type { Settlement } from './port.ts';

const NAMES = ['admission', 'centre_key', 'licence_ms'];

/** Null where nothing was ever settled. */
export async function settlementOf(sql: Sql): Promise<Settlement | null> {
  const rows = await sql.rows<{ name: string; value: string }>(
    'select name, value from setting where name = any($1::text[])',
    [NAMES],
  );
  const settings = new Map(rows.map(({ name, value }) => [name, value]));
  const admission = settings.get('admission');
  if (admission === undefined) return null;
  if (admission !== 'open' && admission !== 'enrolled') throw new Error(`the admission ${admission} is none`);
  const key = settings.get('centre_key') ?? '';
  return {
    admission,
    centre: key === '' ? null : Uint8Array.from(Buffer.from(key, 'hex')),
    licenceMs: Number(settings.get('licence_ms')),
  };
}

/** An open centre can become an enrolled one, and never the other way: what was signed would then say nothing. */
export function settle(database: Database, wanted: Settlement): Promise<Settlement> {
  return database.transaction(async (sql) => {
    await lockProgress(sql); // whatever is being received comes before, or knows of it
    const found = await settlementOf(sql);
    if (found !== null && (found.admission === 'enrolled' || wanted.admission === 'open')) return found;
    const { admission, centre, licenceMs } = wanted;
    await sql.rows(
      `insert into setting select * from unnest($1::text[], $2::text[])
       on conflict (name) do update set value = excluded.value`,
      [NAMES, [admission, Buffer.from(centre ?? []).toString('hex'), String(licenceMs)]],
    );
    return wanted;
  });
}
