/** Invitations: the code by which a device is enrolled under a number. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import type { ProposalKind } from '../proposals/kind.ts';
import type { Invitation, Reason, RegistryRefusal } from './port.ts';
import { keepChange, lockTerminal } from './row.ts';
import { settlementOf } from './settlement.ts';

export async function inviteIn(
  sql: Sql,
  { terminal, codeDigest, validMs, as }: Invitation,
  reason: Reason,
  now: Time,
): Promise<'invited' | RegistryRefusal> {
  if ((await settlementOf(sql))?.admission !== 'enrolled') return { refusal: 'centre-open' };
  if (as) {
    await sql.rows(
      `insert into terminal (terminal, name, role, state) values ($1, $2, $3, 'invited')
       on conflict (terminal) do update set name = excluded.name, role = excluded.role where terminal.state = 'invited'`,
      [terminal, as.name, as.role],
    );
  }
  const row = await lockTerminal(sql, terminal);
  if (row?.state === 'revoked') return { refusal: 'terminal-revoked' };
  if (as && row?.state !== 'invited') return { refusal: 'terminal-was-active' };
  // A suspended one too: whose key was stolen gets another before it may speak again.
  if (!as && row?.state !== 'active' && row?.state !== 'suspended') return { refusal: 'terminal-not-active' };
  await forgetCodes(sql, terminal);
  await sql.rows('insert into enrolment_code (digest, terminal, valid_until) values ($1, $2, $3)', [
    Buffer.from(codeDigest),
    terminal,
    now + validMs,
  ]);
  await keepChange(sql, terminal, 'invited', reason, now);
  return 'invited';
}

/** Those that nobody has used: one code at a time, and none that outlives the terminal's good name. */
export async function forgetCodes(sql: Sql, terminal: TerminalNumber): Promise<void> {
  await sql.rows('delete from enrolment_code where terminal = $1 and used_with is null', [terminal]);
}

/**
 * A code for a number in use, which needs a second person: whoever has it can take the terminal's place. Who proposes has the
 * code from the start; it is worth nothing, and its time does not run, before somebody else has approved.
 */
export const REPLACE_KEY: ProposalKind<Invitation, 'invited' | RegistryRefusal> = {
  ...{ kind: 'terminal.replace-key', capability: 'approve-keys' },
  write: ({ terminal, validMs, codeDigest }) => ({
    terminal,
    validMs,
    codeDigest: Buffer.from(codeDigest).toString('hex'),
  }),
  parse({ terminal, validMs, codeDigest }) {
    if (typeof terminal !== 'number' || typeof validMs !== 'number' || typeof codeDigest !== 'string') return null;
    return { terminal, validMs, codeDigest: Uint8Array.from(Buffer.from(codeDigest, 'hex')), as: null };
  },
  shown: ({ codeDigest: _secret, ...shown }) => shown,
  object: ({ terminal }) => `terminal ${terminal}`,
  carryOut: inviteIn,
};
