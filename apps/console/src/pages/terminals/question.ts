/** What is asked of the fleet, as it stands in the address. */
import type { Search } from '../../address.ts';
import { questionOf } from '../../ask.ts';

const FILTERS = ['text', 'state', 'role', 'flag'] as const;

export const isFiltered = (search: Search): boolean => FILTERS.some((name) => search[name] !== undefined);
export const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, null]));

/** `sort=-owed`: the most first. */
export function standingQuestion(search: Search, after: string | null): string {
  const { text, state, role, flag, sort = 'terminal' } = search;
  const isDown = sort.startsWith('-');
  const order = isDown ? 'down' : 'up';
  const asked = { text, state, role, flag, sort: isDown ? sort.slice(1) : sort, order, after, limit: 100 };
  return `terminals/standing${questionOf(asked)}`;
}
