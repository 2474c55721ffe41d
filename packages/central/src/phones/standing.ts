/** Hears how a phone says that it stands, and answers what the centre knows of its account. */
import { createHash } from 'node:crypto';
import type { TerminalNumber, Time } from '@retap/model';
import {
  deniedBytes,
  openStanding,
  type PhoneStanding,
  type PhoneStandingWord,
  phoneOfMedium,
  type Sign,
} from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { VerifySignature } from '../registry/port.ts';
import { AdmissionError } from '../registry/refusal.ts';
import { keepSaid } from '../transfers/said.ts';
import { paymentStatesOf } from '../transfers/states.ts';
import { certify, isCertifiable } from './certificate.ts';
import { ordersAfter } from './orders.ts';
import type { PhoneAccount } from './port.ts';
import { journalOf, type KeptJournal, lockPhone, type PhoneRow, phoneRow, wordOf } from './row.ts';
import { phoneSettingsOf } from './settings.ts';
import { settleWaiting } from './waiting.ts';

/** @throws ProtocolError `standing-malformed`; AdmissionError `terminal-unknown`, `signature-invalid` */
export async function hearStanding(
  database: Database,
  bytes: Uint8Array,
  sign: Sign,
  verifySignature: VerifySignature,
  now: Time,
): Promise<PhoneAccount> {
  const { standing, toBeSigned, signature } = openStanding(bytes);
  await assertSignedBy(database, standing.terminal, (key) => verifySignature(key, toBeSigned, signature));
  return database.transaction(async (sql) => {
    const phone = await lockPhone(sql, standing.terminal);
    if (phone === null) throw new AdmissionError('terminal-unknown', standing.terminal);
    const journal = await journalOf(sql, phone.terminal);
    const word = await heardAs(sql, phone, standing, journal);
    // A phone that is not what it was says nothing that anybody may rely on.
    if (word === 'active') await keepSaid(sql, standing);
    const settings = await phoneSettingsOf(sql);
    const certifiable = word === 'active' && isAsHere(standing, journal);
    await settleWaiting(sql, phone.terminal);
    return {
      ...{ terminal: phone.terminal, standing: word, lastSerial: journal.lastSerial },
      certificate: certifiable ? await certify(sql, phone, standing, settings, sign, now) : null,
      // What is lost, copied or suspended loads nothing any more; a block reaches it all the same.
      orders: await ordersAfter(sql, phone.terminal, standing.actionSerial, sign, word === 'active'),
      payments: await paymentStatesOf(sql, phone.terminal, now),
      denied: await deniedUnlessHeld(sql, standing),
      mebibytePrice: settings.mebibytePrice,
    };
  });
}

/** The signature before anything is locked or said: a stranger is told nothing. @throws AdmissionError */
export async function assertSignedBy(
  sql: Sql,
  terminal: TerminalNumber,
  isSignedBy: (key: Uint8Array) => boolean,
): Promise<void> {
  const phone = await phoneRow(sql, terminal);
  if (phone === null) throw new AdmissionError('terminal-unknown', terminal);
  if (!isSignedBy(phone.publicKey)) throw new AdmissionError('signature-invalid', terminal);
}

async function heardAs(
  sql: Sql,
  phone: PhoneRow,
  standing: PhoneStanding,
  { highestSerial }: KeptJournal,
): Promise<PhoneStandingWord> {
  const word = await wordOf(sql, phone);
  if (word !== 'active') return word;
  // It has sent more before than it knows of now.
  if (standing.lastSerial < highestSerial) return 'rolled-back';
  return (await isOtherLink(sql, standing)) ? 'rolled-back' : 'active';
}

/** As many records, and other ones. */
async function isOtherLink(sql: Sql, { terminal, lastSerial, link }: PhoneStanding): Promise<boolean> {
  const rows = await sql.rows<{ isSame: boolean }>(
    `select link = decode($3, 'hex') as "isSame" from chain_link where terminal = $1 and serial = $2`,
    [terminal, lastSerial + 1, link],
  );
  return rows.length > 0 && !rows.some(({ isSame }) => isSame);
}

/** All of its journal is here, and says what the phone says: a certificate names nothing that only the phone knows. */
function isAsHere(standing: PhoneStanding, journal: KeptJournal): boolean {
  return (
    standing.lastSerial === journal.lastSerial &&
    standing.balance === journal.balance &&
    standing.mediumSerial === journal.mediumSerial &&
    isCertifiable(journal)
  );
}

/** The whole list: of what is not on it any more, a difference would have to say so for ever. Null where the phone holds it. */
async function deniedUnlessHeld(sql: Sql, { deniedDigest }: PhoneStanding): Promise<TerminalNumber[] | null> {
  const rows = await sql.rows<{ medium: string }>(
    "select medium from denied_medium where medium ~ '^P[0-9]+$' order by medium",
  );
  const denied = rows.flatMap(({ medium }) => phoneOfMedium(medium) ?? []);
  const digest = createHash('sha256').update(deniedBytes(denied)).digest();
  return digest.equals(deniedDigest) ? null : denied;
}
