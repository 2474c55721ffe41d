/** What `retap init` has settled: whether the centre is open, and by which key its licences are signed. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
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
export function settle(database: Database, wanted: Settlement, who: string, at: Time): Promise<Settlement> {
  return database.transaction(async (sql) => {
    await lockProgress(sql); // whatever is being received comes before, or knows of it
    const found = await settlementOf(sql);
    const { admission, centre, licenceMs } = wanted;
    const entry = { at, who, what: 'centre.settled', object: 'centre' } as const;
    const detail = {
      admission,
      licenceMs,
      key: Buffer.from(centre ?? [])
        .toString('hex')
        .toUpperCase(),
    };
    if (found !== null && (found.admission === 'enrolled' || wanted.admission === 'open')) {
      const isOther = !sameSettlement(found, wanted);
      if (isOther) await appendAudit(sql, { ...entry, outcome: 'refused', detail: { ...detail, refusal: 'settled' } });
      return found;
    }
    await sql.rows(
      `insert into setting select * from unnest($1::text[], $2::text[])
       on conflict (name) do update set value = excluded.value`,
      [NAMES, [admission, Buffer.from(centre ?? []).toString('hex'), String(licenceMs)]],
    );
    await appendAudit(sql, { ...entry, outcome: 'done', detail });
    return wanted;
  });
}

function sameSettlement(one: Settlement, other: Settlement): boolean {
  const isSameKey = Buffer.compare(one.centre ?? Buffer.of(), other.centre ?? Buffer.of()) === 0;
  return one.admission === other.admission && one.licenceMs === other.licenceMs && isSameKey;
}
