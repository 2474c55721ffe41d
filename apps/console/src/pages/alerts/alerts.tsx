/** What is wrong, by what it comes of, and what is being done about it. */
import type { AlertGroup, OpenCases, Took, WorkTimes } from '@retap/central';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { useAddress } from '../../address.ts';
import { ask } from '../../ask.ts';
import { useLive } from '../../live.tsx';
import { More, News, usePages } from '../../parts/pages.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useSession } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { OneCase } from './case.tsx';
import { Closed } from './closed.tsx';
import { Filters } from './filters.tsx';
import { GroupCard } from './group.tsx';
import { groupsQuestion, isFiltered, showsSome, VIEWS, viewOf } from './question.ts';
import { WORDS } from './words.ts';

/** What others do, and what happens: what oneself does is shown at once. */
function useOthersNews(): readonly [number, () => void] {
  const { person } = useSession();
  const [count, setCount] = useState(0);
  useLive(['alert.raised', 'alert.cured', 'alert.worked'], ({ who }) => {
    if (person === null || who !== `@${person.name}`) setCount((before) => before + 1);
  });
  return [count, () => setCount(0)];
}

export function Alerts() {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const queries = useQueryClient();
  const [news, seen] = useOthersNews();
  const { note, tell, refresh } = useDone(seen);
  const view = viewOf(search);
  const onDone = (said: string) => void refresh().then(() => tell(said));
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
        <fieldset className="buttons views">
          <legend className="spoken">{say('views')}</legend>
          {VIEWS.map((each) => (
            <button
              key={each}
              type="button"
              aria-pressed={each === view}
              onClick={() => set({ view: each === 'open' ? null : each, state: null })}
            >
              {say(each)}
            </button>
          ))}
        </fieldset>
      </div>
      <p className="quiet">{say('lead')}</p>
      <Figures />
      <Filters />
      <News
        count={news}
        show={() => {
          seen();
          void queries.invalidateQueries({ queryKey: ['alerts'] });
        }}
      />
      {note}
      {search.case !== undefined && search.open === undefined && <OneCase id={search.case} onDone={onDone} />}
      {view === 'closed' ? <Closed /> : <Groups onDone={onDone} />}
    </>
  );
}

/** What was done, said where it is read out; who used a button that is gone since finds themselves there. */
export function useDone(seen: () => void = () => {}) {
  const queries = useQueryClient();
  const [said, setSaid] = useState({ text: '', turn: 0 });
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (said.turn > 0 && (document.activeElement ?? document.body) === document.body) place.current?.focus();
  }, [said]);
  const note = (
    <p ref={place} role="status" className="note" tabIndex={-1}>
      {said.text}
    </p>
  );
  const tell = (text: string) => setSaid(({ turn }) => ({ text, turn: turn + 1 }));
  const refresh = async () => {
    await queries.invalidateQueries({ queryKey: ['alerts'] });
    seen();
  };
  return { note, tell, refresh };
}

interface GroupsPage {
  readonly groups: readonly AlertGroup[];
  readonly next: string | null;
}

function Groups({ onDone }: { readonly onDone: (said: string) => void }) {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const question = groupsQuestion(search, null);
  const query = usePages<GroupsPage>(['alerts', 'groups', question], (before) => groupsQuestion(search, before));
  const groups = query.data?.pages.flatMap((page) => page.groups) ?? [];
  const word = viewOf(search) === 'silenced' ? 'nothingSilenced' : isFiltered(search) ? 'nothingFound' : 'nothingOpen';
  return (
    <Answered query={query}>
      {() =>
        groups.length === 0 ? (
          <Empty title={say(word)}>{say(`${word}Lead`)}</Empty>
        ) : (
          <>
            {groups.map((group) => (
              <GroupCard
                key={group.cause}
                {...{ group, onDone, kind: search.kind, isSome: showsSome(search) }}
                isOpen={search.open === group.cause}
                toggle={() =>
                  set({ open: search.open === group.cause ? null : group.cause, case: null }, { replace: true })
                }
              />
            ))}
            <More query={query} count={groups.length} />
          </>
        )
      }
    </Answered>
  );
}

function Figures() {
  const say = useSay(WORDS);
  const { number } = useForms();
  const open = useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: ({ signal }) => ask<OpenCases>('alerts/open', signal),
  });
  const times = useQuery({
    queryKey: ['alerts', 'times'],
    queryFn: ({ signal }) => ask<WorkTimes>('alerts/times?days=30', signal),
  });
  if (!open.data || !times.data) return null;
  const { cases, causes, silenced } = open.data;
  const all = cases.new + cases.acknowledged + cases.assigned;
  return (
    <dl className="tiles">
      <div className={all > 0 ? 'doubt' : 'good'}>
        <dt>{say('openCases')}</dt>
        <dd>
          {number(all)} <small>{say('ofCauses', { count: causes })}</small>
        </dd>
      </div>
      <div className={cases.new > 0 ? 'wrong' : 'good'}>
        <dt>{say('unseen')}</dt>
        <dd>{number(cases.new)}</dd>
      </div>
      <div>
        <dt>{say('silenced')}</dt>
        <dd>
          {number(silenced.cases)} <small>{say('ofCauses', { count: silenced.causes })}</small>
        </dd>
      </div>
      <TimeTile name={say('acknowledgeTime')} took={times.data.acknowledge} />
      <TimeTile name={say('resolveTime')} took={times.data.resolve} />
    </dl>
  );
}

function TimeTile({ name, took: { count, median, p90 } }: { readonly name: string; readonly took: Took }) {
  const say = useSay(WORDS);
  const { duration } = useForms();
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {median === null ? '–' : duration(median)}
        <small>{p90 === null ? say('noTimes') : say('lastDays', { count, p90: duration(p90) })}</small>
      </dd>
    </div>
  );
}
