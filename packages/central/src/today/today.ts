/** How the site is just now, from the database and from what this process has counted. */
import type { Database, Sql } from '../database/database.ts';
import type { EventType } from '../events/port.ts';
import { Minutes } from './minutes.ts';
import { type Doubt, NEWS_MAX, type News, type Today } from './port.ts';

export function todayOf(database: Database): Today {
  const minutes = new Minutes();
  return {
    async taps(stretches, now) {
      return (await minutes.readOn(database, now)) ? stretches.map((stretch) => minutes.of(stretch)) : null;
    },
    doubt: (since) => doubtOf(database, since),
    news: (since, types) => newsOf(database, since, types),
  };
}

/** By the index of what is in doubt, which is small; each of them is then looked up for its amount. */
async function doubtOf(sql: Sql, since: number): Promise<{ readonly all: Doubt; readonly recent: Doubt }> {
  const [row] = await sql.rows<{
    count: number;
    amount: Doubt['amount'];
    lately: number;
    latelyAmount: Doubt['amount'];
  }>(
    `select count(*) as count, coalesce(sum(abs(r.amount)), 0) as amount,
       count(*) filter (where u.time >= $1) as lately,
       coalesce(sum(abs(r.amount)) filter (where u.time >= $1), 0) as "latelyAmount"
     from uncommitted u join record r on r.terminal = u.terminal and r.serial = u.serial
     where u.resolved = 'unverified'`,
    [since],
  );
  if (!row) throw new Error('counts without a row');
  const { count, amount, lately, latelyAmount } = row;
  return { all: { count, amount }, recent: { count: lately, amount: latelyAmount } };
}

async function newsOf(sql: Sql, since: number | null, types: readonly EventType[]): Promise<News> {
  const [place] = await sql.rows<{ last: number }>('select last from event_place');
  if (!place) throw new Error('the row of events is missing');
  if (since === null) return { last: place.last, counts: {} };
  const rows = await sql.rows<{ type: EventType; count: number }>(
    `select type, count(*) as count from (
       select type from event where position > $1 order by position desc limit $3) e
     where type = any($2::text[]) group by type`,
    [since, types, NEWS_MAX],
  );
  return { last: place.last, counts: Object.fromEntries(rows.map(({ type, count }) => [type, count])) };
}
