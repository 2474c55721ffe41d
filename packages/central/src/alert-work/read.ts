/** Cases as they stand, and their history. */
import type { Sql } from '../database/database.ts';
import type { AlertCase, AlertWork, CaseQuery, CaseState, CaseStep, CaseStepWord } from './port.ts';

export const CASE = `id, alert, state::text, raised_at, appeared_at, appearances, assigned_to, reason, cured_at, cure`;

export interface CaseRow {
  readonly id: number;
  readonly alert: string;
  readonly state: CaseState;
  readonly raised_at: number;
  readonly appeared_at: number;
  readonly appearances: number;
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
    assignedTo: row.assigned_to,
    reason: row.reason,
    curedAt: row.cured_at,
    cure: row.cure === null ? null : JSON.parse(row.cure),
  };
}

export async function casesOf(sql: Sql, query: CaseQuery): Promise<AlertCase[]> {
  const { state, kind, medium, terminal, assigned, before, limit } = query;
  const conditions = [
    ['state =', state],
    ['kind =', kind],
    ['medium =', medium],
    ['terminal =', terminal],
    ['assigned_to =', assigned],
    ['id <', before],
  ] as const;
  const asked = conditions.filter(([, value]) => value !== undefined);
  const where = asked.map(([condition], index) => `${condition} $${index + 2}`).join(' and ');
  const rows = await sql.rows<CaseRow>(
    `select ${CASE} from alert_case ${where === '' ? '' : `where ${where}`} order by id desc limit $1`,
    [limit, ...asked.map(([, value]) => value)],
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
