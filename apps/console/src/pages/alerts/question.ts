/** What is asked for, as it stands in the address. */
import type { Search } from '../../address.ts';
import { questionOf } from '../../ask.ts';

export const VIEWS = ['open', 'silenced', 'closed'] as const;
export type View = (typeof VIEWS)[number];

export const viewOf = ({ view }: Search): View => VIEWS.find((each) => each === view) ?? 'open';

const FILTERS = ['kind', 'state', 'terminal', 'medium', 'assigned'] as const;

export const isFiltered = (search: Search): boolean => FILTERS.some((name) => search[name] !== undefined);

/** Whether only some cases of a cause may be shown: what is done together would be done to others, too. */
export const showsSome = (search: Search): boolean =>
  search.state !== undefined || search.medium !== undefined || search.assigned !== undefined;

/** With every filter away. */
export const NO_FILTERS = Object.fromEntries(FILTERS.map((name) => [name, null]));

export function groupsQuestion(search: Search, before: string | null): string {
  const { kind, state, terminal, medium, assigned, sort = 'cases' } = search;
  const silenced = viewOf(search) === 'silenced' ? 'yes' : 'no';
  return `alerts/groups${questionOf({ kind, state, terminal, medium, assigned, silenced, sort, before, limit: 30 })}`;
}

export function closedQuestion(search: Search, before: string | null): string {
  const { kind, terminal, medium, assigned } = search;
  const state = search.state ?? 'resolved,cured';
  return `alert-cases${questionOf({ state, kind, terminal, medium, assigned, before, limit: 50 })}`;
}

export const groupPath = (cause: string): string => `alerts/groups/${encodeURIComponent(cause)}`;
