/** How a terminal stands, in words with a shape. */
import type { StandingFlag, TerminalStanding, TerminalState } from '@retap/central';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

const STATES: Readonly<Record<TerminalState, Tone>> = {
  ...{ invited: 'plain', active: 'good', suspended: 'doubt', revoked: 'quiet' },
};
const FLAGS: Readonly<Record<StandingFlag, Tone>> = {
  ...{ silent: 'wrong', owing: 'wrong', missing: 'doubt', unverified: 'wrong', clock: 'doubt', licence: 'doubt' },
  ...{ behind: 'doubt', alerts: 'plain' },
};
export const STANDING_STATES = Object.keys(STATES) as TerminalState[];
export const FLAG_WORDS = Object.keys(FLAGS) as StandingFlag[];

export function StateBadge({ state }: { readonly state: TerminalState }) {
  return <Badge tone={STATES[state]}>{useSay(WORDS)(state)}</Badge>;
}

export function Flags({ flags }: Pick<TerminalStanding, 'flags'>) {
  const say = useSay(WORDS);
  if (flags.length === 0) return <span className="quiet">{say('fine')}</span>;
  return (
    <span className="badges">
      {flags.map((flag) => (
        <Badge key={flag} tone={FLAGS[flag]}>
          {say(flag)}
        </Badge>
      ))}
    </span>
  );
}

export function Seen({ at }: { readonly at: number | null }) {
  const say = useSay(WORDS);
  const { duration, momentText } = useForms();
  if (at === null) return <>{say('never')}</>;
  return (
    <time dateTime={new Date(at).toISOString()} title={momentText(at)}>
      {say('ago', { ago: duration(Math.max(0, Date.now() - at)) })}
    </time>
  );
}

/** Share of torn taps, with what is usual. */
export function Rate({ rate: { unverified, transactions, peers, isFar } }: Pick<TerminalStanding, 'rate'>) {
  const say = useSay(WORDS);
  const { share } = useForms();
  if (transactions === 0) return <>–</>;
  const title = say('rateTitle', {
    share: say('rateOf', { unverified, transactions }),
    peers: peers === null ? say('unknown') : share(peers),
  });
  return (
    <span className={isFar ? 'wrong-text' : ''} title={title}>
      {isFar && '▲ '}
      {share(unverified / transactions)}
    </span>
  );
}

export function Offset({ offset }: Pick<TerminalStanding, 'offset'>) {
  const say = useSay(WORDS);
  const { duration, number } = useForms();
  if (offset === null) return <>{say('unknown')}</>;
  const size = Math.abs(offset);
  const sign = offset > 0 ? '+' : offset < 0 ? '−' : '';
  return (
    <>
      {sign}
      {size < 1_000 ? `${number(size)} ms` : duration(size)}
    </>
  );
}
