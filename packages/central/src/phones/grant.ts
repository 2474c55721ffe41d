/** Each kind of wish, as it is granted or refused. */
import { type Amount, amountOf, type Time } from '@retap/model';
import { phoneMedium, type Wish } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { ORDER } from '../lists/kinds.ts';
import type { OrderedAction } from '../lists/port.ts';
import { orderIn } from '../lists/working.ts';
import { changeIn, needsSecond } from '../proposals/change.ts';
import { reclaimable } from '../transfers/states.ts';
import { PRESETS } from './limits.ts';
import { moveBalance } from './move.ts';
import { type Granted, order, reasonOf, refused } from './ordering.ts';
import { journalOf, type PhoneRow } from './row.ts';
import { phoneSettingsOf } from './settings.ts';

/** @param phone locked, and active */
export function grant(sql: Sql, phone: PhoneRow, wish: Wish, now: Time): Promise<Granted> {
  switch (wish.kind) {
    case 'top-up':
      return topUp(sql, phone, wish.amount, now);
    case 'reclaim':
      return reclaim(sql, phone, wish.serial, now);
    case 'move':
      return moveBalance(sql, phone, wish.code, now);
  }
}

async function topUp(sql: Sql, phone: PhoneRow, amount: Amount, now: Time): Promise<Granted> {
  const { preset, topUp: policy } = await phoneSettingsOf(sql);
  // Where nobody could approve it, a top-up that is asked for would be money for whoever asks.
  if (policy === 'none' || (policy === 'asked' && !(await needsSecond(sql)))) return refused('top-up-closed');
  const { balanceMax } = PRESETS[preset].limits[phone.kind];
  const { balance } = await journalOf(sql, phone.terminal);
  // W + what is ordered and not carried out yet + the amount ≤ the limit
  if (balance + (await orderedSum(sql, phone)) + amount > balanceMax) return refused('balance-limit');
  const action: OrderedAction = { medium: phoneMedium(phone.terminal), kind: 'refill', amount };
  const reason = reasonOf(phone, 'top-up');
  const ordered =
    policy === 'free' ? await orderIn(sql, action, reason, now) : await changeIn(sql, ORDER, action, reason, now);
  if ('refusal' in ordered) return refused('list-full');
  if ('proposal' in ordered) return { answer: { answer: 'waits', until: null }, proposal: ordered.proposal };
  return { answer: { answer: 'granted' }, actionSerial: ordered.serial };
}

/** Of refills and refunds that wait on the phone's account. */
async function orderedSum(sql: Sql, { terminal }: PhoneRow): Promise<Amount> {
  const rows = await sql.rows<{ action: string }>(
    `select o.action from ordered_action o where o.medium = $1 and not exists (
       select from carried_action c join medium m on m.id = c.medium_id
       where m.medium = o.medium and c.action_serial = o.serial)`,
    [phoneMedium(terminal)],
  );
  const amounts = rows.map(({ action }) => Number((JSON.parse(action) as { readonly amount?: number }).amount ?? 0));
  return amountOf(amounts.reduce((sum, each) => sum + each, 0));
}

async function reclaim(sql: Sql, phone: PhoneRow, serial: number, now: Time): Promise<Granted> {
  const before = await sql.rows(
    `select from phone_wish where terminal = $1 and serial = $2 and kind = 'reclaim' and action_serial is not null`,
    [phone.terminal, serial],
  );
  if (before.length > 0) return refused('payment-reclaimed');
  const payment = await reclaimable(sql, phone.terminal, serial, now);
  if (payment === null) return refused('payment-not-reclaimable');
  return order(sql, phone, { kind: 'refund', amount: payment.amount }, `reclaim ${phone.terminal}-${serial}`, now);
}
