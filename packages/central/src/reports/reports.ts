/** Figures over days, and what is owed. */
import type { Time } from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import { agesOf } from '../records/unverified.ts';
import type { DayLine, DaysQuery, Liabilities, Reports } from './port.ts';

export function reportsPort(database: Database): Reports {
  return {
    async *days(query) {
      for (const [index, from] of query.starts.entries()) {
        const until = query.starts[index + 1];
        if (until !== undefined) yield* await inHeapOrder(database, (sql) => dayOf(sql, from, until, query));
      }
    },
    liabilities: (asOf) => liabilitiesOf(database, asOf),
  };
}

/** A day's records stand together as they arrived, and not by medium: read so, each of their pages is fetched once. */
function inHeapOrder<Answer>(database: Database, ask: (sql: Sql) => Promise<Answer>): Promise<Answer> {
  return database.transaction(async (sql) => {
    await sql.script('set local enable_indexscan = off; set local enable_bitmapscan = on;');
    return ask(sql);
  });
}

/** 2^29 ms, as `period_of` has it. */
const PERIOD_MS = 2 ** 29;

/** Of the periods that the day touches, those of its time; what did not report a commit is found by its own index. */
function dayOf(sql: Sql, from: Time, until: Time, { by, terminal, type, product }: DaysQuery): Promise<DayLine[]> {
  const periods = [Math.floor(from / PERIOD_MS), Math.floor((until - 1) / PERIOD_MS)];
  return sql.rows(
    `with counted as (
       select r.terminal, r.serial, r.type, r.amount, r.medium_id, r.product_id, r.receipt, false as doubted
       from record r where period_of(r.time) = any($3::integer[]) and r.status = 'successful' and r.time >= $1 and r.time < $2
       union all
       select r.terminal, r.serial, r.type, r.amount, r.medium_id, r.product_id, r.receipt, u.resolved = 'unverified'
       from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial
       where u.resolved in ('successful', 'unverified') and u.time >= $1 and u.time < $2)
     select $1::bigint as day, case when $4 then c.terminal end as terminal, case when $5 then c.type end as type,
       case when $6 then coalesce(bought.code, used.code) end as product,
       (count(*) filter (where not c.doubted))::integer as count,
       coalesce(sum(c.amount) filter (where not c.doubted), 0) as amount,
       (count(*) filter (where c.doubted))::integer as "inDoubt",
       coalesce(sum(c.amount) filter (where c.doubted), 0) as "inDoubtAmount"
     from counted c
     join partition p on p.id = partition_of(c.medium_id) and c.receipt <= p.reconciled
     left join purchase bought on c.type = 'purchase' and ($6 or $9::text is not null)
       and bought.terminal = c.terminal and bought.serial = c.serial
     left join lateral (select code from purchase u where c.type = 'validation' and ($6 or $9::text is not null)
       and u.medium_id = c.medium_id and u.product_id = c.product_id order by u.time limit 1) used on true
     where (c.type <> 'open' or exists (select from account a where a.medium_id = c.medium_id
         and (a.root_terminal, a.root_serial) = (c.terminal, c.serial)))
       and ($7::integer is null or c.terminal = $7) and ($8::record_type is null or c.type = $8)
       and ($9::text is null or coalesce(bought.code, used.code) = $9)
     group by 2, 3, 4 order by 2, 3, 4`,
    [
      ...[from, until, periods],
      ...[by.includes('terminal'), by.includes('type'), by.includes('product')],
      ...[terminal ?? null, type ?? null, product ?? null],
    ],
  );
}

async function liabilitiesOf(sql: Sql, asOf: Time): Promise<Liabilities> {
  const [row] = await sql.rows<
    Pick<Liabilities, 'media' | 'owed' | 'overdrawn' | 'pendingValidations'> &
      Record<'unopened_media' | 'unopened_amount', number>
  >(
    `select count(*)::integer as media, coalesce(sum(tip_balance) filter (where tip_balance > 0), 0) as owed,
       coalesce(sum(tip_balance) filter (where tip_balance < 0), 0) as overdrawn,
       (count(*) filter (where opens = 0))::integer as unopened_media,
       coalesce(sum(tip_balance) filter (where opens = 0), 0) as unopened_amount,
       (select count(*)::integer from pending_validation) as "pendingValidations"
     from account`,
  );
  if (!row) throw new Error('liabilities without a row');
  const { unopened_media: media, unopened_amount: amount, ...rest } = row;
  return {
    ...rest,
    unopened: { media, amount },
    synchronization: await sql.rows(
      `select kind, count(*)::integer as count, sum(amount) as amount from synchronization group by kind order by kind`,
    ),
    ages: await agesOf(sql, asOf),
  };
}
