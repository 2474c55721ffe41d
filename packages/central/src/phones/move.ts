/** The balance of a lost phone, moved to another one of its owner: once, and when nobody can spend it any more. */
import { type TerminalNumber, type Time, ZERO } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { accountsNamed } from '../read/report.ts';
import { PRESETS } from './limits.ts';
import { markLost, movableAt } from './lost.ts';
import { type Granted, order, refused } from './ordering.ts';
import { lockPhone, type PhoneRow, phoneOfRecovery } from './row.ts';
import { phoneSettingsOf } from './settings.ts';

/** Until a round of reconciliation has gone over what has just come. */
const UNRECONCILED_MS = 60_000;

/** @param phone locked: the new one. The old one is lost from now on, where it was not before */
export async function moveBalance(sql: Sql, phone: PhoneRow, code: string, now: Time): Promise<Granted> {
  const terminal = await phoneOfRecovery(sql, code);
  const old = terminal === null || terminal === phone.terminal ? null : await lockPhone(sql, terminal);
  if (old === null) return refused('move-code-unknown');
  if (old.movedTo !== null) return refused('balance-moved');
  const reason = { who: `terminal ${phone.terminal}`, why: 'by its recovery code' };
  const settings = await phoneSettingsOf(sql);
  const until = movableAt(await markLost(sql, old, reason, now), settings);
  if (now < until) return { answer: { answer: 'waits', until } };
  if (await hasUnreconciled(sql, old.terminal)) return { answer: { answer: 'waits', until: now + UNRECONCILED_MS } };
  const [account] = await accountsNamed(sql, [phoneMedium(old.terminal)]);
  const balance = account?.balance ?? ZERO;
  if (balance <= 0) return refused('balance-empty');
  // More than the new phone may hold would be refused by it, and lie there for ever.
  if (balance > PRESETS[settings.preset].limits[phone.kind].balanceMax) return refused('balance-limit');
  const granted = await order(sql, phone, { kind: 'refill', amount: balance }, `moved from ${old.terminal}`, now);
  if (granted.actionSerial === undefined) return granted;
  await sql.rows('update phone set moved_to = $2 where terminal = $1', [old.terminal, phone.terminal]);
  return granted;
}

/** W′ is what the reconciled records say; one that still waits may change it. */
async function hasUnreconciled(sql: Sql, terminal: TerminalNumber): Promise<boolean> {
  const rows = await sql.rows(
    `select from medium m join partition p on p.id = partition_of(m.id), progress g
     where m.medium = $1 and (g.recorded < g.received or exists (select from record r
       where partition_of(r.medium_id) = p.id and r.receipt > p.reconciled and r.medium_id = m.id))`,
    [phoneMedium(terminal)],
  );
  return rows.length > 0;
}
