/** Cases as they stand, and their history. */
import type { Sql } from '../database/database.ts';
import {
  type AlertCase,
  type AlertWork,
  CASE_STATES,
  type CaseQuery,
  type CaseState,
  type CaseStep,
  type CaseStepWord,
} from './port.ts';

export const CASE = `id, alert, state::text, raised_at, appeared_at, appearances, last_appearance,
  assigned_to, reason, cured_at, cure`;

export interface CaseRow {
  readonly id: number;
  readonly alert: string;
  readonly state: CaseState;
  readonly raised_at: number;
  readonly appeared_at: number;
  readonly appearances: number;
  readonly last_appearance: number;
  readonly assigned_to: string | null;
  readonly reason: string | null;
  readonly cured_at: number | null;
  readonly cure: string | null;
}

export function caseOf(row: CaseRow): AlertCase {
  return {
    id: row.id,
    alert: JSON.parse(row.alert),
    state: row.state,
    raisedAt: row.raised_at,
    appearedAt: row.appeared_at,
    appearances: row.appearances,
    lastAppearance: row.last_appearance,
    assignedTo: row.assigned_to,
    reason: row.reason,
    curedAt: row.cured_at,
    cure: row.cure === null ? null : JSON.parse(row.cure),
  };
}

/** Of each state by its index: among very many cured ones the few that are open are found at once. */
export async function casesOf(sql: Sql, query: CaseQuery): Promise<AlertCase[]> {
  const { states = CASE_STATES, kind = null, medium = null, terminal = null, assigned = null, before = null } = query;
  const rows = await sql.rows<CaseRow>(
    `select ${CASE} from unnest($2::text[]) s (asked) cross join lateral (
       select * from alert_case where state = s.asked::alert_case_state
         and ($3::text is null or kind = $3) and ($4::text is null or medium = $4)
         and ($5::integer is null or terminal = $5) and ($6::text is null or assigned_to = $6)
         and ($7::bigint is null or last_appearance < $7)
       order by last_appearance desc limit $1) c
     order by last_appearance desc limit $1`,
    [query.limit, [...new Set(states)], kind, medium, terminal, assigned, before],
  );
  return rows.map(caseOf);
}

export async function caseWithHistory(sql: Sql, id: number): ReturnType<AlertWork['case']> {
  const [row] = await sql.rows<CaseRow>(`select ${CASE} from alert_case where id = $1`, [id]);
  if (!row) return null;
  const steps = await sql.rows<{ at: number; who: string; what: CaseStepWord; detail: string }>(
    'select at, who, what, detail from alert_case_step where case_id = $1 order by id',
    [id],
  );
  const history = steps.map((step): CaseStep => ({ ...step, detail: JSON.parse(step.detail) }));
  return { ...caseOf(row), history };
}
