/** The webhooks in the database: each change is one SQL transaction, with its entry in the audit log. */
import type { Time } from '@retap/model';
import { appendAudit } from '../audit/append.ts';
import { notingRefusal } from '../audit/refused.ts';
import type { Database, Sql } from '../database/database.ts';
import type { Reason } from '../registry/port.ts';
import type { Attempt, NewWebhook, Webhook, WebhookRefusal, Webhooks } from './port.ts';
import { attempted, claim, passOver, release } from './sending.ts';

const WEBHOOK = `id, url, types, enabled, position, failures, failing_since as "failingSince",
  case when failures > 0 and enabled then next_at end as "nextAt", made_at as "madeAt"`;
/** Each is looked at once a second. */
const WEBHOOKS_MAX = 100;

export function webhooksOf(database: Database, now: () => Time): Webhooks {
  /** Whoever was refused is in the audit log too. */
  const tried = <Answer>(what: string, id: number | null, { who, why }: Reason, answer: Promise<Answer>) =>
    notingRefusal(database, answer, {
      ...{ at: now(), who, what: `webhook.${what}`, object: id === null ? '' : `webhook ${id}`, detail: { why } },
    });
  const changed = (id: number, what: string, reason: Reason, set: string | null, values: readonly unknown[] = []) =>
    tried(what, id, reason, change(database, id, what, reason, now(), set, values));
  return {
    add: (webhook, reason) => tried('added', null, reason, add(database, webhook, reason, now())),
    list: () => database.rows<Webhook>(`select ${WEBHOOK} from webhook order by id`),
    async webhook(id) {
      const [found] = await database.rows<Webhook>(`select ${WEBHOOK} from webhook where id = $1`, [id]);
      if (!found) return null;
      const attempts = await database.rows<Attempt>(
        `select position, at, outcome, status, took_ms as "tookMs" from webhook_attempt where webhook = $1
         order by id desc limit 20`,
        [id],
      );
      return { ...found, attempts };
    },
    enable: (id, reason) =>
      changed(id, 'enabled', reason, 'enabled = true, failures = 0, failing_since = null, next_at = 0'),
    disable: (id, reason) => changed(id, 'disabled', reason, 'enabled = false'),
    remove: (id, reason) => changed(id, 'removed', reason, null),
    replay: (id, from, reason) => tried('replayed', id, reason, replay(database, id, from, reason, now())),
    rotate: (id, secret, earlierForMs, reason) => {
      const set = 'earlier_secret = secret, earlier_until = $2, secret = $3';
      return changed(id, 'secret-rotated', reason, set, [now() + earlierForMs, Buffer.from(secret)]);
    },
    passOver: () => passOver(database, now()),
    claim: (lease) => claim(database, lease, now()),
    attempted: (claimed, attempt, random) => attempted(database, claimed, attempt, random, now()),
    release: (claimed) => release(database, claimed),
  };
}

function add(
  database: Database,
  { url, types, secret }: NewWebhook,
  { who, why }: Reason,
  at: Time,
): Promise<Webhook | WebhookRefusal> {
  return database.transaction(async (sql) => {
    const [full] = await sql.rows(`select from webhook offset ${WEBHOOKS_MAX - 1} limit 1`);
    if (full) return { refusal: 'webhooks-full' };
    const [made] = await sql.rows<Webhook>(
      `insert into webhook (url, types, secret, position, made_at)
       select $1, $2::text[], $3, last, $4 from event_place returning ${WEBHOOK}`,
      [url, [...types], Buffer.from(secret), at],
    );
    if (!made) throw new Error('a webhook was not kept');
    await note(sql, made.id, 'added', { who, why }, at, { url, types: types.join(' ') });
    return made;
  });
}

/** @param set what is set of the row, null: it is removed */
function change(
  database: Database,
  id: number,
  what: string,
  reason: Reason,
  at: Time,
  set: string | null,
  values: readonly unknown[],
): Promise<Webhook | WebhookRefusal> {
  return database.transaction(async (sql) => {
    // What is under way ends without a word: its lease is over.
    const changed = `update webhook set ${set}, lease = null, leased_until = 0 where id = $1 returning ${WEBHOOK}`;
    const removed = `delete from webhook where id = $1 returning ${WEBHOOK}`;
    const [row] = await sql.rows<Webhook>(set === null ? removed : changed, [id, ...values]);
    if (!row) return { refusal: 'webhook-unknown' };
    await note(sql, id, what, reason, at);
    return row;
  });
}

async function replay(
  database: Database,
  id: number,
  from: number,
  reason: Reason,
  at: Time,
): Promise<Webhook | WebhookRefusal> {
  const [kept] = await database.rows('select from event where position = $1', [from]);
  if (!kept) return { refusal: 'position-unknown' };
  const set = 'position = $2, failures = 0, failing_since = null, next_at = 0';
  return change(database, id, 'replayed', reason, at, set, [from - 1]);
}

function note(
  sql: Sql,
  id: number,
  what: string,
  { who, why }: Reason,
  at: Time,
  detail: Readonly<Record<string, string>> = {},
): Promise<void> {
  const entry = { at, who, what: `webhook.${what}`, object: `webhook ${id}`, outcome: 'done' } as const;
  return appendAudit(sql, { ...entry, detail: { ...detail, ...(why !== '' && { why }) } });
}
