/** Certificates: what the centre signs of a phone, as far as it knows of it (docs/phones.md). */
import type { Amount, Time } from '@retap/model';
import { encodeCertificate, type Sign } from '@retap/protocol';
import type { Sql } from '../database/database.ts';
import { PRESETS } from './limits.ts';
import type { PhoneSettings } from './port.ts';
import type { KeptJournal, PhoneRow } from './row.ts';

const DAY = 86_400_000;
/** What a certificate can say. */
const BALANCE_MAX = 2 ** 40;

export function certificateMs({ certificateDays }: PhoneSettings): number {
  return certificateDays * DAY;
}

/** No certificate says that there is less than nothing, or more than was loaded by what is here. */
export function isCertifiable({ balance, isBacked }: Pick<KeptJournal, 'balance' | 'isBacked'>): boolean {
  return isBacked && balance >= 0 && balance <= BALANCE_MAX;
}

export interface Certified {
  readonly balance: Amount;
  readonly mediumSerial: number;
}

/**
 * As the account stands. Its end is kept in the registry: before it, whoever has a copy of the phone may spend.
 * @param sql the SQL transaction that has found it so
 */
export async function certify(
  sql: Sql,
  phone: Pick<PhoneRow, 'terminal' | 'kind' | 'name'> & { readonly publicKey: Uint8Array },
  { balance, mediumSerial }: Certified,
  settings: PhoneSettings,
  sign: Sign,
  now: Time,
): Promise<Uint8Array> {
  const { terminal, kind, name, publicKey } = phone;
  const expiresAt = now + certificateMs(settings);
  const certificate = await encodeCertificate(
    {
      ...{ terminal, kind, name, publicKey: Uint8Array.from(publicKey), currency: settings.currency },
      ...{ issuedAt: now, expiresAt, limits: PRESETS[settings.preset].limits[kind], mediumSerial, balance },
    },
    sign,
  );
  await sql.rows('update terminal set issued_at = $2, expires_at = greatest(expires_at, $3) where terminal = $1', [
    ...[terminal, now, expiresAt],
  ]);
  return certificate;
}
