/** Alerts of the cards' proofs that stand for some media: the conditions of `read/proof-alerts.ts`, asked by subject. */
import type { Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import type { AnyAlert } from './port.ts';

const TRANSACTIONS = `json_agg(json_build_object('terminal', p.terminal, 'serial', p.serial) order by p.terminal, p.serial)`;

const OF_RECORDS = `
  select json_build_object('kind', kind, 'medium', m.medium, 'terminal', found.terminal, 'serial', found.serial) as alert
  from (
    select 'proof-invalid' as kind, p.* from proof p where p.medium_id = any($1::integer[]) and p.verdict = 'invalid'
    union all
    select 'proof-missing', p.* from proof p
    where p.medium_id = any($1::integer[]) and p.verdict = 'missing' and not p.settled
    union all
    select 'proof-contradiction', p.* from proof p
    where p.medium_id = any($1::integer[]) and p.verdict = 'none' and p.contradicted
      and exists (select from uncommitted u where u.terminal = p.terminal and u.serial = p.serial and u.effective)
    union all
    select 'proof-reader', p.* from proof p where p.medium_id = any($1::integer[]) and p.reader_differs
  ) found join medium m on m.id = found.medium_id`;

const REPEATED = `
  select json_build_object('kind', 'proof-repeated', 'medium', m.medium, 'counter', c.counter, 'transactions', ${TRANSACTIONS})
  from proof_repeated c join medium m on m.id = c.medium_id
  join proof p on p.medium_id = c.medium_id and p.counter = c.counter and p.verdict = 'valid'
  where c.medium_id = any($1::integer[]) group by m.medium, c.counter`;

const MOVED = `
  select json_build_object('kind', 'proof-counter', 'medium', p.medium, 'transactions', ${TRANSACTIONS})
  from (
    select distinct on (s.medium_id, p.counter - p.medium_serial) m.medium, p.terminal, p.serial
    from proof_shift s join medium m on m.id = s.medium_id
    join proof p on p.medium_id = s.medium_id and p.verdict = 'valid' and p.medium_serial is not null
    where s.medium_id = any($1::integer[]) and s.least < s.greatest
    order by s.medium_id, p.counter - p.medium_serial, p.counter, p.terminal, p.serial) p
  group by p.medium`;

export async function proofAlertsOfMedia(sql: Sql, media: readonly number[]): Promise<AnyAlert[]> {
  if (media.length === 0) return [];
  const rows = await sql.rows<{ alert: AnyAlert }>(`${OF_RECORDS} union all ${REPEATED} union all ${MOVED}`, [
    arrayOf(media),
  ]);
  return rows.map(({ alert }) => alert);
}
