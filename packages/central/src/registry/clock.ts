/** The terminals' clocks: who asks the time, what each says of its own clock, and whose is off (docs/enrolment.md, "Clocks"). */
import type { TerminalNumber, Time } from '@retap/model';
import { type ClockReport, openTimeQuestion, type TimeQuestion } from '@retap/protocol';
import { appendAudit } from '../audit/append.ts';
import type { Database, Sql } from '../database/database.ts';
import type { IntegrityAlert } from '../port.ts';
import type { Reason, TerminalState, VerifySignature } from './port.ts';
import { AdmissionError } from './refusal.ts';
import { keepSightings } from './seen.ts';

/** Two terminals, each off by half of it, differ by the tolerance. */
const OFFSET_MAX = `coalesce(
  (select value::bigint from setting where name = 'clock_offset_max'),
  (select value::bigint / 2 from setting where name = 'clock_tolerance'))`;

/** |offset| − delay / 2 > limit */
function isOff(clock: string): string {
  return `2 * abs(${clock}.clock_offset) - ${clock}.delay > 2 * ${OFFSET_MAX}`;
}

/**
 * Keeps what the terminal says of its clock, if it was measured later than what it said before; only that, or that it was
 * never heard of, shows that it is there now.
 * @throws ProtocolError `time-malformed`, AdmissionError
 */
export async function hearTimeQuestion(
  database: Database,
  bytes: Uint8Array,
  verifySignature: VerifySignature,
  now: Time,
): Promise<TimeQuestion> {
  const { question, toBeSigned, signature } = openTimeQuestion(bytes);
  const { terminal, report } = question;
  await admit(database, terminal, (key) => verifySignature(key, toBeSigned, signature), now);
  // Who recorded a question may send it again, and must not make a terminal that is gone look as if it were at work.
  const isNews = report !== null && (await keepReport(database, terminal, report, now));
  if (isNews || !(await wasSeen(database, terminal))) {
    await keepSightings(database, [{ terminal, sentAt: undefined }], now);
  }
  return question;
}

/** As with a batch: the signature first, so that a stranger is told nothing of how a terminal stands. @throws AdmissionError */
async function admit(
  sql: Sql,
  terminal: TerminalNumber,
  isSignedBy: (key: Uint8Array) => boolean,
  now: Time,
): Promise<void> {
  const [row] = await sql.rows<{ state: TerminalState; key: Buffer | null; expiresAt: Time | null }>(
    'select state::text, public_key as key, expires_at as "expiresAt" from terminal where terminal = $1',
    [terminal],
  );
  if (!row?.key) throw new AdmissionError('terminal-unknown', terminal);
  if (!isSignedBy(row.key)) throw new AdmissionError('signature-invalid', terminal);
  if (row.state === 'suspended' || row.state === 'revoked') throw new AdmissionError(`terminal-${row.state}`, terminal);
  if ((row.expiresAt ?? 0) <= now) throw new AdmissionError('licence-expired', terminal);
}

async function wasSeen(sql: Sql, terminal: TerminalNumber): Promise<boolean> {
  return (await sql.rows('select from terminal_seen where terminal = $1', [terminal])).length === 1;
}

/** @returns whether it is later than what was kept */
async function keepReport(
  sql: Sql,
  terminal: TerminalNumber,
  { offset, delay, measuredAt }: ClockReport,
  now: Time,
): Promise<boolean> {
  // It names a time that we told it. One that we have not reached is from before our own clock was set back: what was kept then
  // must not keep later words out.
  if (measuredAt > now) return false;
  // One statement, for it is asked all day: the watcher looks at the terminal where it came to be off, or right.
  const kept = await sql.rows(
    `with before as (select ${isOff('c')} as off from terminal_clock c where terminal = $1),
     kept as (
       insert into terminal_clock as c values ($1, $2, $3, $4)
       on conflict (terminal) do update
         set clock_offset = excluded.clock_offset, delay = excluded.delay, measured_at = excluded.measured_at
         where excluded.measured_at > c.measured_at or c.measured_at > $5
       returning ${isOff('c')} as off),
     touched as (
       insert into alert_touched (terminal)
       select $1::integer from kept
       where off <> coalesce((select off from before), false) and (select started from alert_watch))
     select from kept`,
    [terminal, offset, delay, measuredAt, now],
  );
  return kept.length === 1;
}

/** By how much a terminal's clock may be off, in milliseconds, before it is an alert. Half the tolerance unless settled. */
export async function clockOffsetMax(sql: Sql): Promise<number> {
  const [row] = await sql.rows<{ most: number }>(`select ${OFFSET_MAX} as most`);
  if (!row) throw new Error('a select without a row');
  return row.most;
}

/** @param most null: half the tolerance again. @returns what holds now */
export function settleClockOffsetMax(
  database: Database,
  most: number | null,
  { who, why }: Reason,
  at: Time,
): Promise<number> {
  return database.transaction(async (sql) => {
    await sql.rows("delete from setting where name = 'clock_offset_max'", []);
    if (most !== null) await sql.rows("insert into setting values ('clock_offset_max', $1)", [String(most)]);
    // Whose clock is off by this limit and was not by the other, or the other way round: the watcher looks at all.
    await sql.rows(
      'insert into alert_touched (terminal) select terminal from terminal_clock where (select started from alert_watch)',
      [],
    );
    const entry = { at, who, what: 'centre.clock-limit', object: 'centre', outcome: 'done' } as const;
    await appendAudit(sql, { ...entry, detail: { most, why } });
    return clockOffsetMax(sql);
  });
}

/**
 * Those in service whose clock is off by more than the limit however the way there and back were shared, at the last measurement. The
 * next one that is good cures it. To be gone on with by `and …`.
 */
export const CLOCKS_OFF = `
  from terminal_clock c join terminal t on t.terminal = c.terminal where t.state = 'active' and ${isOff('c')}`;

export async function clocksOff(sql: Sql, limit: number): Promise<IntegrityAlert[]> {
  const rows = await sql.rows<{ terminal: TerminalNumber }>(
    `select c.terminal ${CLOCKS_OFF} order by c.terminal limit $1`,
    [limit],
  );
  return rows.map(({ terminal }) => ({ kind: 'terminal-clock-off', terminal }));
}
