/** A list that the centre gives page by page: what stands is told once, whatever arrives meanwhile. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { ask } from '../ask.ts';
import { useSay } from '../words/language.tsx';
import { Fault } from './states.tsx';
import { WORDS } from './words.ts';

export interface Paged {
  /** Where the next page begins; null at the end. */
  readonly next: string | number | null;
}

/**
 * @param pathOf the question, with where the page before ended
 * @param isSteady what was shown stays until the answer to another question is there: nothing is lost from under a hand
 */
export function usePages<Page extends Paged>(
  key: readonly unknown[],
  pathOf: (before: string | null) => string,
  { isSteady = false }: { readonly isSteady?: boolean } = {},
) {
  return useInfiniteQuery({
    ...(isSteady && { placeholderData: keepPreviousData }),
    queryKey: key,
    queryFn: ({ pageParam, signal }) => ask<Page>(pathOf(pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }: Page) => (next === null ? undefined : String(next)),
  });
}

export function More({
  query,
  count,
}: {
  readonly query: Pick<
    ReturnType<typeof usePages>,
    'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage' | 'isFetchNextPageError' | 'error'
  >;
  readonly count: number;
}) {
  const say = useSay(WORDS);
  return (
    <div className="more">
      <span className="quiet" role="status">
        {query.hasNextPage ? say('shownSoFar', { count }) : say('all', { count })}
      </span>
      {query.hasNextPage && (
        <button type="button" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {query.isFetchingNextPage ? say('loading') : say('more')}
        </button>
      )}
      {query.isFetchNextPageError && <Fault error={query.error} />}
    </div>
  );
}

/** In place of rows that would push others away under the cursor. */
export function News({ count, show }: { readonly count: number; readonly show: () => void }) {
  const say = useSay(WORDS);
  return (
    <div role="status" className="news">
      {count > 0 && (
        <button type="button" onClick={show}>
          {say('news', { count })}
        </button>
      )}
    </div>
  );
}
