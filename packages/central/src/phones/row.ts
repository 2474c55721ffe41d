/** One phone's row, what stands beside it in the registry, and what is here of its journal. */
import { type Amount, amountOf, type TerminalNumber, type Time } from '@retap/model';
import { type PhoneKind, type PhoneStandingWord, phoneMedium } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import type { TerminalState } from '../registry/port.ts';
import { isCopied } from '../transfers/copied.ts';
import { recoveryDigests } from './recovery.ts';

export interface PhoneRow {
  readonly terminal: TerminalNumber;
  readonly kind: PhoneKind;
  readonly name: string;
  readonly state: TerminalState;
  readonly publicKey: Buffer;
  readonly recoveryDigest: Buffer;
  readonly certifiedUntil: Time;
  readonly lostAt: Time | null;
  readonly movedTo: TerminalNumber | null;
  /** Its medium is on the deny list's working copy. */
  readonly isDenied: boolean;
}

const COLUMNS = `p.terminal, t.role as kind, t.name, t.state::text, t.public_key as "publicKey",
  p.recovery_digest as "recoveryDigest", t.expires_at as "certifiedUntil", p.lost_at as "lostAt", p.moved_to as "movedTo",
  exists (select from denied_medium d where d.medium = 'P' || p.terminal) as "isDenied"`;

const BY_NUMBER = `select ${COLUMNS} from phone p join terminal t on t.terminal = p.terminal where p.terminal = $1`;

export async function phoneRow(sql: Sql, terminal: TerminalNumber): Promise<PhoneRow | null> {
  const [row] = await sql.rows<PhoneRow>(BY_NUMBER, [terminal]);
  return row ?? null;
}

/** Nobody else grants it anything, or says that it is lost, until the end of the SQL transaction. */
export async function lockPhone(sql: Sql, terminal: TerminalNumber): Promise<PhoneRow | null> {
  const [row] = await sql.rows<PhoneRow>(`${BY_NUMBER} for update of p`, [terminal]);
  return row ?? null;
}

/** Whose recovery code it is. */
export async function phoneOfRecovery(sql: Sql, code: string): Promise<TerminalNumber | null> {
  const digests = recoveryDigests(code).map((digest) => digest.toString('hex'));
  const [row] = await sql.rows<{ terminal: TerminalNumber }>(
    "select terminal from phone where recovery_digest in (select decode(d, 'hex') from unnest($1::text[]) d)",
    [digests],
  );
  return row?.terminal ?? null;
}

/** Whatever the phone itself says. In the order in which it is looked at. */
export async function wordOf(sql: Sql, phone: PhoneRow): Promise<Exclude<PhoneStandingWord, 'rolled-back'>> {
  if (phone.state === 'revoked') return 'revoked';
  if (phone.lostAt !== null) return 'lost';
  if (await isCopied(sql, phone.terminal)) return 'copied';
  return phone.state === 'suspended' || phone.isDenied ? 'suspended' : 'active';
}

/** What is here of a phone's journal. */
export interface KeptJournal {
  /** Up to which there is no hole; 0: nothing is here. */
  readonly lastSerial: number;
  /** Of any record, also one that another phone brought. */
  readonly highestSerial: number;
  /** After its last commit that is here. */
  readonly balance: Amount;
  readonly mediumSerial: number;
  /** Everything that was loaded onto it is covered, by an order or by the payment that it names. */
  readonly isBacked: boolean;
}

export async function journalOf(sql: Sql, terminal: TerminalNumber): Promise<KeptJournal> {
  const [runs] = await sql.rows<{ unbroken: number | null; highest: number | null }>(
    `select max(last_serial) filter (where first_serial = 1) as unbroken, max(last_serial) as highest
     from journal_run where terminal = $1`,
    [terminal],
  );
  // A journal of its own: its medium is written by nobody else, so the last record of it says how the account stands.
  const [last] = await sql.rows<{ balance: number; mediumSerial: number | null }>(
    `select r.balance, r.medium_serial as "mediumSerial" from record r join medium m on m.id = r.medium_id
     where r.terminal = $1 and m.medium = $2 and r.type <> 'observation' order by r.serial desc limit 1`,
    [terminal, phoneMedium(terminal)],
  );
  const unbacked = await sql.rows(
    "select from transfer_doubt where terminal = $1 and kind = 'refill-unbacked' limit 1",
    [terminal],
  );
  return {
    isBacked: unbacked.length === 0,
    ...{ lastSerial: runs?.unbroken ?? 0, highestSerial: runs?.highest ?? 0 },
    ...{ balance: amountOf(last?.balance ?? 0), mediumSerial: last?.mediumSerial ?? 0 },
  };
}
