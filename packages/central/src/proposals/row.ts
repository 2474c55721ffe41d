/** One proposal in the database. */
import { createHash } from 'node:crypto';
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { type AnyKind, shownOf } from './kind.ts';
import type { Proposal, ProposalQuery, ProposalState } from './port.ts';

export interface ProposalRow extends Omit<Proposal, 'entry' | 'capability' | 'result'> {
  readonly entry: string;
  readonly result: string | null;
}

const COLUMNS = `id, kind, object, entry, state::text, proposed_by as "proposedBy", proposed_at as "proposedAt", why,
  expires_at as "expiresAt", decided_by as "decidedBy", decided_at as "decidedAt", decided_why as "decidedWhy", result`;

/** Two approve at the same instant: one has the row, the other waits and finds it decided. */
export async function lockProposal(sql: Sql, id: number): Promise<ProposalRow | null> {
  const [row] = await sql.rows<ProposalRow>(`select ${COLUMNS} from proposal where id = $1 for update`, [id]);
  return row ?? null;
}

/** As they stand at `now`: one whose time is over is expired, on record or not. */
export async function proposalRows(
  sql: Sql,
  { id, state, before, limit }: Partial<ProposalQuery> & { readonly id?: number },
  now: Time,
): Promise<ProposalRow[]> {
  const rows = await sql.rows<ProposalRow>(
    `select * from (
       select ${COLUMNS.replace('state::text', "case when state = 'proposed' and expires_at <= $1 then 'expired' else state::text end as state")}
       from proposal) p
     where ($2::bigint is null or id = $2) and ($3::text is null or state = $3) and ($4::bigint is null or id < $4)
     order by id desc limit $5`,
    [now, id ?? null, state ?? null, before ?? null, limit ?? 1],
  );
  return rows;
}

export async function keepDecision(
  sql: Sql,
  id: number,
  decision: {
    readonly state: Exclude<ProposalState, 'proposed'>;
    readonly by: string;
    readonly at: Time;
    readonly why: string;
    readonly result?: unknown;
  },
): Promise<void> {
  const { state, by, at, why, result } = decision;
  await sql.rows(
    `update proposal set state = $2, decided_by = $3, decided_at = $4, decided_why = $5, result = $6 where id = $1`,
    [id, state, by, at, why, result === undefined ? null : JSON.stringify(result)],
  );
}

export function proposalOf(row: ProposalRow, kind: AnyKind): Proposal {
  const { result } = row;
  return {
    ...row,
    capability: kind.capability,
    entry: shownOf(kind, writtenIn(row)),
    result: result === null ? null : JSON.parse(result),
  };
}

export function writtenIn({ entry }: ProposalRow): Readonly<Record<string, unknown>> {
  return JSON.parse(entry) as Readonly<Record<string, unknown>>;
}

const CHARACTERS_MAX = 4_096;

/** For the audit log: what is too long for it is named by its digest, and is whole in the proposal. */
export function auditable(value: unknown): string {
  const text = JSON.stringify(value);
  if (text.length <= CHARACTERS_MAX) return text;
  return `SHA-256 ${createHash('sha256').update(text).digest('hex').toUpperCase()}`;
}
