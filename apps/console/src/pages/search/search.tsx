/** Records as they are looked for: by what was typed, or by filters; both stand in the address. */
import type { RecordPage } from '@retap/central';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useRef } from 'react';
import { useAddress } from '../../address.ts';
import { ask, questionOf } from '../../ask.ts';
import { type Hit, useHitText, wayTo } from '../../layout/hits.ts';
import { useLiveState } from '../../live.tsx';
import { List } from '../../parts/list.tsx';
import { More, News, usePages } from '../../parts/pages.tsx';
import { useRecordColumns } from '../../parts/record.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { FilterForm } from './filter-form.tsx';
import { type Filters, filtersOf } from './filters.ts';
import { WORDS } from './words.ts';

interface Found {
  readonly hits: readonly Hit[];
  readonly notUnderstood: readonly string[];
}

export function Search() {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const text = search.q ?? '';
  const query = useQuery({
    queryKey: ['search', text],
    queryFn: ({ signal }) => ask<Found>(`search${questionOf({ q: text })}`, signal),
    enabled: text !== '',
  });
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
      </div>
      {text === '' ? (
        <Listed filters={filtersOf(search, '')} />
      ) : (
        <Answered query={query}>{(found) => <Typed key={text} text={text} found={found} />}</Answered>
      )}
    </>
  );
}

/** What was found under the text, and the records that it asks for. */
function Typed({ text, found }: { readonly text: string; readonly found: Found }) {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const hitText = useHitText();
  const things = found.hits.filter(({ kind }) => kind !== 'records');
  const asked = found.hits.find((hit) => hit.kind === 'records');
  return (
    <>
      {found.notUnderstood.length > 0 && (
        <p className="doubt-text" role="status">
          {say('notUnderstood', { words: found.notUnderstood.join(' ') })}
        </p>
      )}
      {things.length > 0 && (
        <section className="card" aria-labelledby="found">
          <h2 id="found">{say('found', { text })}</h2>
          <ul className="plain-list">
            {things.map((hit) => (
              <li key={wayTo(hit)}>
                <Link to={wayTo(hit).split('?')[0] as string} search={searchIn(wayTo(hit)) as never}>
                  {hitText(hit)}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {asked && <Listed filters={filtersOf(search, asked.search)} />}
      {!asked && things.length === 0 && <Empty title={say('nothing', { text })}>{say('nothingHint')}</Empty>}
    </>
  );
}

const searchIn = (way: string): object => Object.fromEntries(new URL(way, 'http://here').searchParams);

/** Rows a page. */
const PAGE = 50;

function Listed({ filters }: { readonly filters: Filters }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const columns = useRecordColumns();
  const query = usePages<RecordPage>(
    ['records', filters],
    (before) => `records${questionOf({ ...filters, before, limit: PAGE })}`,
  );
  const isAll = Object.keys(filters).length === 0;
  return (
    <>
      <FilterForm filters={filters} />
      <Arrivals isShown={isAll} />
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ records }) => records);
          const examined = pages.reduce((sum, page) => sum + page.examined, 0);
          const last = pages.findLast(({ reachedTo }) => reachedTo !== null)?.reachedTo;
          // Where it is not filled by what was asked for, how far it was looked tells what to think of it.
          const isShort = query.hasNextPage && (pages.at(-1)?.records.length ?? 0) < PAGE;
          const emptyTitle = query.hasNextPage ? 'emptySoFar' : isAll ? 'noneYet' : 'empty';
          return (
            <>
              <List
                caption={say('caption', { order: pages[0]?.order ?? 'receipt' })}
                columns={columns}
                rows={rows}
                rowKey={({ terminal, serial }) => `${terminal}-${serial}`}
                empty={<Empty title={say(emptyTitle)}>{say(isAll ? 'noneYetHint' : 'emptyHint')}</Empty>}
              />
              <More query={query} count={rows.length} />
              {isShort && last && (
                <p className="hint">{say('reached', { count: examined, moment: forms.momentText(last.time) })}</p>
              )}
            </>
          );
        }}
      </Answered>
    </>
  );
}

/** How many records have arrived since the list was asked for: shown only when the reader wishes. */
function Arrivals({ isShown }: { readonly isShown: boolean }) {
  const { totals } = useLiveState();
  const queries = useQueryClient();
  const asked = useRef<number | null>(null);
  if (totals && asked.current === null) asked.current = totals.records;
  if (!isShown) return null;
  const show = () => {
    asked.current = totals?.records ?? null;
    void queries.resetQueries({ queryKey: ['records'] });
  };
  return <News count={(totals?.records ?? 0) - (asked.current ?? 0)} show={show} />;
}
