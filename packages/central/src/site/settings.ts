/** The settings of the site, beside those of the people: `retap rebuild` leaves them. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import { notingRefusal } from '../audit/refused.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import type { Site, SiteRefusal, SiteSettings } from './port.ts';

const DEFAULTS = { timeZone: 'UTC', dayStart: '00:00', currencyCode: 'EUR', currencyDigits: '2' };
type Text = typeof DEFAULTS;

const NAMES: Readonly<Record<keyof Text, string>> = {
  timeZone: 'site_time_zone',
  dayStart: 'site_day_start',
  currencyCode: 'site_currency_code',
  currencyDigits: 'site_currency_digits',
};
const KEYS = Object.keys(NAMES) as (keyof Text)[];

export function siteOf(database: Database, now: () => Time): Site {
  return {
    settings: () => siteSettingsOf(database),
    set: (settings, { who, why }) =>
      notingRefusal(database, set(database, textIn(settings), { who, why }, now()), {
        ...{ at: now(), who, what: 'settings.changed', object: '', detail: { timeZone: settings.timeZone, why } },
      }),
  };
}

export async function siteSettingsOf(sql: Sql): Promise<SiteSettings> {
  return settingsIn(await textOf(sql));
}

function set(
  database: Database,
  wanted: Text,
  { who, why }: Reason,
  at: Time,
): Promise<'set' | 'unchanged' | SiteRefusal> {
  return database.transaction(async (sql) => {
    // Two who set them at the same instant would each leave half of theirs.
    await sql.rows('select pg_advisory_xact_lock(1919251569, 5)');
    const before = await textOf(sql);
    const changed = KEYS.filter((key) => before[key] !== wanted[key]);
    if (changed.length === 0) return 'unchanged';
    if (changed.includes('timeZone') && !(await isZone(sql, wanted.timeZone))) return { refusal: 'time-zone-unknown' };
    await sql.rows(
      `insert into setting select * from unnest($1::text[], $2::text[])
       on conflict (name) do update set value = excluded.value`,
      [changed.map((key) => NAMES[key]), changed.map((key) => wanted[key])],
    );
    const moved = Object.fromEntries(changed.map((key) => [key, { from: before[key], to: wanted[key] }]));
    await appendAudit(sql, {
      ...{ at, who, what: 'settings.changed', object: '', outcome: 'done' },
      detail: { ...moved, why },
    });
    return 'set';
  });
}

async function textOf(sql: Sql): Promise<Text> {
  const rows = await sql.rows<{ name: string; value: string }>(
    'select name, value from setting where name = any($1::text[])',
    [Object.values(NAMES)],
  );
  const found = new Map(rows.map(({ name, value }) => [name, value]));
  return Object.fromEntries(KEYS.map((key) => [key, found.get(NAMES[key]) ?? DEFAULTS[key]])) as Text;
}

function settingsIn({ timeZone, dayStart, currencyCode, currencyDigits }: Text): SiteSettings {
  return { timeZone, dayStart, currency: { code: currencyCode, digits: Number(currencyDigits) } };
}

function textIn({ timeZone, dayStart, currency }: SiteSettings): Text {
  return { timeZone, dayStart, currencyCode: currency.code, currencyDigits: String(currency.digits) };
}

/** Spelt as it spells it: an abbreviation or an offset would be another zone in summer. Reads the database's files, 50 ms or so. */
async function isZone(sql: Sql, name: string): Promise<boolean> {
  return (await sql.rows('select 1 from pg_timezone_names where name = $1', [name])).length > 0;
}
