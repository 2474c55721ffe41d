/** Counts of what stands open: sessions, cases, what webhooks have still to be sent. */
import type { Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { openSessions } from '../people/sessions.ts';
import { OPEN_CASE_STATES, type OpenCaseState, STANDING_MAX, type Standing } from './port.ts';

export async function standingOf(sql: Sql, now: Time): Promise<Standing> {
  const sessions = await openSessions(sql, STANDING_MAX, now);
  const cases = await openCases(sql);
  const [webhooks] = await sql.rows<{ disabled: number; failing: number; waiting: number }>(WEBHOOKS, [STANDING_MAX]);
  if (!webhooks) throw new Error('counts without a row');
  const { disabled, failing, waiting } = webhooks;
  return { sessions, cases, webhooksDisabled: disabled, webhooksFailing: failing, deliveriesWaiting: waiting };
}

async function openCases(sql: Sql): Promise<Readonly<Record<OpenCaseState, number>>> {
  const rows = await sql.rows<{ state: OpenCaseState; count: number }>(
    `select state, (select count(*) from (select from alert_case c where c.state = s.state::alert_case_state limit $2) c)
       ::integer as count
     from unnest($1::text[]) s (state)`,
    [[...OPEN_CASE_STATES], STANDING_MAX],
  );
  const found = new Map(rows.map(({ state, count }) => [state, count]));
  const of = (state: OpenCaseState): number => found.get(state) ?? 0;
  return { new: of('new'), acknowledged: of('acknowledged'), assigned: of('assigned') };
}

/** No more than so many events are looked at for each webhook, whether they are of its types or not. */
const WEBHOOKS = `
  select count(*) filter (where not w.enabled)::integer as disabled,
    count(*) filter (where w.enabled and w.failures > 0)::integer as failing,
    least(coalesce(sum(l.waiting) filter (where w.enabled), 0), $1::integer)::integer as waiting
  from webhook w left join lateral (
    select count(*) as waiting from event e
    where e.position > w.position and e.position <= w.position + $1::integer and e.type = any (w.types)
  ) l on w.enabled`;
