/** How long it took until somebody saw to an alert, until it was resolved, until it was gone. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { TIMES_EXAMINED_MAX, type Took, type WorkTimes } from './port.ts';

interface TimesRow {
  readonly what: keyof Omit<WorkTimes, 'examined'>;
  readonly count: number;
  readonly median: number | null;
  readonly p90: number | null;
  readonly examined: number;
}

/**
 * The newest steps by their index, each with when its case last began to stand before it, by the index of the case's history. Who
 * assigns or resolves a new case has seen it, too: the first of these is when somebody saw to it.
 */
export async function timesOf(sql: Sql, since: Time): Promise<WorkTimes> {
  const rows = await sql.rows<TimesRow>(
    `with step as (
       select id, case_id, at, what from alert_case_step
       where what in ('acknowledged', 'assigned', 'resolved', 'cured') and at >= $1 order by at desc, id desc limit $2),
     took as (
       select s.what, s.at - b.at as ms, s.what <> 'cured' and not exists (
           select from alert_case_step e where e.case_id = s.case_id and e.id > b.id and e.id < s.id
             and e.what in ('acknowledged', 'assigned', 'resolved')) as is_first
       from step s cross join lateral (
         select id, at from alert_case_step where case_id = s.case_id and id < s.id and what in ('raised', 'raised-again')
         order by id desc limit 1) b),
     told as (
       select 'acknowledge' as what, ms from took where is_first
       union all select 'resolve', ms from took where what = 'resolved'
       union all select 'cure', ms from took where what = 'cured')
     select w.what, count(t.ms), (select count(*) from step) as examined,
       percentile_disc(0.5) within group (order by t.ms) as median,
       percentile_disc(0.9) within group (order by t.ms) as p90
     from (values ('acknowledge'), ('resolve'), ('cure')) w (what) left join told t on t.what = w.what group by w.what`,
    [since, TIMES_EXAMINED_MAX],
  );
  const of = (what: TimesRow['what']): Took => {
    const row = rows.find((each) => each.what === what);
    return { count: row?.count ?? 0, median: row?.median ?? null, p90: row?.p90 ?? null };
  };
  const examined = rows[0]?.examined ?? 0;
  return { acknowledge: of('acknowledge'), resolve: of('resolve'), cure: of('cure'), examined };
}
