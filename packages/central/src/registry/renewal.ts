/** Licences made longer: at the request of their terminal while they are valid, or at the operator's word at any time. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Licence } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { Reason, Registry, RegistryRefusal, VerifySignature } from './port.ts';
import { BY_TERMINAL, isPhone, keepChange, licenceOf, lockTerminal, publicKeyOf } from './row.ts';
import { settlementOf } from './settlement.ts';

export async function renewSigned(
  database: Database,
  { terminal, expiresAt, toBeSigned, signature }: Parameters<Registry['renewSigned']>[0],
  verifySignature: VerifySignature,
  now: Time,
): Promise<Licence | RegistryRefusal> {
  // Before anything is locked: a stranger must not hold up the terminal whose number they name.
  const key = await publicKeyOf(database, terminal);
  if (key === null) return { refusal: 'terminal-unknown' };
  if (!verifySignature(key, toBeSigned, signature)) return { refusal: 'signature-invalid' };
  return database.transaction(async (sql) => {
    const row = await lockTerminal(sql, terminal);
    if (!row?.publicKey || isPhone(row)) return { refusal: 'terminal-unknown' };
    if (!verifySignature(row.publicKey, toBeSigned, signature)) return { refusal: 'signature-invalid' };
    if (row.state === 'suspended' || row.state === 'revoked') return { refusal: `terminal-${row.state}` };
    const licence = licenceOf(terminal, row);
    if (licence.expiresAt <= now) return { refusal: 'licence-expired' };
    // Its answer was lost, or somebody sends an old request again.
    if (expiresAt !== licence.expiresAt) return licence;
    const end = Math.max(licence.expiresAt, now + (await licenceMsOf(sql)));
    if (end === licence.expiresAt) return licence;
    await extend(sql, terminal, now, end, BY_TERMINAL);
    return { ...licence, issuedAt: now, expiresAt: end };
  });
}

export function renew(
  database: Database,
  terminal: TerminalNumber,
  reason: Reason,
  licenceMs: number | undefined,
  now: Time,
): Promise<Time | RegistryRefusal> {
  return database.transaction(async (sql) => {
    const row = await lockTerminal(sql, terminal);
    if (!row || isPhone(row)) return { refusal: 'terminal-unknown' };
    if (row.state === 'revoked') return { refusal: 'terminal-revoked' };
    if (row.state === 'invited') return { refusal: 'terminal-not-active' };
    const end = now + (licenceMs ?? (await licenceMsOf(sql)));
    await extend(sql, terminal, now, end, reason);
    return end;
  });
}

async function licenceMsOf(sql: Sql): Promise<number> {
  const settlement = await settlementOf(sql);
  if (settlement === null) throw new Error('there are licences, and nothing was settled about them');
  return settlement.licenceMs;
}

async function extend(sql: Sql, terminal: TerminalNumber, from: Time, to: Time, reason: Reason): Promise<void> {
  await sql.rows('update terminal set issued_at = $2, expires_at = $3 where terminal = $1', [terminal, from, to]);
  await keepChange(sql, terminal, 'renewed', reason, from);
}
