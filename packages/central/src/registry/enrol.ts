/** Enrolment: who holds the code shows that it holds a key, and is from then on the terminal that the code was made for. */
import type { TerminalNumber, Time } from '@retap/model';
import type { Licence } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { Registry, RegistryRefusal, VerifySignature } from './port.ts';
import { BY_TERMINAL, isPhone, keepChange, licenceOf, lockTerminal } from './row.ts';
import { settlementOf } from './settlement.ts';

interface CodeRow {
  readonly terminal: TerminalNumber;
  readonly validUntil: Time;
  readonly usedWith: Buffer | null;
}

export async function enrol(
  database: Database,
  { codeDigest, publicKey, signature, toBeSigned }: Parameters<Registry['enrol']>[0],
  verifySignature: VerifySignature,
  now: Time,
): Promise<Licence | RegistryRefusal> {
  // Whoever enrolled a key that is not theirs would speak in another's name, or have another speak in theirs.
  if (!verifySignature(publicKey, toBeSigned, signature)) return { refusal: 'signature-invalid' };
  return database.transaction(async (sql) => {
    // By the digest: how long the index takes tells of the digest at most, and nothing of a code that would have it.
    const [code] = await sql.rows<CodeRow>(
      `select terminal, valid_until as "validUntil", used_with as "usedWith" from enrolment_code where digest = $1 for update`,
      [Buffer.from(codeDigest)],
    );
    if (!code) return { refusal: 'enrolment-code-unknown' };
    const { terminal } = code;
    const row = await lockTerminal(sql, terminal);
    if (row && isPhone(row)) return { refusal: 'enrolment-code-unknown' };
    if (row?.state === 'revoked') return { refusal: 'terminal-revoked' };
    if (code.usedWith !== null) {
      if (!row?.publicKey?.equals(publicKey) || !code.usedWith.equals(publicKey))
        return { refusal: 'enrolment-code-used' };
      return licenceOf(terminal, row);
    }
    if (code.validUntil <= now) return { refusal: 'enrolment-code-expired' };
    await makeKnown(sql, terminal, publicKey, now);
    await sql.rows('update enrolment_code set used_with = $2 where digest = $1', [
      Buffer.from(codeDigest),
      Buffer.from(publicKey),
    ]);
    await keepChange(sql, terminal, row?.publicKey ? 'key-replaced' : 'enrolled', BY_TERMINAL, now);
    const enrolled = await lockTerminal(sql, terminal);
    if (!enrolled) throw new Error(`terminal ${terminal} has a code and no row`);
    return licenceOf(terminal, enrolled);
  });
}

async function makeKnown(sql: Sql, terminal: TerminalNumber, publicKey: Uint8Array, now: Time): Promise<void> {
  const licenceMs = (await settlementOf(sql))?.licenceMs ?? 0;
  const key = Buffer.from(publicKey);
  await sql.rows(
    `update terminal set state = case state when 'invited' then 'active' else state end,
       public_key = $2, issued_at = $3, expires_at = $4 where terminal = $1`,
    [terminal, key, now, now + licenceMs],
  );
  await sql.rows('insert into terminal_key (terminal, public_key, since) values ($1, $2, $3) on conflict do nothing', [
    terminal,
    key,
    now,
  ]);
}
