/** Writes which alerts began to stand, changed or went: cases, their history, and the events, set-wise. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { appendEvents } from '../events/append.ts';
import { caseKey, mediumOf, terminalOf } from './identity.ts';
import type { AnyAlert, CaseStep, Cure } from './port.ts';

export interface StoredCase {
  readonly id: number;
  readonly alert: AnyAlert;
}

interface Step {
  readonly id: number;
  readonly what: CaseStep['what'];
  readonly detail: CaseStep['detail'];
}

/** @param alerts that have no case, or whose case is cured */
export async function raise(sql: Sql, alerts: readonly AnyAlert[], at: Time): Promise<number> {
  if (alerts.length === 0) return 0;
  const rows = await sql.rows<{ id: number; kind: string; key: string; appearances: number }>(
    `insert into alert_case as c (kind, key, medium, terminal, alert, raised_at, appeared_at)
     select u.kind, u.key, u.medium, u.terminal, u.alert, $6, $6
     from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[]) with ordinality
       as u (kind, key, medium, terminal, alert, n) order by u.n
     on conflict (kind, key) do update set state = 'new', appeared_at = excluded.appeared_at, alert = excluded.alert,
       last_appearance = excluded.last_appearance, appearances = c.appearances + 1, assigned_to = null, reason = null, cured_at = null, cure = null
       where c.state = 'cured'
     returning id, kind, key, appearances`,
    [
      alerts.map(({ kind }) => kind),
      alerts.map(caseKey),
      alerts.map(mediumOf),
      alerts.map(terminalOf),
      alerts.map((alert) => JSON.stringify(alert)),
      at,
    ],
  );
  const named = new Map(alerts.map((alert) => [`${alert.kind} ${caseKey(alert)}`, alert]));
  const cases = rows.map((row) => ({ ...row, alert: named.get(`${row.kind} ${row.key}`) as AnyAlert }));
  await keepSteps(
    sql,
    cases.map(({ id, alert, appearances }) => ({
      id,
      what: appearances === 1 ? 'raised' : 'raised-again',
      detail: { alert },
    })),
    at,
  );
  await appendEvents(
    sql,
    cases.map(({ id, alert, appearances }) => ({ at, type: 'alert.raised', data: { case: id, appearances, alert } })),
  );
  return cases.length;
}

export async function change(sql: Sql, changed: readonly StoredCase[], at: Time): Promise<void> {
  if (changed.length === 0) return;
  await sql.rows(
    `update alert_case c set alert = u.alert from unnest($1::bigint[], $2::text[]) as u (id, alert) where c.id = u.id`,
    [changed.map(({ id }) => id), changed.map(({ alert }) => JSON.stringify(alert))],
  );
  await keepSteps(
    sql,
    changed.map(({ id, alert }) => ({ id, what: 'changed', detail: { alert } })),
    at,
  );
  await appendEvents(
    sql,
    changed.map(({ id, alert }) => ({ at, type: 'alert.changed', data: { case: id, alert } })),
  );
}

export async function cure(
  sql: Sql,
  gone: readonly StoredCase[],
  cures: ReadonlyMap<number, Cure>,
  at: Time,
): Promise<void> {
  if (gone.length === 0) return;
  const cured = gone.map(({ id, alert }) => ({ id, alert, cure: cures.get(id) as Cure }));
  await sql.rows(
    `update alert_case c set state = 'cured', cured_at = $3, cure = u.cure
     from unnest($1::bigint[], $2::text[]) as u (id, cure) where c.id = u.id`,
    [cured.map(({ id }) => id), cured.map((each) => JSON.stringify(each.cure)), at],
  );
  await keepSteps(
    sql,
    cured.map(({ id, cure: by }) => ({ id, what: 'cured', detail: { cure: by } })),
    at,
  );
  await appendEvents(
    sql,
    cured.map(({ id, alert, cure: by }) => ({ at, type: 'alert.cured', data: { case: id, alert, cure: by } })),
  );
}

/** Of the centre itself. */
async function keepSteps(sql: Sql, steps: readonly Step[], at: Time): Promise<void> {
  await sql.rows(
    `insert into alert_case_step (case_id, at, who, what, detail)
     select u.id, $4, 'centre', u.what, u.detail from unnest($1::bigint[], $2::text[], $3::text[]) as u (id, what, detail)`,
    [steps.map(({ id }) => id), steps.map(({ what }) => what), steps.map(({ detail }) => JSON.stringify(detail)), at],
  );
}
