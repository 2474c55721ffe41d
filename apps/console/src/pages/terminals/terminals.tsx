/** The fleet: what is wrong with which terminal, what each owes, and which stands out. */
import type { StandingPage, TerminalStanding } from '@retap/central';
import { useQueryClient } from '@tanstack/react-query';
import { useAddress } from '../../address.ts';
import { useNews } from '../../live.tsx';
import { TerminalLink } from '../../parts/links.tsx';
import { type Column, List } from '../../parts/list.tsx';
import { More, News, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useMay, useSession } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { Enrol } from './enrol.tsx';
import { Filters } from './filters.tsx';
import { isFiltered, standingQuestion } from './question.ts';
import { Flags, Offset, Rate, Seen, StateBadge } from './standing.tsx';
import './terminals.css';
import { WORDS } from './words.ts';

const TOLD = [
  ...(['terminal.invited', 'terminal.enrolled', 'terminal.key-replaced', 'terminal.suspended'] as const),
  ...(['terminal.resumed', 'terminal.revoked', 'terminal.renewed', 'terminal.seen-first'] as const),
];

export function Terminals() {
  const say = useSay(WORDS);
  const may = useMay();
  const { search } = useAddress();
  const queries = useQueryClient();
  const [news, seen] = useNews(TOLD);
  const question = standingQuestion(search, null);
  const query = usePages<StandingPage>(['terminals', question], (after) => standingQuestion(search, after), {
    isSteady: true,
  });
  const refresh = () => {
    seen();
    void queries.invalidateQueries({ queryKey: ['terminals'] });
  };
  return (
    <>
      <h1>{say('title')}</h1>
      {may('manage-terminals') && <Enrol onDone={refresh} />}
      <Answered query={query}>
        {({ pages }) => (
          <>
            <Filters fleet={pages[0] as StandingPage} />
            <News count={news} show={refresh} />
            <Fleet pages={pages} />
            <More query={query} count={pages.reduce((sum, page) => sum + page.terminals.length, 0)} />
          </>
        )}
      </Answered>
    </>
  );
}

/** In the order in which the centre gave them: it sorts. */
const AS_GIVEN = () => 0;

function Fleet({ pages }: { readonly pages: readonly StandingPage[] }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { search } = useAddress();
  const { open } = useSession();
  const [first] = pages as [StandingPage];
  const all = Object.values(first.states).reduce((sum, count) => sum + count, 0);
  const sort = AS_GIVEN;
  const columns: Column<TerminalStanding>[] = [
    {
      ...{ id: 'terminal', name: say('number'), sort, isNumber: true },
      cell: ({ terminal }) => <TerminalLink terminal={terminal} />,
    },
    {
      ...{ id: 'name', name: say('name'), sort },
      cell: ({ terminal, name }) => <TerminalLink terminal={terminal}>{name || String(terminal)}</TerminalLink>,
    },
    { id: 'role', name: say('role'), cell: ({ role }) => say(role), isHidden: true },
    { id: 'state', name: say('state'), cell: ({ state }) => <StateBadge state={state} /> },
    { id: 'wrong', name: say('wrong'), cell: ({ flags }) => <Flags flags={flags} />, isWide: true },
    { id: 'seen', name: say('seen'), sort, cell: ({ seenAt }) => <Seen at={seenAt} /> },
    { id: 'offset', name: say('offset'), sort, cell: (each) => <Offset {...each} />, isNumber: true, isHidden: true },
    {
      ...{ id: 'missing', name: say('missingCount'), sort, isNumber: true },
      cell: ({ missing }) => forms.number(missing),
    },
    {
      ...{ id: 'owed', name: say('owes'), sort, isNumber: true },
      cell: ({ owed }) =>
        owed.transactions === 0 ? (
          <span className="quiet">{say('owesCount', { count: 0 })}</span>
        ) : (
          <>
            {forms.money(owed.amount)}{' '}
            <small className="quiet" title={say('owesCount', { count: owed.transactions })}>
              ({forms.number(owed.transactions)})
            </small>
          </>
        ),
    },
    { id: 'rate', name: say('rate'), sort, cell: (each) => <Rate {...each} />, isNumber: true },
    {
      ...{ id: 'licence', name: say('until'), sort, isHidden: true },
      cell: ({ expiresAt }) => (expiresAt === null ? '–' : forms.day(expiresAt)),
    },
    {
      ...{ id: 'behind', name: say('behindCount'), sort, isNumber: true, isHidden: true },
      cell: ({ behind }) => forms.number(Object.values(behind).reduce((sum, { versions }) => sum + versions, 0)),
    },
    { id: 'cases', name: say('cases'), sort, cell: ({ cases }) => forms.number(cases), isNumber: true, isHidden: true },
  ];
  const empty = isFiltered(search) ? (
    <Empty title={say('none')}>{say('noneLead')}</Empty>
  ) : (
    <Empty title={say('nobody')}>{say(open ? 'nobodyOpen' : 'nobodyLead')}</Empty>
  );
  return (
    <List
      {...{ columns, empty, caption: say('caption', { found: first.found, all }) }}
      rows={pages.flatMap((page) => page.terminals)}
      rowKey={({ terminal }) => String(terminal)}
    />
  );
}
