/** What people do about a case: each step is one SQL transaction, with its line in the history, in the audit log, and its event. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import { appendEvents } from '../events/append.ts';
import { may, type Role } from '../people/roles.ts';
import type { AlertCase, CaseRefusal, CaseRefusalCode, CaseState } from './port.ts';
import { CASE, type CaseRow, caseOf } from './read.ts';

interface Move {
  readonly id: number;
  readonly what: 'acknowledged' | 'assigned' | 'resolved' | 'commented';
  readonly who: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** What a step changes beside the state, and in which states it is none. */
const MOVES = {
  acknowledged: { state: 'acknowledged', refused: { acknowledged: 'case-not-new', assigned: 'case-not-new' } },
  assigned: { state: 'assigned', refused: {} },
  resolved: { state: 'resolved', refused: {} },
  commented: { state: null, refused: null },
} as const;

export function move(database: Database, { id, what, who, detail }: Move, at: Time): Promise<AlertCase | CaseRefusal> {
  return database.transaction(async (sql) => {
    const [row] = await sql.rows<CaseRow>(`select ${CASE} from alert_case where id = $1 for update`, [id]);
    const refusal = row ? await refusalOf(sql, what, caseOf(row).state, detail) : ('case-unknown' as const);
    const entry = { at, who, what: `alert.${what}`, object: `alert case ${id}` };
    if (!row || refusal !== null) {
      await appendAudit(sql, { ...entry, outcome: 'refused', detail: { ...detail, refusal } });
      return { refusal: refusal as CaseRefusalCode };
    }
    const [changed] = await sql.rows<CaseRow>(
      `update alert_case set state = coalesce($2::alert_case_state, state), assigned_to = coalesce($3, assigned_to),
         reason = coalesce($4, reason) where id = $1 returning ${CASE}`,
      [id, MOVES[what].state, detail.to ?? null, detail.reason ?? null],
    );
    await sql.rows('insert into alert_case_step (case_id, at, who, what, detail) values ($1, $2, $3, $4, $5)', [
      ...[id, at, who, what, JSON.stringify(detail)],
    ]);
    const { alert, state } = caseOf(row);
    await appendEvents(sql, [{ at, type: 'alert.worked', data: { case: id, kind: alert.kind, what, who, ...detail } }]);
    await appendAudit(sql, { ...entry, outcome: 'done', detail: { ...detail, before: state } });
    return caseOf(changed as CaseRow);
  });
}

async function refusalOf(
  sql: Sql,
  what: Move['what'],
  state: CaseState,
  { to, reason, text }: Readonly<Record<string, string>>,
): Promise<CaseRefusalCode | null> {
  if (reason?.trim() === '' || text?.trim() === '') return 'text-missing';
  if (to !== undefined) {
    const unfit = await unfitness(sql, to);
    if (unfit !== null) return unfit;
  }
  const { refused } = MOVES[what];
  if (refused === null) return null;
  if (state === 'cured' || state === 'resolved') return `case-${state}`;
  return (refused as Partial<Record<CaseState, CaseRefusalCode>>)[state] ?? null;
}

/** Whoever cannot work on it must not have it lie with them. */
export async function unfitness(sql: Sql, name: string): Promise<CaseRefusalCode | null> {
  const [person] = await sql.rows<{ roles: Role[]; disabled: boolean }>(
    'select roles, disabled from person where name = $1',
    [name],
  );
  if (!person) return 'person-unknown';
  if (person.disabled) return 'person-disabled';
  return may(person.roles, 'work-alerts') ? null : 'person-not-allowed';
}
