/** Whether the city is well, within five seconds. */
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useAddress } from '../../address.ts';
import { ask, questionOf } from '../../ask.ts';
import { LiveSign } from '../../layout/live-sign.tsx';
import { useLive, useLiveState } from '../../live.tsx';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Answered } from '../../parts/states.tsx';
import { useMay, useSession } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { TapChart } from './chart.tsx';
import { newsBy, type Problem, problemsOf, ratesNow, type TodayAnswer } from './figures.ts';
import { lookedTo, noteLooked } from './looked.ts';
import { WORDS } from './words.ts';
import { Worst } from './worst.tsx';

/** Asked anew at most so often, however much arrives. */
const REFRESH_MS = 5_000;
/** While the centre still counts the last days, each question has it read on. */
const READING_MS = 100;

export function Today() {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  const [since, setSince] = useState(lookedTo);
  const { isPaused } = useLiveState();
  const may = useMay();
  const { open } = useSession();
  const query = useQuery({
    queryKey: ['today', since],
    queryFn: ({ signal }) => ask<TodayAnswer>(`today${questionOf({ since })}`, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (isPaused ? false : state.data?.taps === null ? READING_MS : REFRESH_MS * 6),
  });
  useRefresh();
  const last = query.data?.news.last ?? null;
  const isFirst = since === null;
  useEffect(() => {
    if (isFirst && last !== null) noteLooked(last);
  }, [isFirst, last]);
  const isKiosk = search.kiosk === '1';
  return (
    <>
      <div className="title-row">
        <h1>{say('title')}</h1>
        {isKiosk && <LiveSign />}
        <button type="button" onClick={() => set({ kiosk: isKiosk ? null : '1' })}>
          {say(isKiosk ? 'leaveKiosk' : 'kiosk')}
        </button>
      </div>
      <Answered query={query}>
        {(answer) => (
          <>
            <Verdict answer={answer} />
            <Tiles answer={answer} />
            {answer.taps && <TapChart taps={answer.taps} />}
            {/* An open centre registers no terminal: "none to look at" would be said of terminals that nobody knows. */}
            {!open && may('see-terminals') && <Worst />}
            {!isKiosk && (
              <Changed
                answer={answer}
                isFirst={isFirst}
                looked={() => {
                  noteLooked(answer.news.last);
                  setSince(answer.news.last);
                }}
              />
            )}
          </>
        )}
      </Answered>
    </>
  );
}

/** What arrives has the figures asked for anew, a little later and not for each record. */
function useRefresh() {
  const queries = useQueryClient();
  const planned = useRef<ReturnType<typeof setTimeout> | null>(null);
  useLive(['totals', 'alert.raised', 'alert.cured', 'alert.worked'], () => {
    planned.current ??= setTimeout(() => {
      planned.current = null;
      void queries.invalidateQueries({ queryKey: ['today'] });
    }, REFRESH_MS);
  });
  useEffect(
    () => () => {
      if (planned.current !== null) clearTimeout(planned.current);
    },
    [],
  );
}

const PROBLEMS = {
  connection: { word: 'problemConnection', tone: 'wrong', to: null },
  queue: { word: 'problemQueue', tone: 'wrong', to: null },
  alerts: { word: 'problemAlerts', tone: 'wrong', to: '/alerts', search: { state: 'new' } },
  licence: { word: 'problemLicence', tone: 'wrong', to: '/terminals', search: { flag: 'licence' } },
  silent: { word: 'problemSilent', tone: 'wrong', to: '/terminals', search: { flag: 'silent' } },
  missing: { word: 'problemMissing', tone: 'doubt', to: '/terminals', search: { flag: 'missing' } },
  clock: { word: 'problemClock', tone: 'doubt', to: '/terminals', search: { flag: 'clock' } },
  ending: { word: 'problemEnding', tone: 'doubt', to: '/terminals', search: { flag: 'licence' } },
} as const;

function Verdict({ answer }: { readonly answer: TodayAnswer }) {
  const say = useSay(WORDS);
  const { duration } = useForms();
  const { isConnected } = useLiveState();
  const may = useMay();
  const problems = problemsOf(answer, isConnected !== false);
  if (problems.length === 0) {
    return (
      <section className="verdict good" aria-label={say('well')}>
        <p className="verdict-title">
          <span aria-hidden="true">● </span>
          {say('well')}
        </p>
        <p className="quiet">{say('wellHint')}</p>
      </section>
    );
  }
  const isWrong = problems.some(({ what }) => PROBLEMS[what].tone === 'wrong');
  const title = say('look', { count: problems.length });
  return (
    <section className={`verdict ${isWrong ? 'wrong' : 'doubt'}`} aria-label={title}>
      <p className="verdict-title">
        <span aria-hidden="true">{isWrong ? '▲ ' : '◆ '}</span>
        {title}
      </p>
      <ul className="problems">
        {problems.map((problem) => {
          const { word, to, tone, ...rest } = PROBLEMS[problem.what];
          const text = say(word, valuesOf(problem, duration));
          const isLink = to !== null && may(to === '/alerts' ? 'see-alerts' : 'see-terminals');
          return (
            <li key={problem.what}>
              <Badge tone={tone}>
                {isLink ? (
                  <Link to={to} search={('search' in rest ? rest.search : {}) as never}>
                    {text}
                  </Link>
                ) : (
                  text
                )}
              </Badge>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function valuesOf(problem: Problem, duration: (ms: number) => string): Record<string, string | number> {
  if ('count' in problem) return { count: problem.count };
  return 'time' in problem ? { time: duration(problem.time) } : {};
}

function Tiles({ answer }: { readonly answer: TodayAnswer }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { taps, doubt, queue, terminals, cases } = answer;
  const rate = taps && ratesNow(taps);
  const open = Object.values(cases).reduce((sum, count) => sum + count, 0);
  const share = taps && taps.lastDay > 0 ? doubt.lastDay.count / taps.lastDay : 0;
  return (
    <dl className="tiles six">
      <Tile name={say('tapsNow')} id="taps-now" hint={rate ? say('tapsNowHint', { before: shortly(rate.before) }) : ''}>
        {rate ? shortly(rate.now) : <span className="quiet">{say('reading')}</span>}
        {taps && <small id="taps-day">{say('tapsDay', { count: taps.lastDay })}</small>}
      </Tile>
      <Tile
        name={say('doubtShare')}
        id="doubt-share"
        tone={share > 0.01 ? 'doubt' : 'plain'}
        hint={say('doubtShareHint', { count: doubt.lastDay.count, all: forms.number(doubt.all.count) })}
      >
        {taps ? forms.share(share) : forms.number(doubt.lastDay.count)}
      </Tile>
      <Tile name={say('doubtMoney')} id="doubt-money" hint={say('doubtMoneyHint')}>
        {forms.money(doubt.all.amount)}
      </Tile>
      <Tile
        name={say('queue')}
        id="queue"
        tone={queue.batches === 0 ? 'good' : 'plain'}
        hint={queue.batches === 0 ? '' : say('queueHint', { count: queue.batches })}
      >
        {queue.oldestMs === null ? say('queueNone') : forms.duration(queue.oldestMs)}
      </Tile>
      <Tile
        name={say('silent')}
        id="silent"
        tone={terminals.silent > 0 ? 'wrong' : 'good'}
        hint={say('silentHint', {
          active: forms.number(terminals.active),
          time: forms.duration(terminals.silentMs),
        })}
      >
        {forms.number(terminals.silent)}
      </Tile>
      <Tile
        name={say('alerts')}
        id="open-alerts"
        tone={(cases.new ?? 0) > 0 ? 'wrong' : 'good'}
        hint={say('alertsHint', { fresh: forms.number(cases.new ?? 0) })}
      >
        {forms.number(open)}
      </Tile>
    </dl>
  );

  function shortly(rate: number): string {
    return forms.number(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate));
  }
}

function Tile(props: {
  readonly name: string;
  readonly id: string;
  readonly hint: string;
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <div className={props.tone ?? 'plain'} id={props.id}>
      <dt>{props.name}</dt>
      <dd>
        {props.children}
        {props.hint && <small>{props.hint}</small>}
      </dd>
    </div>
  );
}

function Changed(props: { readonly answer: TodayAnswer; readonly isFirst: boolean; readonly looked: () => void }) {
  const say = useSay(WORDS);
  const news = newsBy(props.answer.news.counts);
  return (
    <section className="card" aria-labelledby="changed">
      <h2 id="changed">{say('changed')}</h2>
      {news.length === 0 ? (
        <p className="quiet">{say(props.isFirst ? 'firstLook' : 'nothingChanged')}</p>
      ) : (
        <>
          <ul>
            {news.map(([family, count]) => (
              <li key={family}>{say(family, { count })}</li>
            ))}
          </ul>
          <button type="button" onClick={props.looked}>
            {say('looked')}
          </button>
        </>
      )}
    </section>
  );
}
