/** `POST /phones`: a phone shows that it has a key, and gets a number, an account and its first certificate. */

import { createHash } from 'node:crypto';
import type { TerminalNumber, Time } from '@retap/model';
import {
  enrolmentCodeBytes,
  type PhoneKind,
  type PhoneRegistered,
  type PhoneRegistration,
  registrationToBeSigned,
  type Sign,
} from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { VerifySignature } from '../registry/port.ts';
import { BY_TERMINAL, keepChange } from '../registry/row.ts';
import { settlementOf } from '../registry/settlement.ts';
import { certify, isCertifiable } from './certificate.ts';
import type { PhoneAdmission, PhoneRefusal } from './port.ts';
import { journalOf, lockPhone, wordOf } from './row.ts';
import { phoneSettingsOf } from './settings.ts';

/** Numbers of phones are above it. */
const BEFORE_FIRST = 1_000_000_000;
const NUMBER_MAX = 2 ** 31 - 1;

export interface Registering {
  /** The centre's public key, which `sign` signs by. */
  readonly centre: Uint8Array;
  readonly sign: Sign;
  readonly verifySignature: VerifySignature;
  readonly now: Time;
}

export async function register(
  database: Database,
  registration: PhoneRegistration,
  { centre, sign, verifySignature, now }: Registering,
): Promise<PhoneRegistered | PhoneRefusal> {
  const { publicKey, signature } = registration;
  // Whoever registered a key that is not theirs would have another speak in their name.
  if (!verifySignature(publicKey, registrationToBeSigned(registration), signature)) {
    return { refusal: 'signature-invalid' };
  }
  return database.transaction(async (sql) => {
    await lockNumbers(sql);
    const terminal = (await known(sql, registration)) ?? (await numberFor(sql, registration, now));
    if (typeof terminal !== 'number') return terminal;
    const phone = await lockPhone(sql, terminal);
    if (phone === null) throw new Error(`phone ${terminal} was registered and has no row`);
    const word = await wordOf(sql, phone);
    if (word !== 'active') return { refusal: `phone-${word}` };
    const journal = await journalOf(sql, terminal);
    if (!isCertifiable(journal)) return { refusal: 'phone-suspended' };
    const certificate = await certify(sql, phone, journal, await phoneSettingsOf(sql), sign, now);
    return { terminal, certificate, centre };
  });
}

/** Whoever gives a number does so alone: two would give the same. */
export async function lockNumbers(sql: Sql): Promise<void> {
  await sql.rows('select pg_advisory_xact_lock(1919251569, 7)');
}

export async function nextNumber(sql: Sql): Promise<TerminalNumber | null> {
  const [row] = await sql.rows<{ last: number | null }>(
    'select max(terminal) as last from terminal where terminal > $1',
    [BEFORE_FIRST],
  );
  const next = Math.max(row?.last ?? 0, BEFORE_FIRST) + 1;
  return next > NUMBER_MAX ? null : next;
}

/** The same key again: its answer was lost on the way. Null where the key is new. */
async function known(sql: Sql, { publicKey, recoveryDigest }: PhoneRegistration): Promise<TerminalNumber | null> {
  const [row] = await sql.rows<{ terminal: TerminalNumber }>(
    `select p.terminal from terminal_key k join phone p on p.terminal = k.terminal
     where k.public_key = $1 and k.terminal > 1000000000`,
    [Buffer.from(publicKey)],
  );
  if (!row) return null;
  // A code that was made anew meanwhile counts, but not any more once the phone is in use: who stole it must not change that.
  await sql.rows(
    `update phone set recovery_digest = $2 where terminal = $1
     and not exists (select from journal_run where terminal = $1) and not exists (select from phone where recovery_digest = $2)`,
    [row.terminal, Buffer.from(recoveryDigest)],
  );
  return row.terminal;
}

async function numberFor(sql: Sql, registration: PhoneRegistration, now: Time): Promise<TerminalNumber | PhoneRefusal> {
  const { kind, name, code, recoveryDigest } = registration;
  const taken = await sql.rows('select from phone where recovery_digest = $1', [Buffer.from(recoveryDigest)]);
  if (taken.length > 0) return { refusal: 'recovery-code-used' };
  const { admission } = await phoneSettingsOf(sql);
  const isOpen = (await settlementOf(sql))?.admission !== 'enrolled';
  if (code === null && !isOpen && needsCode(admission, kind)) return { refusal: 'enrolment-code-needed' };
  const terminal = code === null ? await nextNumber(sql) : await invitedBy(sql, code, registration, now);
  if (terminal === null) return { refusal: 'phones-full' };
  if (typeof terminal !== 'number') return terminal;
  const key = Buffer.from(registration.publicKey);
  await sql.rows(
    `insert into terminal (terminal, name, role, state, public_key, issued_at, expires_at) values ($1, $2, $3, 'active', $4, $5, $5)
     on conflict (terminal) do update set name = excluded.name, state = 'active', public_key = excluded.public_key,
       issued_at = excluded.issued_at, expires_at = excluded.expires_at`,
    [terminal, name, kind, key, now],
  );
  await sql.rows('insert into terminal_key (terminal, public_key, since) values ($1, $2, $3)', [terminal, key, now]);
  await sql.rows('insert into phone (terminal, recovery_digest, registered_at) values ($1, $2, $3)', [
    ...[terminal, Buffer.from(recoveryDigest), now],
  ]);
  await keepChange(sql, terminal, 'enrolled', BY_TERMINAL, now);
  return terminal;
}

function needsCode(admission: PhoneAdmission, kind: PhoneKind): boolean {
  return admission === 'invited' || (admission === 'persons' && kind === 'merchant');
}

/** The number that a code was made for; the code is used by it. */
async function invitedBy(
  sql: Sql,
  code: string,
  { kind, publicKey }: PhoneRegistration,
  now: Time,
): Promise<TerminalNumber | PhoneRefusal> {
  const digest = codeDigestOf(code);
  const [row] = await sql.rows<{ terminal: TerminalNumber; validUntil: Time; isUsed: boolean }>(
    `select c.terminal, c.valid_until as "validUntil", c.used_with is not null as "isUsed"
     from enrolment_code c join terminal t on t.terminal = c.terminal where c.digest = $1 and t.role = $2 for update`,
    [digest, kind],
  );
  if (!row) return { refusal: 'enrolment-code-unknown' };
  if (row.isUsed) return { refusal: 'enrolment-code-used' };
  if (row.validUntil <= now) return { refusal: 'enrolment-code-expired' };
  await sql.rows('update enrolment_code set used_with = $2 where digest = $1', [digest, Buffer.from(publicKey)]);
  return row.terminal;
}

/** A text that is no code at all has a digest that no code has. */
function codeDigestOf(code: string): Buffer {
  let bytes: Uint8Array;
  try {
    bytes = enrolmentCodeBytes(code);
  } catch {
    bytes = new Uint8Array();
  }
  return createHash('sha256').update(bytes).digest();
}
