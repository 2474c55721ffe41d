/** What holds for all people: where they reach the centre, and how long a session lasts. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import type { PeopleSettings } from './port.ts';

const MINUTE = 60_000;

/** OWASP ASVS 5.0, 7.3: an idle end and an absolute one, both said (docs/people.md). */
const DEFAULTS: PeopleSettings = { origin: null, idleMs: 30 * MINUTE, sessionMs: 12 * 60 * MINUTE };

const NAMES: Readonly<Record<keyof PeopleSettings, string>> = {
  origin: 'people_origin',
  idleMs: 'session_idle_ms',
  sessionMs: 'session_ms',
};

export async function settingsOf(sql: Sql): Promise<PeopleSettings> {
  const rows = await sql.rows<{ name: string; value: string }>(
    'select name, value from setting where name = any($1::text[])',
    [Object.values(NAMES)],
  );
  const found = new Map(rows.map(({ name, value }) => [name, value]));
  return {
    origin: found.get(NAMES.origin) ?? DEFAULTS.origin,
    idleMs: Number(found.get(NAMES.idleMs) ?? DEFAULTS.idleMs),
    sessionMs: Number(found.get(NAMES.sessionMs) ?? DEFAULTS.sessionMs),
  };
}

export function configure(
  database: Database,
  changed: Partial<PeopleSettings>,
  { who, why }: Reason,
  at: Time,
): Promise<PeopleSettings> {
  return database.transaction(async (sql) => {
    // Whose end has come by what was set until now has ended: a longer life is for those that live.
    await clearEnded(sql, await settingsOf(sql), at);
    const keys = (Object.keys(NAMES) as (keyof PeopleSettings)[]).filter((key) => changed[key] !== undefined);
    const values = keys.map((key) => String(changed[key]));
    await sql.rows(
      `insert into setting select * from unnest($1::text[], $2::text[])
       on conflict (name) do update set value = excluded.value`,
      [keys.map((key) => NAMES[key]), values],
    );
    const detail = Object.fromEntries(keys.map((key, index) => [key, values[index] ?? '']));
    await appendAudit(sql, {
      at,
      who,
      what: 'people.settings',
      object: '',
      outcome: 'done',
      detail: { ...detail, why },
    });
    const settings = await settingsOf(sql);
    await clearEnded(sql, settings, at);
    return settings;
  });
}

/** Sessions that are past one of their two ends. */
export async function clearEnded(sql: Sql, { idleMs, sessionMs }: PeopleSettings, at: Time): Promise<void> {
  await sql.rows('delete from session where begun_at <= $1 or seen_at <= $2', [at - sessionMs, at - idleMs]);
}
