/** Wishes that wait for a second person: what became of them. */
import type { TerminalNumber } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { ProposalState } from '../proposals/port.ts';

/** Of all wishes of a phone that wait for a proposal which was decided meanwhile. @param sql the SQL transaction of whoever locked the phone */
export async function settleWaiting(sql: Sql, terminal: TerminalNumber): Promise<void> {
  const rows = await sql.rows<{ id: string; state: ProposalState; result: string | null }>(
    `select w.id, p.state::text, p.result from phone_wish w join proposal p on p.id = w.proposal
     where w.terminal = $1 and w.answer = 'waits' and p.state <> 'proposed'`,
    [terminal],
  );
  for (const { id, state, result } of rows) {
    const serial = state === 'approved' ? orderedIn(result) : null;
    await sql.rows('update phone_wish set answer = $3, action_serial = $4 where terminal = $1 and id = $2', [
      ...[terminal, id, serial === null ? 'top-up-refused' : 'granted', serial],
    ]);
  }
}

/** Null where it made no sense any more when it was approved. */
function orderedIn(result: string | null): number | null {
  const { serial } = JSON.parse(result ?? '{}') as { readonly serial?: unknown };
  return typeof serial === 'number' ? serial : null;
}
