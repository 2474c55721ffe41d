/** Figures by day: filters and what is summed by stand in the address, and the CSV is of exactly that. */
import type { DayLine } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import type { FormEvent } from 'react';
import { useAddress } from '../../address.ts';
import { ask, questionOf } from '../../ask.ts';
import { TerminalLink } from '../../parts/links.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { useTypeText } from '../../parts/record.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useSettings } from '../../settings.ts';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { dayBefore, RANGES, rangeOf } from './ranges.ts';
import { WORDS } from './words.ts';

type Line = Omit<DayLine, 'day'> & { readonly day: string };

interface Answer {
  readonly timeZone: string;
  readonly dayStart: string;
  readonly from: string;
  readonly to: string;
  readonly lines: readonly Line[];
  readonly isCut: boolean;
}

const PARTS = ['terminal', 'type', 'product'] as const;
const TYPES = ['open', 'refill', 'debit', 'purchase', 'validation'] as const;

export function Days() {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const { from, to, terminal, type, product, by = 'type' } = search;
  const question = questionOf({ from, to, terminal, type, product, by });
  const query = useQuery({
    queryKey: ['days', question],
    queryFn: ({ signal }) => ask<Answer>(`reports/days${question}`, signal),
  });
  return (
    <section aria-labelledby="days">
      <h2 id="days">{say('days')}</h2>
      <Filter shown={query.data} />
      <Answered query={query}>
        {(answer) => (
          <>
            <p className="quiet">{say('daysHint', { dayStart: answer.dayStart, timeZone: answer.timeZone })}</p>
            <Table answer={answer} parts={PARTS.filter((part) => by.split(',').includes(part))} />
            {answer.isCut && (
              <p className="doubt-text" role="status">
                {say('cut')}
              </p>
            )}
          </>
        )}
      </Answered>
    </section>
  );
}

function Filter({ shown }: { readonly shown: Answer | undefined }) {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const { types } = useCentreWords();
  const by = (search.by ?? 'type').split(',');
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? '').trim();
    const names = ['from', 'to', 'terminal', 'type', 'product'];
    const parts = PARTS.filter((part) => form.has(`by-${part}`));
    set({ ...Object.fromEntries(names.map((name) => [name, text(name)])), by: ['day', ...parts].join(',') });
  };
  const { from, to, terminal, type, product } = search;
  const table = questionOf({
    from: from ?? shown?.from,
    to: to ?? shown?.to,
    terminal,
    type,
    product,
    by: by.join(','),
  });
  return (
    <form key={JSON.stringify([search, shown?.from])} className="filters" onSubmit={submit} noValidate>
      <label>
        {say('from')}
        <input name="from" type="date" defaultValue={from ?? shown?.from ?? ''} />
      </label>
      <label>
        {say('to')}
        <input name="to" type="date" defaultValue={to ?? shown?.to ?? ''} />
      </label>
      <label>
        {say('terminal')}
        <input name="terminal" inputMode="numeric" size={6} defaultValue={terminal ?? ''} />
      </label>
      <label>
        {say('type')}
        <select name="type" defaultValue={type ?? ''}>
          <option value="">{say('any')}</option>
          {TYPES.map((each) => (
            <option key={each} value={each}>
              {types[each]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say('product')}
        <input name="product" size={10} spellCheck={false} defaultValue={product ?? ''} />
      </label>
      <fieldset className="by">
        <legend>{say('by')}</legend>
        {PARTS.map((part) => (
          <label key={part} className="choice">
            <input type="checkbox" name={`by-${part}`} defaultChecked={by.includes(part)} />
            {say(part)}
          </label>
        ))}
      </fieldset>
      <button type="submit" className="main">
        {say('apply')}
      </button>
      <Ranges />
      <a className="step" href={`/reports/days.csv${table}`} download title={say('csvHint')}>
        {say('csv')}
      </a>
    </form>
  );
}

/** Ways to the days that finance asks for each month. */
function Ranges() {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const { timeZone, dayStart } = useSettings();
  const yesterday = dayBefore(Date.now(), timeZone, dayStart);
  return (
    <span className="buttons ranges">
      {RANGES.map((name) => {
        const { from, to } = rangeOf(name, yesterday);
        const isShown = search.from === from && search.to === to;
        return (
          <button key={name} type="button" aria-pressed={isShown} onClick={() => set({ from, to })}>
            {say(name)}
          </button>
        );
      })}
    </span>
  );
}

function Table({ answer, parts }: { readonly answer: Answer; readonly parts: readonly (typeof PARTS)[number][] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const typeText = useTypeText();
  const sum = (of: (line: Line) => number) => answer.lines.reduce((total, line) => total + of(line), 0);
  const columns: readonly Column<Line>[] = [
    { id: 'day', name: say('day'), cell: ({ day }) => day, sort: ({ day }) => day },
    ...parts.map(
      (part): Column<Line> => ({
        id: part,
        name: say(part),
        sort: (line) => line[part],
        cell: ({ terminal, type, product }) => {
          if (part === 'terminal') return terminal === null ? '–' : <TerminalLink terminal={terminal} />;
          return part === 'type' ? typeText(type ?? '') : (product ?? '–');
        },
      }),
    ),
    {
      ...{ id: 'count', name: say('count'), isNumber: true, sort: ({ count }) => count },
      cell: ({ count }) => forms.number(count),
    },
    {
      ...{ id: 'amount', name: say('amount'), isNumber: true, sort: ({ amount }) => amount },
      cell: ({ amount }) => forms.change(amount),
    },
    {
      ...{ id: 'inDoubt', name: say('inDoubt'), isNumber: true, sort: ({ inDoubt }) => inDoubt },
      cell: ({ inDoubt }) => (inDoubt === 0 ? <span className="quiet">0</span> : forms.number(inDoubt)),
    },
    {
      ...{ id: 'inDoubtAmount', name: say('inDoubtAmount'), isNumber: true, sort: ({ inDoubtAmount: a }) => a },
      cell: ({ inDoubtAmount: amount }) => (amount === 0 ? <span className="quiet">–</span> : forms.change(amount)),
    },
  ];
  return (
    <>
      <List
        caption={say('caption', { from: answer.from, to: answer.to })}
        columns={columns}
        rows={answer.lines}
        rowKey={({ day, terminal, type, product }) => [day, terminal, type, product].join(' ')}
        empty={<Empty title={say('empty')}>{say('emptyHint')}</Empty>}
      />
      {answer.lines.length > 0 && (
        <dl className="facts sums" aria-label={say('total')}>
          <div>
            <dt>{say('total')}</dt>
            <dd>{forms.number(sum(({ count }) => count))}</dd>
          </div>
          <div>
            <dt>{say('amount')}</dt>
            <dd>{forms.change(sum(({ amount }) => amount))}</dd>
          </div>
          <div>
            <dt>{say('inDoubt')}</dt>
            <dd>{forms.number(sum(({ inDoubt }) => inDoubt))}</dd>
          </div>
          <div>
            <dt>{say('inDoubtAmount')}</dt>
            <dd>{forms.change(sum(({ inDoubtAmount }) => inDoubtAmount))}</dd>
          </div>
        </dl>
      )}
    </>
  );
}
