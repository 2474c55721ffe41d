/** What is in doubt: how much of it, how old, and what would settle each. */
import type { Age, RecordLine, Settling, UnverifiedPage } from '@retap/central';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { FormEvent, ReactNode } from 'react';
import { useAddress } from '../../address.ts';
import { questionOf } from '../../ask.ts';
import { useLiveState } from '../../live.tsx';
import { TerminalLink } from '../../parts/links.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { useRecordColumns } from '../../parts/record.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { filled } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useLanguage, useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

type Row = UnverifiedPage['records'][number];

export function Unverified() {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const { age, terminal } = search;
  const query = usePages<UnverifiedPage & { readonly asOf: number }>(
    ['unverified', age, terminal],
    (before) => `unverified${questionOf({ age, terminal, before })}`,
  );
  const columns = useColumns();
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
      </div>
      <p className="quiet">{say('lead')}</p>
      <Answered query={query}>
        {({ pages }) => {
          const rows = pages.flatMap(({ records }) => records);
          return (
            <>
              <Ages ages={pages[0]?.ages ?? []} chosen={age} />
              <Moved page={pages[0]} />
              <TerminalFilter terminal={terminal} isFiltered={age !== undefined || terminal !== undefined} />
              <List
                caption={say('caption')}
                columns={columns}
                rows={rows}
                rowKey={({ line }) => `${line.terminal}-${line.serial}`}
                empty={
                  <Empty title={say(age || terminal ? 'emptyAge' : 'empty')}>
                    {age || terminal ? null : say('emptyHint')}
                  </Empty>
                }
              />
              <More query={query} count={rows.length} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

/** What is in doubt changes with every batch: told, and shown when the reader wishes. */
function Moved({ page }: { readonly page: (UnverifiedPage & { readonly asOf: number }) | undefined }) {
  const say = useSay(WORDS);
  const { momentText } = useForms();
  const { totals } = useLiveState();
  const queries = useQueryClient();
  if (!page) return null;
  const shown = page.ages.reduce((sum, { count }) => sum + count, 0);
  const isMoved = totals !== null && totals.inDoubt !== shown;
  return (
    <div className="news" role="status">
      <span className="quiet">{say('asOf', { moment: momentText(page.asOf) })}</span>{' '}
      {isMoved && (
        <button type="button" onClick={() => void queries.resetQueries({ queryKey: ['unverified'] })}>
          {say('moved', { count: totals.inDoubt })}
        </button>
      )}
    </div>
  );
}

/** Table 2 of the paper, as of now. */
function Ages({ ages, chosen }: { readonly ages: readonly Age[]; readonly chosen: string | undefined }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const total = ages.reduce((sum, { count }) => sum + count, 0);
  const amount = ages.reduce((sum, each) => sum + each.amount, 0);
  const line = (
    key: string,
    name: string,
    { count, amount }: Pick<Age, 'count' | 'amount'>,
    age: string | undefined,
  ) => (
    <tr key={key}>
      <th scope="row">
        <Link to="." search={((before: object) => ({ ...before, age })) as never} aria-current={chosen === age}>
          {name}
        </Link>
        {chosen === age && (
          <>
            {' '}
            <span className="quiet">← {say('shown')}</span>
          </>
        )}
      </th>
      <td className="number">{forms.number(count)}</td>
      <td className="number">{forms.money(amount)}</td>
      <td>
        <span className="bar-track" aria-hidden="true">
          <span className="bar-fill" style={{ inlineSize: `${total === 0 ? 0 : (100 * count) / total}%` }} />
        </span>
        {total === 0 ? '–' : forms.share(count / total)}
      </td>
    </tr>
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (axe: scrollable-region-focusable)
    <section className="card ages scroll" tabIndex={0} aria-label={say('ages')}>
      <table>
        <caption>{say('ages')}</caption>
        <thead>
          <tr>
            <th scope="col">{say('age')}</th>
            <th scope="col" className="number">
              {say('count')}
            </th>
            <th scope="col" className="number">
              {say('money')}
            </th>
            <th scope="col">{say('share')}</th>
          </tr>
        </thead>
        <tbody>
          {ages.map((each) =>
            line(
              String(each.from),
              each.to === null
                ? say('ageFrom', { from: each.from })
                : say('ageFromTo', { from: each.from, to: each.to }),
              each,
              String(each.from),
            ),
          )}
          {line('all', say('all'), { count: total, amount }, undefined)}
        </tbody>
      </table>
    </section>
  );
}

function TerminalFilter({
  terminal,
  isFiltered,
}: {
  readonly terminal: string | undefined;
  readonly isFiltered: boolean;
}) {
  const say = useSay(WORDS);
  const { set } = useAddress();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    set({ terminal: String(new FormData(event.currentTarget).get('terminal') ?? '').trim() });
  };
  return (
    <form key={terminal} className="filters" onSubmit={submit}>
      <label>
        {say('terminal')}
        <input name="terminal" inputMode="numeric" pattern="[0-9]*" size={6} defaultValue={terminal ?? ''} />
      </label>
      <button type="submit">{say('apply')}</button>
      {isFiltered && (
        <button type="button" onClick={() => set({ terminal: null, age: null })}>
          {say('reset')}
        </button>
      )}
    </form>
  );
}

function useColumns(): readonly Column<Row>[] {
  const say = useSay(WORDS);
  const shown = ['record', 'medium', 'terminal', 'type', 'time', 'amount'];
  const ofRecord = useRecordColumns().filter(({ id }) => shown.includes(id));
  return [
    ...ofRecord.map(({ cell, sort, isHidden: _shown, ...column }) => ({
      ...column,
      cell: ({ line }: Row) => cell(line),
      ...(sort && { sort: ({ line }: { line: RecordLine }) => sort(line) }),
    })),
    {
      id: 'settledBy',
      name: say('settledBy'),
      cell: ({ settledBy }) => (
        <ul className="plain-list wide">
          {settledBy.map((one) => (
            <li key={JSON.stringify(one)}>
              <SettledBy one={one} />
            </li>
          ))}
        </ul>
      ),
    },
  ];
}

function SettledBy({ one }: { readonly one: Settling }) {
  const { language } = useLanguage();
  const { moment } = useForms();
  const words = WORDS[language];
  const terminal: ReactNode = 'terminal' in one ? <TerminalLink terminal={one.terminal} /> : null;
  if (one.by === 'own-terminal') {
    return filled(words[one.to === null ? 'own-terminal' : 'own-terminal-gap'], {
      terminal,
      from: one.from,
      to: one.to,
    });
  }
  return filled(words[one.by], { terminal, time: 'time' in one ? moment(one.time) : null });
}
