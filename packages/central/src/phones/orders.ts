/** Orders for a phone's account: entries of the action list, each signed by itself. */
import { amountOf, type TerminalNumber } from '@retap/model';
import { encodeOrder, type ListedAction, type Order, phoneMedium, type Sign } from '@retap/protocol';
import type { Sql } from '../database/database.ts';

/** As many as one answer brings; the phone comes again for the rest. */
const ORDERS_MAX = 32;
/** What the owner reads beside it. A clerk's own words are for the history of the centre, and not for them. */
const WHY: Readonly<Record<string, string>> = { 'top-up': 'top-up', reclaim: 'reclaim', move: 'moved' };

/** @param isActive else only blocks go out: value is loaded nowhere where nobody may spend it */
export async function ordersAfter(
  sql: Sql,
  terminal: TerminalNumber,
  actionSerial: number,
  sign: Sign,
  isActive: boolean,
): Promise<Uint8Array[]> {
  const rows = await sql.rows<{ action: string; wish: string | null }>(
    `select o.action, (select w.kind from phone_wish w where w.terminal = $2 and w.action_serial = o.serial) as wish
     from ordered_action o where o.medium = $1 and o.serial > $3 order by o.serial limit ${ORDERS_MAX}`,
    [phoneMedium(terminal), terminal, actionSerial],
  );
  const orders: Uint8Array[] = [];
  for (const { action, wish } of rows) {
    const order = orderOf(terminal, JSON.parse(action) as ListedAction, WHY[wish ?? ''] ?? '');
    // A phone carries out the next one only: whatever it cannot, ends the list.
    if (order === null || (!isActive && order.kind !== 'block')) break;
    orders.push(await encodeOrder(order, sign));
  }
  return orders;
}

/** Null of a product: phones buy theirs from each other. */
function orderOf(terminal: TerminalNumber, action: ListedAction, why: string): Order | null {
  const { serial } = action;
  if (action.kind === 'product') return null;
  const amount = 'amount' in action ? action.amount : amountOf(0);
  return { terminal, serial, kind: action.kind, amount, why };
}
