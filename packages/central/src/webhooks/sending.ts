/** Who sends to which webhook: one process at a time by a lease, which ends by itself when that process does. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import type { Database } from '../database/database.ts';
import type { Event, EventType } from '../events/port.ts';
import { FAILING_MS_MAX, pauseAfter } from './backoff.ts';
import type { Attempt, Claimed } from './port.ts';

/** Longer than an attempt may take. */
const LEASE_MS = 15_000;
const EVENTS_A_CLAIM = 50;
/** Events that are looked at for a webhook in one step: what it costs must not grow with what has happened. */
const REACH = 1_000;
const ATTEMPTS_KEPT = 100;

interface ClaimedRow {
  readonly id: number;
  readonly url: string;
  readonly types: EventType[];
  readonly position: number;
  readonly secret: Buffer;
  readonly earlier: Buffer | null;
}

export function passOver(database: Database, now: Time): Promise<boolean> {
  return database.transaction(async (sql) => {
    const free = await sql.rows<{ id: number }>(
      `select id from webhook, event_place where enabled and next_at <= $1 and leased_until <= $1 and position < last
       order by id for update of webhook skip locked`,
      [now],
    );
    if (free.length === 0) return false;
    // The next statement sees them as they are now that nobody else changes them. What is forgotten is passed over at once.
    const passed = await sql.rows<{ isBehind: boolean }>(
      `with kept as (select coalesce((select min(position) - 1 from event), last) as after, last from event_place),
       reach as (
         select id, types, last, greatest(position, after) as start, least(greatest(position, after) + ${REACH}, last) as upto
         from webhook, kept where id = any($1)),
       place as materialized (
         select id, last, case when exists (
             select from event e where e.position > start and e.position <= upto and e.type = any(types))
           then start else upto end as place from reach)
       update webhook w set position = p.place from place p where w.id = p.id and w.position < p.place
       returning p.place < p.last as "isBehind"`,
      [free.map(({ id }) => id)],
    );
    return passed.some(({ isBehind }) => isBehind);
  });
}

/** Of several the one that was sent to longest ago: one with much to be sent must not keep the others waiting. */
export function claim(database: Database, lease: string, now: Time): Promise<Claimed | null> {
  return database.transaction(async (sql) => {
    const [row] = await sql.rows<ClaimedRow>(
      `update webhook w set lease = $1, leased_until = $2::bigint + ${LEASE_MS} where id = (
         select id from webhook o where enabled and next_at <= $2 and leased_until <= $2
           and exists (select from event e where e.position > o.position and e.position <= o.position + ${REACH}
             and e.type = any(o.types))
         order by (select max(a.id) from webhook_attempt a where a.webhook = o.id) nulls first, id
         limit 1 for update skip locked)
       returning id, url, types, position, secret,
         case when earlier_until > $2 then earlier_secret end as earlier`,
      [lease, now],
    );
    if (!row) return null;
    const events = await sql.rows<Event & { data: unknown }>(
      `select position, at, type, data from event where position > $1 and position <= $1 + ${REACH} and type = any($2::text[])
       order by position limit $3`,
      [row.position, row.types, EVENTS_A_CLAIM],
    );
    return {
      ...{ id: row.id, url: row.url, lease },
      secrets: [row.secret, ...(row.earlier ? [row.earlier] : [])].map((secret) => Uint8Array.from(secret)),
      events: events.map((event) => ({ ...event, data: JSON.parse(event.data as unknown as string) })),
    };
  });
}

export function attempted(
  database: Database,
  { id, lease }: Claimed,
  attempt: Omit<Attempt, 'at'>,
  random: number,
  now: Time,
): Promise<boolean> {
  const { position, outcome, status, tookMs } = attempt;
  return database.transaction(async (sql) => {
    const [row] = await sql.rows<{ failures: number; failing_since: Time | null }>(
      'select failures, failing_since from webhook where id = $1 and lease = $2 for update',
      [id, lease],
    );
    if (!row) return false;
    await sql.rows(
      'insert into webhook_attempt (webhook, position, at, outcome, status, took_ms) values ($1, $2, $3, $4, $5, $6)',
      [id, position, now, outcome, status, tookMs],
    );
    await sql.rows(
      `delete from webhook_attempt where webhook = $1 and id <= (
         select id from webhook_attempt where webhook = $1 order by id desc offset ${ATTEMPTS_KEPT} limit 1)`,
      [id],
    );
    if (outcome === 'delivered') {
      await sql.rows(
        `update webhook set position = greatest(position, $2), failures = 0, failing_since = null, next_at = 0,
           leased_until = $3::bigint + ${LEASE_MS} where id = $1`,
        [id, position, now],
      );
      return true;
    }
    const failures = row.failures + 1;
    const since = row.failing_since ?? now;
    const isOver = outcome === 'gone' || now - since >= FAILING_MS_MAX;
    await sql.rows(
      `update webhook set failures = $2, failing_since = $3, next_at = $4, leased_until = 0, lease = null,
         enabled = enabled and not $5 where id = $1`,
      [id, failures, since, now + pauseAfter(failures, random), isOver],
    );
    if (isOver) {
      await appendAudit(sql, {
        ...{ at: now, who: 'centre', what: 'webhook.disabled', object: `webhook ${id}`, outcome: 'done' },
        detail: { why: outcome === 'gone' ? 'it answered 410' : `it failed for ${FAILING_MS_MAX / 86_400_000} days` },
      });
    }
    return true;
  });
}

export async function release(database: Database, { id, lease }: Claimed): Promise<void> {
  await database.rows('update webhook set leased_until = 0, lease = null where id = $1 and lease = $2', [id, lease]);
}
