/** What a list of records is narrowed by, as it stands in the address and in the question. */
import type { Search } from '../../address.ts';

export const FILTERS = [
  ...(['status', 'type', 'terminal', 'medium', 'fromDay', 'toDay', 'from', 'until', 'amountMin', 'amountMax'] as const),
];
export type Filters = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

/** What was typed says more than the address beside it. @param typed a question, as the search answers it */
export function filtersOf(search: Search, typed: string): Filters {
  const said = new URLSearchParams(typed);
  return Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = said.get(name) ?? search[name];
      return value ? [[name, value]] : [];
    }),
  );
}
