/** Open cases by cause. */
import type { Amount, TerminalNumber, Time } from '@retap/model';
import type { AlertCase, AnyAlertKind } from '../alert-work/port.ts';
import { CASE, type CaseRow, caseOf } from '../alert-work/read.ts';
import type { Sql } from '../database/database.ts';
import { OPEN_CASE_STATES } from '../operations/port.ts';
import { moneyAtRisk } from './at-risk.ts';
import type { AlertCause, AlertGroup, GroupQuery, OpenCases, Silence } from './port.ts';

/** So that it is served by the index of the open ones. */
export const OPEN = `state in ('new', 'acknowledged', 'assigned')`;

/** `$1` states, `$2` kind, `$3` terminal, `$4` medium, `$5` assigned to, `$6` cause. */
const ASKED = `${OPEN} and state = any($1::alert_case_state[]) and ($2::text is null or kind = $2)
  and ($3::integer is null or terminal = $3) and ($4::text is null or medium = $4)
  and ($5::text is null or assigned_to = $5) and ($6::text is null or cause = $6)`;

interface GroupRow {
  readonly cause: AlertCause;
  readonly new: number;
  readonly acknowledged: number;
  readonly assigned: number;
  readonly oldest: Time;
  readonly newest: Time;
  readonly place: number;
  readonly until: Time | null;
  readonly at: Time;
  readonly who: string;
  readonly why: string;
}

type Asked = Omit<GroupQuery, 'silenced'> & {
  /** Null: either. */
  readonly silenced: boolean | null;
  readonly cause?: AlertCause;
};

/** Once over the index of the open cases, and over what the page holds once more. */
export async function groupsOf(sql: Sql, query: Asked, now: Time): Promise<AlertGroup[]> {
  const { states = OPEN_CASE_STATES, kind = null, terminal = null, medium = null, assigned = null } = query;
  const asked = [[...new Set(states)], kind, terminal, medium, assigned, query.cause ?? null];
  const rows = await sql.rows<GroupRow>(
    `select g.*, s.until, s.at, s.who, s.why from (
       select cause, count(*) as cases, count(*) filter (where state = 'new') as new,
         count(*) filter (where state = 'acknowledged') as acknowledged,
         count(*) filter (where state = 'assigned') as assigned,
         min(appeared_at) as oldest, max(appeared_at) as newest, max(last_appearance) as place
       from alert_case where ${ASKED} group by cause) g
     left join alert_silence s on s.cause = g.cause and s.until > $7
     where ($8::boolean is null or (s.cause is not null) = $8) and ($9::bigint is null or (case when $11::boolean then cases else 0 end, place) < (case when $11::boolean then $10::bigint else 0 end, $9))
     order by case when $11::boolean then cases else 0 end desc, place desc limit $12`,
    [
      ...[...asked, now, query.silenced, query.after?.lastAppearance ?? null, query.after?.cases ?? null],
      ...[query.sort === 'cases', query.limit],
    ],
  );
  const causes = rows.map(({ cause }) => cause);
  const [parts, risks] = await Promise.all([partsOf(sql, asked, causes), moneyAtRisk(sql, causes)]);
  return rows.map((row) => groupOf(row, parts.get(row.cause) ?? [], risks.get(row.cause) ?? null));
}

interface Part {
  readonly cause: AlertCause;
  readonly kind: AnyAlertKind;
  readonly person: string | null;
  readonly cases: number;
}

async function partsOf(
  sql: Sql,
  asked: readonly unknown[],
  causes: readonly AlertCause[],
): Promise<Map<AlertCause, Part[]>> {
  const rows = await sql.rows<Part>(
    `select cause, kind, assigned_to as person, count(*) as cases from alert_case
     where cause = any($7::text[]) and ${ASKED} group by cause, kind, assigned_to`,
    [...asked, causes],
  );
  const parts = new Map<AlertCause, Part[]>(causes.map((cause) => [cause, []]));
  for (const row of rows) parts.get(row.cause)?.push(row);
  return parts;
}

function groupOf(row: GroupRow, parts: readonly Part[], atRisk: Amount | null): AlertGroup {
  const { cause, oldest, newest, place, until, at, who, why } = row;
  const states = { new: row.new, acknowledged: row.acknowledged, assigned: row.assigned };
  return {
    cause,
    ...subjectOf(cause),
    cases: states.new + states.acknowledged + states.assigned,
    states,
    kinds: counted(parts, ({ kind }) => kind).map(([kind, cases]) => ({ kind, cases })),
    assigned: counted(parts, ({ person }) => person).map(([person, cases]) => ({ person, cases })),
    oldest,
    newest,
    lastAppearance: place,
    atRisk,
    silence: until === null ? null : ({ until, at, who, why } satisfies Silence),
  };
}

/** The most first; what has no word is not counted. */
function counted<Word extends string>(parts: readonly Part[], wordOf: (part: Part) => Word | null): [Word, number][] {
  const counts = new Map<Word, number>();
  for (const part of parts) {
    const word = wordOf(part);
    if (word !== null) counts.set(word, (counts.get(word) ?? 0) + part.cases);
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
}

function subjectOf(cause: AlertCause): { readonly terminal: TerminalNumber | null; readonly medium: string | null } {
  const [word, name = ''] = cause.split(':');
  return word === 'terminal' ? { terminal: Number(name), medium: null } : { terminal: null, medium: name || null };
}

export async function casesOfCause(
  sql: Sql,
  cause: AlertCause,
  page: { readonly kind?: AnyAlertKind | undefined; readonly before?: number | undefined; readonly limit: number },
): Promise<AlertCase[]> {
  const rows = await sql.rows<CaseRow>(
    `select ${CASE} from alert_case where cause = $1 and ${OPEN} and ($2::text is null or kind = $2)
       and ($3::bigint is null or last_appearance < $3) order by last_appearance desc limit $4`,
    [cause, page.kind ?? null, page.before ?? null, page.limit],
  );
  return rows.map(caseOf);
}

interface OpenRow {
  readonly silenced: boolean;
  readonly new: number;
  readonly acknowledged: number;
  readonly assigned: number;
  readonly causes: number;
}

export async function openCasesOf(sql: Sql, now: Time): Promise<OpenCases> {
  const rows = await sql.rows<OpenRow>(
    `select s.cause is not null as silenced, count(*) as causes, coalesce(sum(g.new), 0)::bigint as new,
       coalesce(sum(g.acknowledged), 0)::bigint as acknowledged, coalesce(sum(g.assigned), 0)::bigint as assigned
     from (
       select cause, count(*) filter (where state = 'new') as new,
         count(*) filter (where state = 'acknowledged') as acknowledged,
         count(*) filter (where state = 'assigned') as assigned
       from alert_case where ${OPEN} group by cause) g
     left join alert_silence s on s.cause = g.cause and s.until > $1 group by 1`,
    [now],
  );
  const none = { new: 0, acknowledged: 0, assigned: 0, causes: 0 };
  const heard = rows.find(({ silenced }) => !silenced) ?? none;
  const silent = rows.find(({ silenced }) => silenced) ?? none;
  const { causes, new: fresh, acknowledged, assigned } = heard;
  return {
    cases: { new: fresh, acknowledged, assigned },
    causes,
    silenced: { cases: silent.new + silent.acknowledged + silent.assigned, causes: silent.causes },
  };
}
