/** What is owed, and what happened day by day. */
import type { Liabilities } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../../ask.ts';
import { Answered } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { Days } from './days.tsx';
import { WORDS } from './words.ts';

export function Reports() {
  const say = useSay(WORDS);
  const query = useQuery({
    queryKey: ['liabilities'],
    queryFn: ({ signal }) => ask<Liabilities & { asOf: number }>('reports/liabilities', signal),
  });
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
      </div>
      <section aria-labelledby="liabilities">
        <h2 id="liabilities">{say('liabilities')}</h2>
        <Answered query={query}>{(answer) => <Owed answer={answer} />}</Answered>
      </section>
      <Days />
    </>
  );
}

const OLD_DAYS = 3;

function Owed({ answer }: { readonly answer: Liabilities & { readonly asOf: number } }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const { ages, synchronization, unopened } = answer;
  const old = sum(ages.filter(({ from }) => from >= OLD_DAYS).map(({ count }) => count));
  const countOf = (kind: string) => forms.number(synchronization.find((one) => one.kind === kind)?.count ?? 0);
  const tiles = [
    ['owed', forms.money(answer.owed), say('owedHint', { count: answer.media }), 'plain'],
    ['overdrawn', forms.money(answer.overdrawn), say('overdrawnHint'), answer.overdrawn < 0 ? 'wrong' : 'good'],
    [
      'doubt',
      forms.money(sum(ages.map(({ amount }) => amount))),
      say('doubtHint', { count: sum(ages.map(({ count }) => count)), old: forms.number(old) }),
      old > 0 ? 'doubt' : 'plain',
    ],
    [
      'unexplained',
      forms.change(sum(synchronization.map(({ amount }) => amount))),
      say('unexplainedHint', { gap: countOf('gap'), fork: countOf('fork'), mismatch: countOf('mismatch') }),
      synchronization.length > 0 ? 'doubt' : 'good',
    ],
    [
      'unopened',
      forms.money(unopened.amount),
      say('unopenedHint', { count: unopened.media }),
      unopened.media > 0 ? 'doubt' : 'good',
    ],
    [
      'pending',
      forms.number(answer.pendingValidations),
      say('pendingHint'),
      answer.pendingValidations > 0 ? 'doubt' : 'good',
    ],
  ] as const;
  return (
    <>
      <p className="quiet">{say('asOf', { moment: forms.momentText(answer.asOf) })}</p>
      <dl className="tiles six">
        {tiles.map(([name, value, hint, tone]) => (
          <div key={name} className={tone}>
            <dt>{say(name)}</dt>
            <dd>
              {value}
              <small>{hint}</small>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}
