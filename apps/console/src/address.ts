/** The address: filters, sort and columns stand in it, so that a link reproduces what one sees. */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Search = Readonly<Record<string, string>>;

export interface Address {
  readonly search: Search;
  /** Sets some, and takes away those that are empty. `replace`: Back does not lead to what was before. */
  set(changes: Readonly<Record<string, string | null>>, options?: { readonly replace?: boolean }): void;
}

export function useAddress(): Address {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback<Address['set']>(
    (changes, { replace = false } = {}) => {
      void navigate({
        to: '.',
        search: ((before: Search) => cleaned({ ...before, ...changes })) as never,
        replace,
        resetScroll: false,
      });
    },
    [navigate],
  );
  return { search, set };
}

function cleaned(values: Readonly<Record<string, string | null>>): Search {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== '')) as Search;
}

/** Values as they are, not as JSON: `?terminal=17`, which people write by hand. */
export const parseSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text));

export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
