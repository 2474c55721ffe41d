/**
 * The watcher: holds cases against the alerts that stand, where something was touched or fell due. Each look is one SQL
 * transaction under the lock of the watch, so that of several processes one looks at a time, and one that is killed
 * leaves everything as it was before its look.
 */
import type { Configuration, Time } from '@retap/model';
import type { Database, Sql } from '../database/database.ts';
import { arrayOf } from '../database/literal.ts';
import { dependentMedia } from '../transfers/alerts.ts';
import { curesOf } from './cure.ts';
import { touchCaughtUp, touchDue } from './due.ts';
import { caseKey } from './identity.ts';
import { change, cure, raise, type StoredCase } from './keep.ts';
import type { AnyAlert, Watched } from './port.ts';
import { alertsOfMedia, alertsOfTerminals, type Subjects } from './standing.ts';
import { proofAlertsOfMedia } from './standing-proofs.ts';
import { startWatch, touchProofs } from './start.ts';
import { tryWatchLock } from './touch.ts';

/** A centre at rest does not write how far it has looked each second: looking again over a minute in which nothing fell due is cheap. */
const NOTED_EVERY_MS = 60_000;
/** A subject nearly always has one alert or none. */
const SUBJECTS_A_LOOK = 500;

interface Watch {
  readonly started: boolean;
  readonly waitsFor: number;
  readonly proofsWaitFor: number;
  readonly dueTo: Time;
  readonly seenTo: number;
  /** Every partition is reconciled up to here. */
  readonly reconciled: number;
  /** The cards' proofs are judged up to here. */
  readonly judged: number;
}

export function watch(database: Database, asOf: Time, configuration: Configuration): Promise<Watched | null> {
  return database.transaction(async (sql) => {
    if (!(await tryWatchLock(sql))) return null;
    const row = await readWatch(sql);
    // While all is made anew, what is not there yet is not gone.
    if (row.reconciled < row.waitsFor) return null;
    const horizon = asOf + configuration.clockTolerance;
    if (row.started) await touchByTime(sql, row, asOf, configuration);
    else await startWatch(sql, horizon);
    const isJudged = row.judged >= row.proofsWaitFor;
    if (isJudged && row.proofsWaitFor > 0) await touchProofs(sql);
    if (!row.started || asOf >= row.dueTo + NOTED_EVERY_MS || (isJudged && row.proofsWaitFor > 0)) {
      await sql.rows(
        `update alert_watch set due_to = greatest(due_to, $1), ahead_of = greatest(ahead_of, $2),
           proofs_wait_for = case when $3 then 0 else proofs_wait_for end`,
        [asOf, horizon, isJudged],
      );
    }
    const subjects = await takeTouched(sql);
    if (subjects.media.length + subjects.terminals.length === 0) {
      await sql.rows('update alert_watch set seen_to = $1 where seen_to < $1', [row.reconciled]);
      return null;
    }
    const media = [...new Set([...subjects.media, ...(await dependentMedia(sql, subjects.media))])];
    return look(sql, { ...subjects, media }, { asOf, configuration, isJudged, seenTo: row.seenTo });
  });
}

/** What comes or goes without a record. */
async function touchByTime(sql: Sql, { dueTo }: Watch, asOf: Time, configuration: Configuration): Promise<void> {
  const { maxDelay, clockTolerance } = configuration;
  const due = await touchDue(sql, dueTo - maxDelay, asOf - maxDelay);
  if (due > 0) await sql.rows('update alert_watch set due_to = greatest(due_to, $1)', [asOf]);
  await touchCaughtUp(sql, asOf + clockTolerance);
}

async function readWatch(sql: Sql): Promise<Watch> {
  const [row] = await sql.rows<Watch>(
    `select started, waits_for as "waitsFor", proofs_wait_for as "proofsWaitFor", due_to as "dueTo",
       seen_to as "seenTo", (select min(reconciled) from partition) as reconciled, (select judged from judging) as judged
     from alert_watch`,
  );
  if (!row) throw new Error('the row of the watch is missing');
  return row;
}

async function takeTouched(sql: Sql): Promise<Subjects> {
  const rows = await sql.rows<{ medium_id: number | null; terminal: number | null }>(
    `delete from alert_touched where id in (select id from alert_touched order by id limit $1)
     returning medium_id, terminal`,
    [SUBJECTS_A_LOOK],
  );
  const media = new Set(rows.flatMap(({ medium_id }) => (medium_id === null ? [] : [medium_id])));
  const terminals = new Set(rows.flatMap(({ terminal }) => (terminal === null ? [] : [terminal])));
  return { media: [...media], terminals: [...terminals] };
}

interface Look {
  readonly asOf: Time;
  readonly configuration: Configuration;
  /** Whether the cards' proofs may be looked at, too. */
  readonly isJudged: boolean;
  readonly seenTo: number;
}

async function look(sql: Sql, subjects: Subjects, { isJudged, seenTo, ...query }: Look): Promise<Watched> {
  const stored = (await openCases(sql, subjects)).filter(({ alert }) => isJudged || !isOfProofs(alert));
  const standing = distinct([
    ...(await alertsOfMedia(sql, query, subjects.media)),
    ...(await alertsOfTerminals(sql, query, subjects.terminals)),
    ...(isJudged ? await proofAlertsOfMedia(sql, subjects.media) : []),
  ]);
  const known = new Map(stored.map((each) => [nameOf(each.alert), each]));
  const fresh = [...standing.entries()].filter(([name]) => !known.has(name)).map(([, alert]) => alert);
  const changed = stored.flatMap(({ id, alert }) => {
    const now = standing.get(nameOf(alert));
    return now && !isSame(alert, now) ? [{ id, alert: now }] : [];
  });
  const gone = stored.filter(({ alert }) => !standing.has(nameOf(alert)));
  await cure(sql, gone, await curesOf(sql, gone, seenTo), query.asOf);
  await change(sql, changed, query.asOf);
  const raised = await raise(sql, fresh, query.asOf);
  const count = subjects.media.length + subjects.terminals.length;
  return { subjects: count, raised, changed: changed.length, cured: gone.length };
}

async function openCases(sql: Sql, { media, terminals }: Subjects): Promise<StoredCase[]> {
  const rows = await sql.rows<{ id: number; alert: string }>(
    `select c.id, c.alert from medium m join alert_case c on c.medium = m.medium
     where m.id = any($1::integer[]) and c.state <> 'cured'
     union all
     select id, alert from alert_case where terminal = any($2::integer[]) and medium is null and state <> 'cured'`,
    [arrayOf(media), arrayOf(terminals)],
  );
  return rows.map(({ id, alert }) => ({ id, alert: JSON.parse(alert) as AnyAlert }));
}

const isOfProofs = ({ kind }: AnyAlert): boolean => kind.startsWith('proof-');
const nameOf = (alert: AnyAlert): string => `${alert.kind} ${caseKey(alert)}`;

function distinct(alerts: readonly AnyAlert[]): Map<string, AnyAlert> {
  return new Map(alerts.map((alert) => [nameOf(alert), alert]));
}

/** Whatever the order of keys. */
function isSame(a: AnyAlert, b: AnyAlert): boolean {
  const entries = (alert: AnyAlert) => JSON.stringify(Object.entries(alert).sort(([x], [y]) => (x < y ? -1 : 1)));
  return entries(a) === entries(b);
}
