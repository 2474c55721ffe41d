/** What terminals are told: a list at a time. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useAddress } from '../../address.ts';
import { ask } from '../../ask.ts';
import { useNews } from '../../live.tsx';
import { News } from '../../parts/pages.tsx';
import { Answered } from '../../parts/states.tsx';
import { useSay } from '../../words/language.tsx';
import { Difference } from './difference.tsx';
import { DryRunSection } from './dry-run.tsx';
import { History } from './history.tsx';
import { Standing } from './standing.tsx';
import { LIST_KINDS, type ListKind, type WorkingList } from './types.ts';
import { Versions } from './versions.tsx';
import { WORDS } from './words.ts';
import { Working } from './working.tsx';
import '../govern.css';

export function ListsPage() {
  const say = useSay(WORDS);
  const { search } = useAddress();
  const kind = LIST_KINDS.find((each) => each === search.list) ?? 'deny';
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('lead')}</p>
      <nav className="tabs" aria-label={say('lists')}>
        {LIST_KINDS.map((each) => (
          <Link
            key={each}
            to="/lists"
            search={{ list: each } as never}
            aria-current={each === kind ? 'page' : undefined}
          >
            {say(each)}
          </Link>
        ))}
      </nav>
      <Newer />
      <One key={kind} kind={kind} />
    </>
  );
}

/** A version was published, or a change approved, while one looks: shown when one asks for it. */
function Newer() {
  const queries = useQueryClient();
  const [count, seen] = useNews(['list.published', 'proposal.decided']);
  return (
    <News
      count={count}
      show={() => {
        seen();
        void queries.invalidateQueries({ queryKey: ['lists'] });
      }}
    />
  );
}

const LEADS = {
  deny: 'denyLead',
  actions: 'actionsLead',
  limits: 'limitsLead',
  tariff: 'tariffLead',
} as const satisfies Record<ListKind, string>;

function One({ kind }: { readonly kind: ListKind }) {
  const say = useSay(WORDS);
  const query = useQuery({
    queryKey: ['lists', kind, 'working'],
    queryFn: ({ signal }) => ask<WorkingList>(`lists/${kind}/working`, signal),
  });
  return (
    <>
      <h2>{say(kind)}</h2>
      <p className="quiet">{say(LEADS[kind])}</p>
      <Answered query={query}>
        {(list) => (
          <>
            <Standing list={list} />
            <Working list={list} />
          </>
        )}
      </Answered>
      {kind !== 'actions' && <DryRunSection kind={kind} />}
      <Versions kind={kind} />
      <Difference kind={kind} />
      <History kind={kind} />
    </>
  );
}
