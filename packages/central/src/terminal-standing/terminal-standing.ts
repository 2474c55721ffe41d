/** How the terminals do, from the registry, the journals' runs, what media show, and the lists that each holds. */
import type { Amount, Configuration, TerminalNumber, Time } from '@retap/model';
import { LIST_KINDS, type ListKind } from '@retap/protocol';
import type { Database, Sql } from '../database/database.ts';
import type { TerminalLists } from '../lists/port.ts';
import { listStatus } from '../lists/status.ts';
import { clockOffsetMax } from '../registry/clock.ts';
import { registeredTerminals } from '../registry/list.ts';
import type { RegisteredTerminal } from '../registry/port.ts';
import { isPhone } from '../registry/row.ts';
import { casesByTerminal, gapsByTerminal, missingRanges, owedByTerminal, owedOf, tornByTerminal } from './facts.ts';
import { pageOf } from './page.ts';
import { peerRates, rateAmong } from './peers.ts';
import {
  MISSING_RANGES_MAX,
  type OwedPage,
  type StandingFlag,
  type TerminalDetail,
  type TerminalStanding,
  type TerminalStandings,
} from './port.ts';

const DAY_MS = 86_400_000;
const ENDING_MS = 3 * DAY_MS;
/** After every time and medium. */
const LATEST = [2 ** 48, 2 ** 31 - 1] as const;

export function terminalStandingsOf(
  database: Database,
  { maxDelay }: Pick<Configuration, 'maxDelay'>,
  now: () => Time,
): TerminalStandings {
  return {
    async page(query) {
      const { fleet } = await fleetAt(database, null, now(), maxDelay);
      // Only who sorts by them needs all amounts: the others those of the page.
      if (query.sort === 'owed') return pageOf(await withGaps(database, fleet, null), query);
      const page = pageOf(fleet, query);
      return { ...page, terminals: await withGaps(database, page.terminals, page.terminals) };
    },
    async detail(terminal) {
      const { fleet, newest } = await fleetAt(database, terminal, now(), maxDelay);
      const [standing] = await withGaps(database, fleet, fleet);
      if (standing === undefined) return null;
      const missing = await missingRanges(database, terminal, MISSING_RANGES_MAX);
      return { standing, missing, newest };
    },
    owed: (terminal, { before, limit }) => owedPage(database, terminal, { before, limit }, now() - maxDelay),
  };
}

/** @param some null: all of them are asked for at once */
async function withGaps(
  sql: Sql,
  standings: readonly TerminalStanding[],
  some: readonly TerminalStanding[] | null,
): Promise<readonly TerminalStanding[]> {
  const asked = some?.filter(({ owed }) => owed.transactions > 0).map(({ terminal }) => terminal) ?? null;
  if (asked?.length === 0) return standings;
  const gaps = await gapsByTerminal(sql, asked);
  return standings.map((each) => ({ ...each, owed: { ...each.owed, amount: gaps.get(each.terminal) ?? NO_AMOUNT } }));
}

/** But for the gaps. @param terminal null: all. Of one alone its peers are counted none the less. */
async function fleetAt(
  sql: Sql,
  terminal: TerminalNumber | null,
  now: Time,
  maxDelay: number,
): Promise<{ readonly fleet: readonly TerminalStanding[]; readonly newest: TerminalDetail['newest'] }> {
  // Two at a time: six would keep those waiting for a connection who make batches durable.
  const terminalsAndOwed = async () => ({
    terminals: await registeredTerminals(sql, terminal),
    owed: await owedByTerminal(sql, now - maxDelay, terminal),
    cases: await casesByTerminal(sql, terminal),
  });
  const tornAndLists = async () => ({
    torn: await tornByTerminal(sql),
    status: await listStatus(sql),
    offsetMax: await clockOffsetMax(sql),
  });
  const [{ terminals, owed, cases }, { torn, status, offsetMax }] = await Promise.all([
    terminalsAndOwed(),
    tornAndLists(),
  ]);
  const lists = new Map(status.terminals.map((each) => [each.terminal, each]));
  const peers = peerRates(torn.values());
  const fleet = terminals.map((each): TerminalStanding => {
    const { terminal: number, name, role, state, seenAt, expiresAt, lastSerial, missing } = each;
    const { versions, behind } = lists.get(number) ?? NO_LISTS;
    const standing = {
      ...{ terminal: number, name, role, state, seenAt, expiresAt, lastSerial, missing, versions },
      offset: each.clock?.offset ?? each.clockOffset,
      owed: { ...(owed.get(number) ?? { transactions: 0, late: 0 }), amount: NO_AMOUNT },
      rate: rateAmong(peers, torn.get(number) ?? { role, unverified: 0, transactions: 0 }),
      // Of one that is out of service nobody expects that it fetches any.
      behind: state === 'active' ? behind : {},
      cases: cases.get(number) ?? 0,
    };
    return { ...standing, flags: flagsOf(each, standing, { now, offsetMax }) };
  });
  return { fleet, newest: byKind((kind) => status.newest[kind]?.version ?? null) };
}

const NO_AMOUNT = 0 as Amount;
const NO_LISTS: Pick<TerminalLists, 'versions' | 'behind'> = { versions: byKind(() => 0), behind: {} };

/** What is out of service is neither silent nor behind; what it owes, it owes. A phone is online when its owner likes. */
function flagsOf(
  { clock, clockOffset, issuedAt }: RegisteredTerminal,
  standing: Omit<TerminalStanding, 'flags'>,
  { now, offsetMax }: { readonly now: Time; readonly offsetMax: number },
): StandingFlag[] {
  const isActive = standing.state === 'active' && !isPhone(standing);
  const heardAt = standing.seenAt ?? issuedAt ?? now;
  const off = clock === null ? Math.abs(clockOffset ?? 0) : Math.abs(clock.offset) - clock.delay / 2;
  const holds: Readonly<Record<StandingFlag, boolean>> = {
    silent: isActive && heardAt < now - DAY_MS,
    owing: standing.owed.late > 0,
    missing: standing.missing > 0,
    unverified: standing.rate.isFar,
    clock: isActive && off > offsetMax,
    licence: isActive && (standing.expiresAt ?? 0) <= now + ENDING_MS,
    behind: Object.keys(standing.behind).length > 0,
    alerts: standing.cases > 0,
  };
  return (Object.keys(holds) as StandingFlag[]).filter((flag) => holds[flag]);
}

async function owedPage(
  sql: Sql,
  terminal: TerminalNumber,
  { before, limit }: { readonly before?: string | undefined; readonly limit: number },
  late: Time,
): Promise<OwedPage> {
  const place = before === undefined ? LATEST : placeIn(before);
  const rows = await owedOf(sql, terminal, place, limit);
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    owed: rows.map(({ medium, time, since, amount }) => ({ medium, time, late: since < late, amount })),
    next: last ? `${last.time}-${last.medium_id}` : null,
  };
}

/** @throws RangeError where it is not the `next` of a page */
function placeIn(before: string): [time: number, medium: number] {
  const [, time, medium] = /^(\d{1,15})-(\d{1,10})$/.exec(before) ?? [];
  if (time === undefined) throw new RangeError(`${before} is not the "next" of a page of what is owed`);
  return [Number(time), Number(medium)];
}

function byKind<Value>(of: (kind: ListKind) => Value): Record<ListKind, Value> {
  return Object.fromEntries(LIST_KINDS.map((kind) => [kind, of(kind)])) as Record<ListKind, Value>;
}
