/** Actions that were ordered, and which of them the received records show as carried out. */
import type { MediumName } from '@retap/model';
import type { ListedAction } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { Arrival } from '../receive/record.ts';
import type { ActionState } from './port.ts';

/** Of the new records those that carry an action, so that what waits is found without reading batches. */
export async function keepCarriedActions(sql: Sql, fresh: readonly Arrival[]): Promise<void> {
  const carried: { terminal: number; serial: number; medium: MediumName; action: number }[] = [];
  for (const { record } of fresh) {
    if (record.type === 'open' || record.type === 'observation' || record.action === undefined) continue;
    const { terminal, serial, medium, action } = record;
    carried.push({ terminal, serial, medium, action: action.serial });
  }
  if (carried.length === 0) return;
  await sql.rows(
    `insert into carried_action
     select t, s, m.id, a from unnest($1::integer[], $2::integer[], $3::text[], $4::integer[]) u (t, s, name, a)
     join medium m on m.medium = name`,
    columnsOf(
      carried,
      (c) => c.terminal,
      (c) => c.serial,
      (c) => c.medium,
      (c) => c.action,
    ),
  );
}

/** By medium and serial. Done: an effective record of the medium carries it, by whatever terminal. */
export function actionStates(sql: Sql): Promise<ActionState[]> {
  return actionStatesOf(sql, null);
}

/** @param medium of this one only; null: of all */
export async function actionStatesOf(sql: Sql, medium: MediumName | null): Promise<ActionState[]> {
  const rows = await sql.rows<{ action: string; done: boolean }>(
    // A transaction is effective that reported its commit, or that others showed to have committed after all.
    `select o.action, exists (
       select from medium m join carried_action c on c.medium_id = m.id and c.action_serial = o.serial
       join record r on r.terminal = c.terminal and r.serial = c.serial
       left join uncommitted u on u.terminal = c.terminal and u.serial = c.serial
       where m.medium = o.medium and (r.status = 'successful' or u.effective)) as done
     from ordered_action o where $1::text is null or o.medium = $1 order by o.medium, o.serial`,
    [medium],
  );
  return rows.map(({ action, done }) => ({
    action: JSON.parse(action) as ListedAction,
    state: done ? 'done' : 'waits',
  }));
}

/** One more than was ever ordered here, or carried out from somewhere else, as from a terminal's own configuration. */
export async function nextActionSerial(sql: Sql, medium: MediumName): Promise<number> {
  const [row] = await sql.rows<{ last: number }>(
    `select greatest(
       (select max(serial) from ordered_action where medium = $1),
       (select max(c.action_serial) from carried_action c join medium m on m.id = c.medium_id where m.medium = $1),
       0) as last`,
    [medium],
  );
  return (row?.last ?? 0) + 1;
}
