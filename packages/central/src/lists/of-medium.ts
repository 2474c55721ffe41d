/** What the lists say of one medium, and what is proposed of it. */
import type { Amount, MediumName, Time } from '@retap/model';
import type { ListedAction } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { actionStatesOf } from './actions.ts';
import type { MediumOrders } from './port.ts';

export async function ordersOf(sql: Sql, medium: MediumName, now: Time): Promise<MediumOrders> {
  const [denied, actions, proposals] = await Promise.all([
    sql.rows('select 1 from denied_medium where medium = $1', [medium]),
    actionStatesOf(sql, medium),
    sql.rows<Omit<MediumOrders['proposals'][number], 'action' | 'amount'> & { entry: string }>(
      `select id, kind, entry, proposed_by as "proposedBy", proposed_at as "proposedAt", why from proposal
       where object = $1 and state = 'proposed' and expires_at > $2 order by id`,
      [`medium ${medium}`, now],
    ),
  ]);
  return {
    denied: denied.length > 0,
    actions,
    proposals: proposals.map(({ entry, ...proposal }) => {
      const written = JSON.parse(entry) as { kind?: ListedAction['kind']; amount?: Amount };
      return { ...proposal, action: written.kind ?? null, amount: written.amount ?? null };
    }),
  };
}
