/** A rule tried on taps that are past: what would have been otherwise (docs/console.md, "Dry run"). Nothing is changed. */
import type { MediumName, TerminalNumber, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { businessDays } from '../site/day.ts';
import type { SiteSettings } from '../site/port.ts';
import { denyJudge, type Finding, type Judge, limitsJudge, type PastTap, tariffJudge } from './dry-run-judges.ts';
import { type BatchRange, rangesSince } from './dry-run-ranges.ts';
import type { DryRun, DryRunQuery, DryRunRule, DryRunSum } from './port.ts';
import { workingEntries } from './working.ts';

const DAY = 86_400_000;
const TERMINALS_MAX = 20;
const SAMPLES_MAX = 20;
/** Taps judged before others get their turn: a few milliseconds. */
const TURN = 20_000;

export async function dryRun(
  sql: Sql,
  { rule, days, recordsMax }: DryRunQuery,
  settings: SiteSettings,
  now: Time,
): Promise<DryRun> {
  const since = now - days * DAY;
  const { ranges, isWhole, examinedFrom } = await rangesSince(sql, since, recordsMax);
  const media = 'deny' in rule ? await mediaNamed(sql, rule.deny) : null;
  const texts = new Map<string, string>();
  const same = <Text extends string>(text: Text): Text => {
    if (!texts.has(text)) texts.set(text, text);
    return texts.get(text) as Text;
  };
  const tapsOf = new Map<TerminalNumber, PastTap[]>();
  for (const range of ranges) {
    for (const row of await tapsIn(sql, range, since, media)) {
      // One text for all that say the same: a million of them would be half of the memory.
      const tap = { ...row, type: same(row.type), code: row.code && same(row.code) };
      const own = tapsOf.get(tap.terminal);
      if (own) own.push(tap);
      else tapsOf.set(tap.terminal, [tap]);
    }
  }
  const sums = new Sums(businessDays(settings));
  const judge = await judgeOf(sql, rule);
  let taps = 0;
  for (const own of tapsOf.values()) {
    // A terminal's own order: late batches come in another.
    own.sort((one, other) => one.time - other.time || one.serial - other.serial);
    for (const tap of own) {
      sums.take(judge.judge(tap));
      taps += 1;
      if (taps % TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return {
    ...{ since, until: now, examinedFrom, isWhole, taps },
    examined: ranges.reduce((sum, { records }) => sum + records, 0),
    ...(await sums.told(sql)),
  };
}

async function judgeOf(sql: Sql, rule: DryRunRule): Promise<Judge> {
  if ('limits' in rule) return limitsJudge(rule.limits);
  if ('deny' in rule) return denyJudge();
  return tariffJudge(await workingEntries(sql, 'tariff'), rule.tariffs);
}

async function mediaNamed(sql: Sql, names: readonly MediumName[]): Promise<number[]> {
  const rows = await sql.rows<{ id: number }>('select id from medium where medium = any($1::text[])', [names]);
  return rows.map(({ id }) => id);
}

/** By `record_receipt`; beside each its purchase and its action, by their primary keys. */
function tapsIn(sql: Sql, range: BatchRange, since: Time, media: readonly number[] | null): Promise<PastTap[]> {
  return sql.rows<PastTap>(
    // Asked for each row, so that no planner reads either table whole for 20,000 rows.
    `select r.terminal, r.serial, r.medium_id as "mediumId", r.time, r.type::text, r.amount, r.balance,
       case when r.type = 'purchase' then
         (select p.code from purchase p where p.terminal = r.terminal and p.serial = r.serial) end as code,
       r.extras and coalesce(
         (select true from carried_action c where c.terminal = r.terminal and c.serial = r.serial), false) as ordered
     from record r
     where r.receipt between $1 and $2 and r.time >= $3 and r.status <> 'unsuccessful' and r.type <> 'open'
       and ($4::integer[] is null or r.medium_id = any($4))`,
    [range.first, range.last, since, media],
  );
}

class Sums {
  readonly #dayOf: (at: Time) => string;
  readonly #days = new Map<string, DryRunSum>();
  readonly #terminals = new Map<TerminalNumber, DryRunSum>();
  readonly #reasons = new Map<string, DryRunSum>();
  readonly #newest: Finding[] = [];
  #unknown = 0;
  #all: DryRunSum = { count: 0, amount: 0 };

  constructor(dayOf: (at: Time) => string) {
    this.#dayOf = dayOf;
  }

  take(found: Finding | 'unknown' | null): void {
    if (found === null) return;
    if (found === 'unknown') {
      this.#unknown += 1;
      return;
    }
    const { tap, reason, amount } = found;
    this.#all = plus(this.#all, amount);
    add(this.#days, this.#dayOf(tap.time), amount);
    add(this.#terminals, tap.terminal, amount);
    add(this.#reasons, reason, amount);
    this.#sample(found);
  }

  /** The newest, so that somebody may still remember. */
  #sample(found: Finding): void {
    const last = this.#newest.at(-1);
    if (this.#newest.length >= SAMPLES_MAX && last && last.tap.time >= found.tap.time) return;
    this.#newest.push(found);
    this.#newest.sort((one, other) => other.tap.time - one.tap.time);
    this.#newest.length = Math.min(this.#newest.length, SAMPLES_MAX);
  }

  async told(sql: Sql): Promise<Pick<DryRun, 'affected' | 'unknown' | 'reasons' | 'days' | 'terminals' | 'samples'>> {
    const ids = this.#newest.map(({ tap }) => tap.mediumId);
    const rows = await sql.rows<{ id: number; medium: MediumName }>(
      'select id, medium from medium where id = any($1::integer[])',
      [ids],
    );
    const names = new Map(rows.map(({ id, medium }) => [id, medium]));
    const worst = [...this.#terminals].sort(([, one], [, other]) => other.count - one.count).slice(0, TERMINALS_MAX);
    return {
      ...{ affected: this.#all, unknown: this.#unknown, reasons: Object.fromEntries(this.#reasons) },
      days: [...this.#days].sort(([one], [other]) => (one < other ? -1 : 1)).map(([day, sum]) => ({ day, ...sum })),
      terminals: worst.map(([terminal, sum]) => ({ terminal, ...sum })),
      samples: this.#newest.map(
        ({ tap: { terminal, serial, mediumId, time, type, amount }, reason, amount: more }) => ({
          ...{ terminal, serial, time, type, amount, reason, difference: more },
          medium: names.get(mediumId) ?? null,
        }),
      ),
    };
  }
}

function add<Key>(sums: Map<Key, DryRunSum>, key: Key, amount: number): void {
  sums.set(key, plus(sums.get(key) ?? { count: 0, amount: 0 }, amount));
}

function plus({ count, amount }: DryRunSum, more: number): DryRunSum {
  return { count: count + 1, amount: amount + more };
}
