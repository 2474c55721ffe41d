/** What is ordered for a phone's account without a second person, and how wishes end. */
import type { Amount, Time } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { orderIn } from '../lists/working.ts';
import type { Reason } from '../registry/port.ts';
import type { WishAnswer, WishRefusalCode } from './port.ts';
import type { PhoneRow } from './row.ts';

/** What becomes of a wish, and what of it is kept beside the answer. */
export interface Granted {
  readonly answer: WishAnswer;
  readonly actionSerial?: number;
  readonly proposal?: number;
}

/** What is given back was the owner's, by the centre's own rules: nobody has to approve it. */
export async function order(
  sql: Sql,
  phone: PhoneRow,
  ordered: { readonly kind: 'refill' | 'refund'; readonly amount: Amount },
  why: string,
  now: Time,
): Promise<Granted> {
  const action = { medium: phoneMedium(phone.terminal), ...ordered };
  const answer = await orderIn(sql, action, reasonOf(phone, why), now);
  if ('refusal' in answer) return refused('list-full');
  return { answer: { answer: 'granted' }, actionSerial: answer.serial };
}

export function reasonOf({ terminal }: PhoneRow, why: string): Reason {
  return { who: `terminal ${terminal}`, why };
}

export function refused(refusal: WishRefusalCode): Granted {
  return { answer: { answer: 'refused', refusal } };
}
