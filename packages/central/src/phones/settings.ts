/** What holds for all phones, beside the other settings: `retap rebuild` leaves it. */
import { amountOf, type Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import { PHONE_PRESETS, PRESETS } from './limits.ts';
import { PHONE_ADMISSIONS, type PhoneSettings, TOP_UP_POLICIES } from './port.ts';

const NAMES: Readonly<Record<keyof PhoneSettings, string>> = {
  preset: 'phones_preset',
  currency: 'phones_currency',
  certificateDays: 'phones_certificate_days',
  admission: 'phones_admission',
  topUp: 'phones_top_up',
  mebibytePrice: 'phones_mebibyte_price',
};
const KEYS = Object.keys(NAMES) as (keyof PhoneSettings)[];

export async function phoneSettingsOf(sql: Sql): Promise<PhoneSettings> {
  const rows = await sql.rows<{ name: string; value: string }>(
    'select name, value from setting where name = any($1::text[])',
    [Object.values(NAMES)],
  );
  const found = new Map(rows.map(({ name, value }) => [name, value]));
  const among = <Word extends string>(words: readonly Word[], key: keyof PhoneSettings, otherwise: Word): Word =>
    words.find((word) => word === found.get(NAMES[key])) ?? otherwise;
  const preset = among(PHONE_PRESETS, 'preset', 'eu');
  return {
    preset,
    currency: found.get(NAMES.currency) ?? PRESETS[preset].currency,
    certificateDays: Number(found.get(NAMES.certificateDays) ?? PRESETS[preset].certificateDays),
    admission: among(PHONE_ADMISSIONS, 'admission', 'persons'),
    topUp: among(TOP_UP_POLICIES, 'topUp', 'asked'),
    mebibytePrice: amountOf(Number(found.get(NAMES.mebibytePrice) ?? 0)),
  };
}

export function setPhones(
  database: Database,
  changed: Partial<PhoneSettings>,
  { who, why }: Reason,
  at: Time,
): Promise<PhoneSettings> {
  return database.transaction(async (sql) => {
    // Two who set them at the same instant would each leave half of theirs.
    await sql.rows('select pg_advisory_xact_lock(1919251569, 6)');
    // A set that is chosen brings its own currency and days along.
    if (changed.preset !== undefined) {
      await sql.rows('delete from setting where name = any($1::text[])', [[NAMES.currency, NAMES.certificateDays]]);
    }
    const keys = KEYS.filter((key) => changed[key] !== undefined);
    const values = keys.map((key) => String(changed[key]));
    await sql.rows(
      `insert into setting select * from unnest($1::text[], $2::text[])
       on conflict (name) do update set value = excluded.value`,
      [keys.map((key) => NAMES[key]), values],
    );
    await appendAudit(sql, {
      ...{ at, who, what: 'phones.settings', object: '', outcome: 'done' },
      detail: { ...Object.fromEntries(keys.map((key, index) => [key, values[index]])), why },
    });
    return phoneSettingsOf(sql);
  });
}
