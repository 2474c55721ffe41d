/** Phones that are lost: said by whoever knows the recovery code, or by the operator. */
import { DEFAULT_CONFIGURATION, type TerminalNumber, type Time } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { denyIn } from '../lists/working.ts';
import type { Reason } from '../registry/port.ts';
import { keepChange } from '../registry/row.ts';
import { certificateMs } from './certificate.ts';
import type { PhoneRefusal, PhoneSettings } from './port.ts';
import { lockPhone, type PhoneRow, phoneOfRecovery } from './row.ts';
import { phoneSettingsOf } from './settings.ts';

/** Until then somebody may spend by the phone's last certificate, and whoever was paid may bring it: loss + validity + maxDelay. */
export function movableAt(
  { lostAt, certifiedUntil }: { readonly lostAt: Time; readonly certifiedUntil: Time },
  settings: PhoneSettings,
): Time {
  // A certificate of before the operator changed the days may be valid for longer.
  return Math.max(lostAt + certificateMs(settings), certifiedUntil) + DEFAULT_CONFIGURATION.maxDelay;
}

export function loseBy(database: Database, code: string, now: Time): Promise<Time> {
  return database.transaction(async (sql) => {
    const terminal = await phoneOfRecovery(sql, code);
    const phone = terminal === null ? null : await lockPhone(sql, terminal);
    const settings = await phoneSettingsOf(sql);
    // A code that is nobody's is answered as one that was somebody's just now.
    if (phone === null) return movableAt({ lostAt: now, certifiedUntil: 0 }, settings);
    const who = `terminal ${phone.terminal}`;
    return movableAt(await markLost(sql, phone, { who, why: 'by its recovery code' }, now), settings);
  });
}

export function declareLost(
  database: Database,
  terminal: TerminalNumber,
  reason: Reason,
  now: Time,
): Promise<Time | PhoneRefusal> {
  return database.transaction(async (sql) => {
    const phone = await lockPhone(sql, terminal);
    if (phone === null) return { refusal: 'phone-unknown' };
    if (phone.lostAt !== null) return { refusal: 'lost-already' };
    return movableAt(await markLost(sql, phone, reason, now), await phoneSettingsOf(sql));
  });
}

/** Lost, and denied by every phone that hears the next list. Once: a second time changes nothing. @param phone locked */
export async function markLost(
  sql: Sql,
  phone: PhoneRow,
  reason: Reason,
  now: Time,
): Promise<PhoneRow & { readonly lostAt: Time }> {
  if (phone.lostAt !== null) return { ...phone, lostAt: phone.lostAt };
  await sql.rows('update phone set lost_at = $2 where terminal = $1', [phone.terminal, now]);
  // Denied already, or a list that is full: the phone gets no certificate all the same.
  await denyIn(sql, phoneMedium(phone.terminal), reason, now);
  await keepChange(sql, phone.terminal, 'lost', reason, now);
  return { ...phone, lostAt: now };
}
