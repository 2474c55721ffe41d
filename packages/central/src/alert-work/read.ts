/** Cases as they stand, and their history. */
import type { Sql } from '../database/database.ts';
import type { AlertCase, AlertWork, CaseQuery, CaseState, CaseStep, CaseStepWord } from './port.ts';

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
export async function casesOf(sql: Sql, { states, limit, ...query }: CaseQuery): Promise<AlertCase[]> {
  const values: unknown[] = [limit];
  const add = (value: unknown): string => `$${values.push(value)}`;
  const { kind, medium, terminal, assigned, before } = query;
  const asked = [
    ['kind =', kind],
    ['medium =', medium],
    ['terminal =', terminal],
    ['assigned_to =', assigned],
    ['last_appearance <', before],
  ] as const;
  const always = asked.flatMap(([condition, value]) => (value === undefined ? [] : [`${condition} ${add(value)}`]));
  const newestOf = (conditions: readonly string[]): string =>
    `select ${CASE} from alert_case ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
     order by last_appearance desc limit $1`;
  const newest = states
    ? [...new Set(states)].map((state) => `(${newestOf([...always, `state = ${add(state)}`])})`).join(' union all ')
    : newestOf(always);
  const rows = await sql.rows<CaseRow>(`select * from (${newest}) c order by last_appearance desc limit $1`, values);
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
