/** Decides a proposal, once. Approved, it is carried out in the same SQL transaction: both are durable, or neither. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { type AnyKind, isRefusal } from './kind.ts';
import type { Decider, Proposal, ProposalRefusal } from './port.ts';
import { auditable, keepDecision, lockProposal, type ProposalRow, proposalOf, writtenIn } from './row.ts';

type Word = 'approved' | 'rejected' | 'withdrawn';

/** @param kindOf throws Error for a kind that this Retap does not know */
export function decide(
  database: Database,
  id: number,
  word: Word,
  decider: Decider,
  kindOf: (kind: string) => AnyKind,
  now: Time,
): Promise<Proposal | ProposalRefusal> {
  return database.transaction(async (sql) => {
    const { who, why } = decider;
    const entry = { at: now, who, what: `proposal.${word}`, object: `proposal ${id}` } as const;
    const row = await lockProposal(sql, id);
    const refusal = refusalFor(row, word, decider, kindOf, now);
    if (row === null || refusal !== null) {
      if (row !== null && refusal === 'proposal-expired') await expireRow(sql, row, now);
      const told = refusal ?? 'proposal-unknown';
      await appendAudit(sql, { ...entry, outcome: 'refused', detail: { refusal: told, why } });
      return { refusal: told };
    }
    const kind = kindOf(row.kind);
    const result = word === 'approved' ? await carryOut(sql, row, kind, decider, now) : undefined;
    const decision = { state: word, by: who, at: now, why, result } as const;
    await keepDecision(sql, id, decision);
    const detail = { kind: row.kind, proposedBy: row.proposedBy, why };
    const told = result === undefined ? detail : { ...detail, result: auditable(result) };
    await appendAudit(sql, { ...entry, outcome: 'done', detail: told });
    const decided = { state: word, decidedBy: who, decidedAt: now, decidedWhy: why, result: null };
    return { ...proposalOf({ ...row, ...decided }, kind), result: result ?? null };
  });
}

/** In the order of PROPOSAL_REFUSALS. */
function refusalFor(
  row: ProposalRow | null,
  word: Word,
  { who, may }: Decider,
  kindOf: (kind: string) => AnyKind,
  now: Time,
): ProposalRefusal['refusal'] | null {
  if (row === null) return 'proposal-unknown';
  if (row.state !== 'proposed') return row.state === 'expired' ? 'proposal-expired' : 'proposal-decided';
  if (row.expiresAt <= now) return 'proposal-expired';
  const isOwn = row.proposedBy === who;
  if (word === 'withdrawn') return isOwn ? null : 'not-own-proposal';
  if (!may(kindOf(row.kind).capability)) return 'not-allowed';
  return isOwn ? 'own-proposal' : null;
}

/** What came of it. What makes no sense any more is refused by the change itself, and that is the result. */
async function carryOut(sql: Sql, row: ProposalRow, kind: AnyKind, { who }: Reason, now: Time): Promise<unknown> {
  const entry = kind.parse(writtenIn(row));
  if (entry === null) throw new Error(`proposal ${row.id} is none that this Retap can carry out`);
  const why = `${row.why} (proposal ${row.id}, approved by ${who})`;
  await sql.script('savepoint carrying_out');
  const result = await kind.carryOut(sql, entry as never, { who: row.proposedBy, why }, now);
  if (isRefusal(result)) await sql.script('rollback to savepoint carrying_out');
  return result ?? null;
}

async function expireRow(sql: Sql, { id, state, kind, proposedBy }: ProposalRow, now: Time): Promise<void> {
  if (state === 'expired') return;
  await keepDecision(sql, id, { state: 'expired', by: 'centre', at: now, why: '' });
  await appendAudit(sql, {
    ...{ at: now, who: 'centre', what: 'proposal.expired', object: `proposal ${id}`, outcome: 'done' },
    detail: { kind, proposedBy },
  });
}

/** Those whose time is over; what somebody is deciding just now is left to them. */
export function expireDue(database: Database, now: Time): Promise<number> {
  return database.transaction(async (sql) => {
    const due = await sql.rows<{ id: number }>(
      `select id from proposal where state = 'proposed' and expires_at <= $1 order by id for update skip locked`,
      [now],
    );
    for (const { id } of due) {
      const row = await lockProposal(sql, id);
      if (row) await expireRow(sql, row, now);
    }
    return due.length;
  });
}
