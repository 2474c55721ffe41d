/** Attempts that were refused: they change nothing, and are in the log all the same. */
import type { Sql } from '../database/database.ts';
import { appendAudit } from './append.ts';
import type { AuditEntry } from './port.ts';
import { STRANGER, type Strangers } from './strangers.ts';

type Attempt = Omit<AuditEntry, 'outcome' | 'detail'> & Partial<Pick<AuditEntry, 'detail'>>;

/** The answer, with its refusal in the log where it is one. */
export async function notingRefusal<Answer>(
  sql: Sql,
  answering: Promise<Answer>,
  attempt: Attempt | ((refusal: string) => Attempt),
  strangers?: Strangers,
): Promise<Answer> {
  const answer = await answering;
  const refusal = refusalOf(answer);
  if (refusal !== null) {
    const entry = typeof attempt === 'function' ? attempt(refusal) : attempt;
    const detail = { ...entry.detail, refusal };
    if (strangers && entry.who === STRANGER) await strangers.note(sql, { ...entry, detail });
    else await appendAudit(sql, { ...entry, outcome: 'refused', detail });
  }
  return answer;
}

function refusalOf(answer: unknown): string | null {
  return typeof answer === 'object' && answer !== null && 'refusal' in answer ? String(answer.refusal) : null;
}
