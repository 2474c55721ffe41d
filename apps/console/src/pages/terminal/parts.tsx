/** What a terminal owes, what is missing of its journal, which lists it holds, what was done to it. */
import type { OwedPage, OwedTransaction, TerminalDetail, TerminalStanding } from '@retap/central';
import { Badge } from '../../parts/badge.tsx';
import { MediumLink } from '../../parts/links.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { filled } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import type { Registered } from './types.ts';
import { WORDS } from './words.ts';

export function Owed({ standing: { terminal, owed } }: { readonly standing: TerminalStanding }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const query = usePages<OwedPage>(['terminals', terminal, 'owed'], (before) => {
    return `terminals/${terminal}/owed?limit=50${before ? `&before=${before}` : ''}`;
  });
  const columns: Column<OwedTransaction>[] = [
    { id: 'medium', name: say('medium'), cell: ({ medium }) => <MediumLink medium={medium} /> },
    { id: 'time', name: say('time'), cell: ({ time }) => forms.moment(time) },
    {
      ...{ id: 'state', name: say('state') },
      cell: ({ late }) => <Badge tone={late ? 'wrong' : 'plain'}>{say(late ? 'late' : 'notLate')}</Badge>,
    },
    {
      ...{ id: 'gap', name: say('gap'), isNumber: true },
      cell: ({ amount }) => (amount === null ? '–' : forms.change(amount)),
    },
  ];
  const { transactions: count, late, amount } = owed;
  const caption = say('owesCaption', { count, late, amount: forms.money(amount) });
  const empty = <Empty title={say('owesNothing')}>{say('owesNothingLead')}</Empty>;
  return (
    <section className="card" aria-labelledby="owes">
      <h2 id="owes">{say('owes')}</h2>
      {count > 0 && <p className="quiet">{say('owesLead')}</p>}
      <Answered query={query}>
        {({ pages }) => (
          <>
            <List
              {...{ columns, caption, empty, rows: pages.flatMap((page) => page.owed), prefix: 'owed-' }}
              rowKey={({ medium, time }) => `${medium} ${time}`}
            />
            {count > 0 && <More query={query} count={pages.reduce((sum, page) => sum + page.owed.length, 0)} />}
          </>
        )}
      </Answered>
    </section>
  );
}

export function Missing({ detail: { standing, missing } }: { readonly detail: TerminalDetail }) {
  const say = useSay(WORDS);
  const { number } = useForms();
  const { lastSerial, missing: count } = standing;
  return (
    <section className="card" aria-labelledby="missing">
      <h2 id="missing">{say('missing')}</h2>
      <p>{lastSerial === null ? say('nothingSent') : say('missingLead', { count, last: number(lastSerial) })}</p>
      {missing.length > 0 && (
        <ul className="ranges">
          {missing.map(([from, to]) => (
            <li key={from}>
              <code>{from === to ? from : `${from}–${to}`}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const KINDS = ['deny', 'actions', 'limits', 'tariff'] as const;

export function Lists({ detail: { standing, newest } }: { readonly detail: TerminalDetail }) {
  const say = useSay(WORDS);
  const { momentText } = useForms();
  const { versions, behind } = standing;
  return (
    <section className="card" aria-labelledby="lists">
      <h2 id="lists">{say('lists')}</h2>
      <table>
        <caption>{say('listsCaption')}</caption>
        <thead>
          <tr>
            {(['list', 'holds', 'newest', 'standing'] as const).map((name) => (
              <th key={name} scope="col">
                {say(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {KINDS.map((kind) => (
            <tr key={kind}>
              <th scope="row">{say(kind)}</th>
              <td>{versions[kind] || say('noVersion')}</td>
              <td>{newest[kind] ?? '–'}</td>
              <td className="wide">
                {behind[kind] ? (
                  <span className="doubt-text">
                    ◆ {say('behindSince', { count: behind[kind].versions, since: momentText(behind[kind].since) })}
                  </span>
                ) : (
                  newest[kind] !== null && versions[kind] === newest[kind] && say('upToDate')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function History({ of: { history } }: { readonly of: Registered }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const kept = { time: '{time}', who: '{who}', what: '{what}', why: '{why}' };
  return (
    <section className="card" aria-labelledby="history">
      <h2 id="history">{say('history')}</h2>
      <ol className="history" reversed>
        {history
          .map(({ at, who, what, why }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a history is only added to
            <li key={index}>
              {filled(say('historyLine', kept), { time: forms.moment(at), who, what: say(`what-${what}`), why })}
            </li>
          ))
          .toReversed()}
      </ol>
    </section>
  );
}
