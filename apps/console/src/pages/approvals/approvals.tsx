/** What waits for a second person, and what came of what did. */
import type { Proposal, ProposalState } from '@retap/central';
import { useQueryClient } from '@tanstack/react-query';
import { useAddress } from '../../address.ts';
import { questionOf } from '../../ask.ts';
import { useNews } from '../../live.tsx';
import { More, News, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useSay } from '../../words/language.tsx';
import { ProposalCard } from './proposal-card.tsx';
import { WORDS } from './words.ts';
import '../govern.css';

const STATES: readonly ProposalState[] = ['proposed', 'approved', 'rejected', 'withdrawn', 'expired'];
const PAGE = 20;

interface ProposalPage {
  readonly proposals: readonly Proposal[];
  readonly next: number | null;
}

export function Approvals() {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const queries = useQueryClient();
  const [news, seen] = useNews(['proposal.made', 'proposal.decided']);
  // Without a word in the address: what waits. That is what one comes for.
  const state = search.state ?? 'proposed';
  const query = usePages<ProposalPage>(['proposals', state], (before) => {
    return `proposals${questionOf({ state: state === 'all' ? null : state, before, limit: PAGE })}`;
  });
  const again = () => queries.invalidateQueries({ queryKey: ['proposals'] });
  return (
    <>
      <h1>{say('title')}</h1>
      <p className="quiet">{say('lead')}</p>
      <div className="filters">
        <label>
          {say('state')}
          <select value={state} onChange={({ target }) => set({ state: target.value })}>
            {STATES.map((each) => (
              <option key={each} value={each}>
                {say(each)}
              </option>
            ))}
            <option value="all">{say('all')}</option>
          </select>
        </label>
      </div>
      <News
        count={news}
        show={() => {
          seen();
          void again();
        }}
      />
      <Answered query={query}>
        {({ pages }) => {
          const proposals = pages.flatMap((page) => page.proposals);
          if (proposals.length === 0) return <Nothing state={state} />;
          return (
            <>
              <ul className="cards" aria-label={say('list')}>
                {proposals.map((proposal) => (
                  <li key={proposal.id}>
                    <ProposalCard
                      proposal={proposal}
                      decided={() => {
                        seen();
                        void again();
                      }}
                    />
                  </li>
                ))}
              </ul>
              <More query={query} count={proposals.length} />
            </>
          );
        }}
      </Answered>
    </>
  );
}

function Nothing({ state }: { readonly state: string }) {
  const say = useSay(WORDS);
  if (state === 'proposed' || state === 'all') {
    return <Empty title={say('nothingWaits')}>{say('nothingWaitsLead')}</Empty>;
  }
  const known = STATES.find((each) => each === state);
  return <Empty title={say('nothing', { state: known ? say(known) : state })}>{say('nothingLead')}</Empty>;
}
