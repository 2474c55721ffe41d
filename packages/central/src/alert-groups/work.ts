/** What people do about all cases of a cause: set-wise, so many at a time, each case with its own line in its history. */
import type { Time } from '@retap/model';
import { unfitness } from '../alert-work/moves.ts';
import type { AnyAlertKind, CaseRefusal, CaseRefusalCode } from '../alert-work/port.ts';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import { appendEvents } from '../events/append.ts';
import { OPEN } from './groups.ts';
import { type AlertCause, CASES_AN_ACT, type GroupAct, type GroupWork, type GroupWorked } from './port.ts';

/**
 * `$1` cause, `$2` the newest seen, `$3` kind, `$4` what is done, `$5` to whom, `$6` by whom, `$7` the detail. What was done before is not
 * done again, so that twice is once; the same words of the same person are said once.
 */
const LEFT = `cause = $1 and ${OPEN} and last_appearance <= $2 and ($3::text is null or kind = $3)
  and case $4::text when 'acknowledged' then state = 'new'
    when 'assigned' then state <> 'assigned' or assigned_to <> $5
    when 'commented' then not exists (select from alert_case_step s
      where s.case_id = c.id and s.what = 'commented' and s.who = $6 and s.detail = $7)
    else true end`;

export function workOnGroup(
  database: Database,
  cause: AlertCause,
  { what, ...detail }: GroupAct,
  { through, kind, who }: GroupWork,
  at: Time,
): Promise<GroupWorked | CaseRefusal> {
  return database.transaction(async (sql) => {
    const entry = { at, who, what: `alert.${what}`, object: `alert group ${cause}` };
    const refusal = await refusalOf(sql, detail);
    if (refusal !== null) {
      await appendAudit(sql, { ...entry, outcome: 'refused', detail: { ...detail, refusal } });
      return { refusal };
    }
    const to = 'to' in detail ? detail.to : null;
    const asked = [cause, through, kind ?? null, what, to, who, JSON.stringify(detail)];
    const changed = await sql.rows<{ id: number; kind: AnyAlertKind }>(
      `with chosen as materialized (
         select id from alert_case c where ${LEFT} order by last_appearance limit ${CASES_AN_ACT} for update),
       changed as (
         update alert_case c set
           state = case when $4 = 'commented' then state else $4::text::alert_case_state end,
           assigned_to = coalesce($5, assigned_to), reason = coalesce($9, reason)
         from chosen where c.id = chosen.id returning c.id, c.kind),
       kept as (
         insert into alert_case_step (case_id, at, who, what, detail) select id, $8, $6, $4, $7 from changed order by id)
       select id, kind from changed order by id`,
      [...asked, at, 'reason' in detail ? detail.reason : null],
    );
    if (changed.length > 0) {
      const told = { what, who, ...detail };
      await appendEvents(
        sql,
        changed.map((each) => ({ at, type: 'alert.worked', data: { case: each.id, kind: each.kind, ...told } })),
      );
      const of = { cases: changed.length, through, ...(kind && { kind }) };
      await appendAudit(sql, { ...entry, outcome: 'done', detail: { ...detail, ...of } });
    }
    const [left] = await sql.rows<{ count: number }>(`select count(*) from alert_case c where ${LEFT}`, asked);
    return { done: changed.length, left: left?.count ?? 0 };
  });
}

async function refusalOf(
  sql: Sql,
  { to, reason, text }: { readonly to?: string; readonly reason?: string; readonly text?: string },
): Promise<CaseRefusalCode | null> {
  if (reason?.trim() === '' || text?.trim() === '') return 'text-missing';
  return to === undefined ? null : unfitness(sql, to);
}
