/** One terminal's row in the registry, and its history. */
import type { TerminalNumber, Time } from '@retap/model';
import { type Licence, type RegisteredRole, TERMINAL_ROLES } from '@retap/protocol';
import { appendAudit } from '../audit/append.ts';
import type { Sql } from '../database/database.ts';
import type { ChangeWord, Reason, TerminalState } from './port.ts';

export interface TerminalRow {
  readonly state: TerminalState;
  readonly role: RegisteredRole;
  readonly publicKey: Buffer | null;
  readonly issuedAt: Time | null;
  readonly expiresAt: Time | null;
}

/** Under which key a terminal speaks just now, with nothing locked; null where under none. */
export async function publicKeyOf(sql: Sql, terminal: TerminalNumber): Promise<Uint8Array | null> {
  const [row] = await sql.rows<{ publicKey: Buffer | null }>(
    'select public_key as "publicKey" from terminal where terminal = $1',
    [terminal],
  );
  return row?.publicKey ?? null;
}

/** The row, which nobody else changes or receives by until the end of the SQL transaction. */
export async function lockTerminal(sql: Sql, terminal: TerminalNumber): Promise<TerminalRow | null> {
  const [row] = await sql.rows<TerminalRow>(
    `select state::text, role, public_key as "publicKey", issued_at as "issuedAt", expires_at as "expiresAt"
     from terminal where terminal = $1 for update`,
    [terminal],
  );
  return row ?? null;
}

/** @throws Error where it never was enrolled */
export function licenceOf(terminal: TerminalNumber, row: TerminalRow): Licence {
  const { publicKey, issuedAt, expiresAt } = row;
  const role = TERMINAL_ROLES.find((each) => each === row.role);
  if (publicKey === null || issuedAt === null || expiresAt === null || role === undefined) {
    throw new Error(`${terminal} has no licence`);
  }
  return { terminal, publicKey: Uint8Array.from(publicKey), role, issuedAt, expiresAt };
}

/** A phone has a certificate in place of a licence, and comes by another door (docs/phones.md). */
export function isPhone({ role }: Pick<TerminalRow, 'role'>): boolean {
  return role === 'person' || role === 'merchant';
}

/** In the terminal's history, which people read, and in the audit log, which proves it. */
export async function keepChange(
  sql: Sql,
  terminal: TerminalNumber,
  what: ChangeWord,
  { who, why }: Reason,
  at: Time,
): Promise<void> {
  await sql.rows('insert into terminal_change (terminal, at, what, who, why) values ($1, $2, $3, $4, $5)', [
    terminal,
    at,
    what,
    who,
    why,
  ]);
  await appendAudit(sql, {
    ...{ at, what: `terminal.${what}`, object: `terminal ${terminal}`, outcome: 'done', detail: { why } },
    who: who === BY_TERMINAL.who ? `terminal ${terminal}` : who,
  });
}

/** Who a change is by that the device itself asked for. */
export const BY_TERMINAL: Reason = { who: 'terminal', why: '' };
