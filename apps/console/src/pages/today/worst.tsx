/** Terminals that somebody should look at, the ones with most money at stake first. */
import type { StandingFlag, TerminalStanding } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ask } from '../../ask.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { TerminalLink } from '../../parts/links.tsx';
import { Answered } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import './today.css';
import { WORDS } from './words.ts';

const SHOWN = 6;
const REFRESH_MS = 60_000;

const TONES: Readonly<Record<StandingFlag, Tone>> = {
  silent: 'wrong',
  owing: 'wrong',
  missing: 'doubt',
  unverified: 'doubt',
  clock: 'doubt',
  licence: 'doubt',
  behind: 'quiet',
  alerts: 'quiet',
};

interface Answer {
  readonly terminals: readonly TerminalStanding[];
}

export function Worst() {
  const say = useSay(WORDS);
  const { money } = useForms();
  const query = useQuery({
    queryKey: ['terminals', 'worst'],
    queryFn: ({ signal }) => ask<Answer>(`terminals/standing?sort=owed&order=down&limit=${SHOWN * 4}`, signal),
    refetchInterval: REFRESH_MS,
  });
  return (
    <section className="card" aria-labelledby="worst-title">
      <div className="title-row">
        <h2 id="worst-title">{say('worst')}</h2>
        <Link to="/terminals">{say('allTerminals')}</Link>
      </div>
      <Answered query={query}>
        {({ terminals }) => {
          const wrong = terminals.filter(({ flags }) => flags.some((flag) => TONES[flag] !== 'quiet')).slice(0, SHOWN);
          if (wrong.length === 0) return <p className="quiet">{say('noneWrong')}</p>;
          return (
            <ul className="worst">
              {wrong.map(({ terminal, name, flags, owed }) => (
                <li key={terminal}>
                  <TerminalLink terminal={terminal}>
                    <b>{terminal}</b> {name}
                  </TerminalLink>{' '}
                  {flags.map((flag) => (
                    <Badge key={flag} tone={TONES[flag]}>
                      {say(`flag-${flag}`, { count: owed.transactions, amount: money(owed.amount) })}
                    </Badge>
                  ))}
                </li>
              ))}
            </ul>
          );
        }}
      </Answered>
    </section>
  );
}
