/** Filters, sorts and pages the fleet: some thousands of rows, which are all read for the medians anyway. */
import type { TerminalState } from '../registry/port.ts';
import {
  STANDING_FLAGS,
  type StandingPage,
  type StandingQuery,
  type StandingSort,
  type TerminalStanding,
} from './port.ts';

type Value = number | string;

/** What is not known comes after all that is, in either direction. */
const VALUES: Readonly<Record<StandingSort, (standing: TerminalStanding) => Value | null>> = {
  terminal: ({ terminal }) => terminal,
  name: ({ name }) => name.toLowerCase(),
  seen: ({ seenAt }) => seenAt,
  offset: ({ offset }) => offset && Math.abs(offset),
  missing: ({ missing }) => missing,
  owed: ({ owed }) => owed.amount,
  rate: ({ rate }) => (rate.transactions === 0 ? null : rate.unverified / rate.transactions),
  licence: ({ expiresAt }) => expiresAt,
  behind: ({ behind }) => Object.values(behind).reduce((sum, { versions }) => sum + versions, 0),
  cases: ({ cases }) => cases,
};

interface Place {
  readonly value: Value | null;
  readonly terminal: number;
}

export function pageOf(fleet: readonly TerminalStanding[], query: StandingQuery): StandingPage {
  const { sort, descending, limit } = query;
  const placeOf = (standing: TerminalStanding): Place => ({
    value: VALUES[sort](standing),
    terminal: standing.terminal,
  });
  const found = fleet.filter((standing) => isAsked(standing, query));
  const inOrder = found
    .map((standing) => ({ standing, place: placeOf(standing) }))
    .sort((a, b) => byPlace(a.place, b.place, descending));
  const after = query.after === undefined ? null : placeIn(query.after);
  const rest = after === null ? inOrder : inOrder.filter(({ place }) => byPlace(place, after, descending) > 0);
  const shown = rest.slice(0, limit);
  const last = rest.length > limit ? shown.at(-1) : undefined;
  return {
    terminals: shown.map(({ standing }) => standing),
    next: last ? textOf(last.place) : null,
    found: found.length,
    flags: countsOf(STANDING_FLAGS, fleet, (standing) => standing.flags),
    states: countsOf(STATES, fleet, ({ state }) => [state]),
  };
}

const STATES: readonly TerminalState[] = ['invited', 'active', 'suspended', 'revoked'];

function isAsked(standing: TerminalStanding, { state, role, flag, text = '' }: StandingQuery): boolean {
  if (state !== undefined && standing.state !== state) return false;
  if (role !== undefined && standing.role !== role) return false;
  if (flag !== undefined && !standing.flags.includes(flag)) return false;
  const wanted = text.trim().toLowerCase();
  return standing.name.toLowerCase().includes(wanted) || String(standing.terminal).startsWith(wanted);
}

/** Those with the same value by number, in either direction. */
function byPlace(a: Place, b: Place, descending: boolean): number {
  if (a.value === b.value) return a.terminal - b.terminal;
  if (a.value === null) return 1;
  if (b.value === null) return -1;
  return a.value < b.value === descending ? 1 : -1;
}

const textOf = ({ value, terminal }: Place): string => JSON.stringify([value, terminal]);

/** @throws RangeError where it is not the `next` of a page: beginning anew instead would show the first page for ever */
function placeIn(text: string): Place {
  try {
    const [value, terminal] = JSON.parse(text) as unknown[];
    const isValue = value === null || typeof value === 'number' || typeof value === 'string';
    if (isValue && typeof terminal === 'number') return { value, terminal };
  } catch {
    // told below, as whatever else it is not
  }
  throw new RangeError(`${text} is not the "next" of a page of terminals`);
}

function countsOf<Word extends string>(
  words: readonly Word[],
  fleet: readonly TerminalStanding[],
  wordsOf: (standing: TerminalStanding) => readonly Word[],
): Record<Word, number> {
  const counts = Object.fromEntries(words.map((word) => [word, 0])) as Record<Word, number>;
  for (const standing of fleet) for (const word of wordsOf(standing)) counts[word] += 1;
  return counts;
}
