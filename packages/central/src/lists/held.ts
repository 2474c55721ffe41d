/** What a terminal holds, by its own signed word. */
import type { TerminalNumber, Time } from '@retap/model';
import { LIST_KINDS, type OpenedHeldLists, openHeldLists } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import { columnsOf } from '../database/literal.ts';
import type { VerifySignature } from '../registry/port.ts';
import { AdmissionError } from '../registry/refusal.ts';
import { lockTerminal, publicKeyOf } from '../registry/row.ts';

export async function acknowledge(
  database: Database,
  statement: Uint8Array,
  verifySignature: VerifySignature,
  now: Time,
): Promise<TerminalNumber> {
  const opened = openHeldLists(statement);
  const { terminal, saidAt, versions } = opened.held;
  // Before anything is locked: a stranger must not hold up the terminal whose number they name.
  assertSigned(opened, await publicKeyOf(database, terminal), verifySignature);
  return database.transaction(async (sql) => {
    await admit(sql, opened, verifySignature, now);
    await sql.rows(
      `insert into list_held select * from unnest($1::integer[], $2::list_kind[], $3::integer[], $4::bigint[], $5::bigint[])
       on conflict (terminal, kind) do update
         set version = excluded.version, said_at = excluded.said_at, at = excluded.at
         where excluded.said_at > list_held.said_at`,
      columnsOf(
        LIST_KINDS,
        () => terminal,
        (kind) => kind,
        (kind) => versions[kind],
        () => saidAt,
        () => now,
      ),
    );
    return terminal;
  });
}

/** As with a batch: the signature first, so that a stranger is told nothing of how a terminal stands. @throws AdmissionError */
async function admit(sql: Sql, opened: OpenedHeldLists, verifySignature: VerifySignature, now: Time): Promise<void> {
  const { terminal } = opened.held;
  const row = await lockTerminal(sql, terminal);
  assertSigned(opened, row?.publicKey ?? null, verifySignature);
  if (row?.state === 'suspended' || row?.state === 'revoked') {
    throw new AdmissionError(`terminal-${row.state}`, terminal);
  }
  if ((row?.expiresAt ?? 0) <= now) throw new AdmissionError('licence-expired', terminal);
}

/** @throws AdmissionError */
function assertSigned(
  { held: { terminal }, toBeSigned, signature }: OpenedHeldLists,
  key: Uint8Array | null,
  verifySignature: VerifySignature,
): void {
  if (key === null) throw new AdmissionError('terminal-unknown', terminal);
  if (!verifySignature(key, toBeSigned, signature)) throw new AdmissionError('signature-invalid', terminal);
}
