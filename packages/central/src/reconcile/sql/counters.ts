/** Who has the same commit counter: a medium's counter never says the same twice, unless there are two of the medium. */
import { binaryColumns, int4, int8 } from '../../database/binary.ts';
import type { Sql } from '../../database/database.ts';
import type { Evidence, Fact } from '../fact.ts';
import { IS_STRAIGHT, setAllAside } from './exceptional.ts';
import { FACT, type FactRow, factOf } from './fact-row.ts';

/** Effective transactions with the counter of one of these, which are set aside. */
export async function sharingSerial(sql: Sql, evidence: readonly Evidence[], target: number): Promise<Fact[]> {
  const beside = await straightBeside(sql, evidence, target);
  // The straight ones before have lower counters and those after have greater ones, in order of time; so if one has this
  // counter, it is the last before or the first after, unless one of these contradicts.
  const contradicted = beside.filter(({ own, isBefore, counter }) => (isBefore ? counter > own : counter < own));
  if (contradicted.length > 0) {
    await setAllAside(
      sql,
      contradicted.map(({ fact }) => fact),
      target,
    );
  }
  return [
    ...beside.filter(({ own, counter }) => counter === own).map(({ fact }) => fact),
    ...(await exceptionalWith(sql, evidence, target)),
  ];
}

interface Beside {
  /** Counter of the evidence asked for. */
  readonly own: number;
  readonly isBefore: boolean;
  readonly counter: number;
  readonly fact: Fact;
}

/** The last straight transaction with a counter up to each, and the first one after. */
async function straightBeside(sql: Sql, evidence: readonly Evidence[], target: number): Promise<Beside[]> {
  const side = (isBefore: boolean) => `
    select ${FACT}, k.own, ${isBefore} as is_before
    from unnest($1::integer[], $2::integer[], $3::bigint[]) as k (medium_id, own, time)
    join account a on a.medium_id = k.medium_id
    left join exceptional_until x on x.medium_id = k.medium_id
    cross join lateral (
      select r.* from period e cross join lateral (
        select * from record r where period_of(r.time) = e.id and r.medium_id = k.medium_id and r.status = 'successful'
          and r.medium_serial is not null and r.receipt <= $4 and r.time > coalesce(x.time, -1)
          and ${isBefore ? 'r.time <= least(k.time, a.last_straight)' : 'r.time > k.time and r.time <= a.last_straight'} and ${IS_STRAIGHT}
        order by r.time ${isBefore ? 'desc' : ''} limit 1) r
      where e.id between period_of(${isBefore ? 'greatest(a.first_time, x.time)' : 'greatest(k.time, x.time)'})
        and period_of(${isBefore ? 'least(k.time, a.last_straight)' : 'a.last_straight'})
      order by e.id ${isBefore ? 'desc' : ''} limit 1) r
    left join uncommitted u on false`;
  const rows = await sql.rows<FactRow & { own: number; is_before: boolean }>(`${side(true)} union all ${side(false)}`, [
    ...binaryColumns(
      evidence,
      int4((e) => e.mediumId),
      int4((e) => e.mediumSerial),
      int8((e) => e.time),
    ),
    target,
  ]);
  return rows.map(({ own, is_before: isBefore, ...row }) => {
    return { own, isBefore, counter: row.medium_serial as number, fact: factOf(row) };
  });
}

async function exceptionalWith(sql: Sql, evidence: readonly Evidence[], target: number): Promise<Fact[]> {
  const rows = await sql.rows<FactRow>(
    `select ${FACT} from unnest($1::integer[], $2::integer[]) as k (medium_id, medium_serial)
     cross join lateral (select * from exceptional o where o.medium_id = k.medium_id
       and o.medium_serial = k.medium_serial offset 0) o
     join record r on r.terminal = o.terminal and r.serial = o.serial
     left join uncommitted u on u.terminal = r.terminal and u.serial = r.serial
     where r.receipt <= $3 and (r.status = 'successful' or u.effective)`,
    [
      ...binaryColumns(
        evidence,
        int4((e) => e.mediumId),
        int4((e) => e.mediumSerial),
      ),
      target,
    ],
  );
  return rows.map(factOf);
}
