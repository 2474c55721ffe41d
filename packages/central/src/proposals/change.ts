/** The one way to make a change that needs a second person: it is made at once only where there are no people. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { settlementOf } from '../registry/settlement.ts';
import { isRefusal, type ProposalKind, shownOf } from './kind.ts';
import type { Proposed } from './port.ts';
import { auditable } from './row.ts';

const DAY = 86_400_000;
const VALID_MS = 7 * DAY;

export type Change = <Entry, Done>(
  kind: ProposalKind<Entry, Done>,
  entry: Entry,
  reason: Reason,
) => Promise<Done | Proposed>;

/**
 * On an enrolled centre that has people it comes to a proposal, but where it makes no sense now: then to the refusal at once.
 */
export function changesOf(database: Database, now: () => Time): Change {
  return (kind, entry, reason) => database.transaction((sql) => changeIn(sql, kind, entry, reason, now()));
}

/** The same, within the SQL transaction of whoever calls. */
export async function changeIn<Entry, Done>(
  sql: Sql,
  kind: ProposalKind<Entry, Done>,
  entry: Entry,
  reason: Reason,
  at: Time,
): Promise<Done | Proposed> {
  if (!(await needsSecond(sql))) return kind.carryOut(sql, entry, reason, at);
  const tried = await onTrial(sql, () => kind.carryOut(sql, entry, reason, at));
  if (isRefusal(tried) || tried === 'unchanged') return tried;
  return { proposal: await propose(sql, kind, entry, reason, at) };
}

/** Whether there is somebody who could be the second. */
export async function needsSecond(sql: Sql): Promise<boolean> {
  if ((await settlementOf(sql))?.admission !== 'enrolled') return false;
  return (await sql.rows('select from person limit 1')).length > 0;
}

/** What would come of it, with nothing of it done. */
async function onTrial<Done>(sql: Sql, work: () => Promise<Done>): Promise<Done> {
  await sql.script('savepoint trial');
  const done = await work();
  await sql.script('rollback to savepoint trial');
  return done;
}

async function propose<Entry>(
  sql: Sql,
  kind: ProposalKind<Entry>,
  entry: Entry,
  { who, why }: Reason,
  at: Time,
): Promise<number> {
  const written = kind.write(entry);
  const [row] = await sql.rows<{ id: number }>(
    `insert into proposal (kind, object, entry, proposed_by, proposed_at, why, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [kind.kind, kind.object(entry), JSON.stringify(written), who, at, why, at + VALID_MS],
  );
  if (!row) throw new Error('a proposal was written and got no id');
  await appendAudit(sql, {
    ...{ at, who, what: 'proposal.made', object: `proposal ${row.id}`, outcome: 'done' },
    detail: { kind: kind.kind, object: kind.object(entry), entry: auditable(shownOf(kind, written)), why },
  });
  return row.id;
}
