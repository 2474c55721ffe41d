/** One terminal: how it stands, what it owes, what to do. */
import type { AlertGroup, TerminalDetail } from '@retap/central';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { askFor } from '../../ask.ts';
import { useLive } from '../../live.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { useDone } from '../alerts/alerts.tsx';
import { GroupCard } from '../alerts/group.tsx';
import { groupPath } from '../alerts/question.ts';
import { CodeCard, type NewCode } from '../terminals/enrol.tsx';
import { Flags, Offset, Rate, Seen, StateBadge } from '../terminals/standing.tsx';
import '../terminals/terminals.css';
import { WORDS as STANDING_WORDS } from '../terminals/words.ts';
import { TerminalActs } from './acts.tsx';
import { History, Lists, Missing, Owed } from './parts.tsx';
import './terminal.css';
import type { Found, Registered } from './types.ts';
import { WORDS } from './words.ts';

async function find(terminal: string, signal: AbortSignal): Promise<Found | null> {
  const [registered, detail] = await Promise.all([
    askFor<Registered>(`terminals/${terminal}`, signal),
    askFor<TerminalDetail>(`terminals/${terminal}/standing`, signal),
  ]);
  return registered && detail && { registered, detail };
}

export function Terminal() {
  const say = useSay(WORDS);
  const { terminal = '' } = useParams({ strict: false }) as { terminal?: string };
  const isNumber = /^[1-9]\d{0,9}$/.test(terminal);
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['terminals', Number(terminal)],
    queryFn: ({ signal }) => (isNumber ? find(terminal, signal) : null),
  });
  // Of this one alone, and nothing under the cursor but its own state.
  useLive(['terminal.enrolled', 'terminal.suspended', 'terminal.resumed', 'terminal.revoked'], ({ object }) => {
    if (object === `terminal ${terminal}`)
      void queries.invalidateQueries({ queryKey: ['terminals', Number(terminal)] });
  });
  return (
    <Answered query={query}>
      {(found) =>
        found ? (
          <Shown key={terminal} {...found} />
        ) : (
          <>
            <h1>{say('heading', { terminal })}</h1>
            <Empty title={say('unknown')}>
              {say('unknownLead')} <Link to="/terminals">{say('toList')}</Link>
            </Empty>
          </>
        )
      }
    </Answered>
  );
}

function Shown({ registered, detail }: Found) {
  const say = useSay(WORDS);
  const may = useMay();
  const queries = useQueryClient();
  const { note, tell, refresh } = useDone();
  const [made, setMade] = useState<NewCode | null>(null);
  const { standing } = detail;
  const { terminal } = registered;
  const onDone = (said: string) => {
    void Promise.all([refresh(), queries.invalidateQueries({ queryKey: ['terminals'] })]).then(() => tell(said));
  };
  return (
    <>
      <p>
        <Link to="/terminals">{say('toList')}</Link>
      </p>
      <div className="title-row">
        <h1>
          {say('heading', { terminal: String(terminal) })}
          {registered.name && ` – ${registered.name}`}
        </h1>
        <span className="badges">
          <StateBadge state={registered.state} />
          {standing.flags.length > 0 && <Flags flags={standing.flags} />}
        </span>
      </div>
      <TerminalActs of={registered} onDone={onDone} onCode={setMade} />
      {note}
      {made && <CodeCard made={made} close={() => setMade(null)} />}
      <How {...{ registered, detail }} />
      {may('see-alerts') && <Alerts terminal={terminal} onDone={onDone} />}
      <Owed standing={standing} />
      <div className="pair">
        <Missing detail={detail} />
        <Lists detail={detail} />
      </div>
      <History of={registered} />
    </>
  );
}

function How({ registered, detail: { standing } }: Found) {
  const say = useSay(WORDS);
  const sayStanding = useSay(STANDING_WORDS);
  const forms = useForms();
  const facts: readonly (readonly [name: string, value: ReactNode])[] = [
    [sayStanding('seen'), <Seen key="seen" at={standing.seenAt} />],
    [sayStanding('offset'), <Offset key="offset" offset={standing.offset} />],
    [sayStanding('role'), sayStanding(standing.role)],
    [say('licence'), standing.expiresAt === null ? '–' : forms.moment(standing.expiresAt)],
    [say('lastSerial'), standing.lastSerial === null ? '–' : forms.number(standing.lastSerial)],
    [sayStanding('rate'), <RateSaid key="rate" standing={standing} />],
    [sayStanding('atRisk'), forms.money(standing.owed.amount)],
    [say('key'), registered.key === null ? '–' : <code key="key">{registered.key}</code>],
  ];
  return (
    <section className="card" aria-labelledby="how">
      <h2 id="how">{say('how')}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function RateSaid({ standing: { rate } }: { readonly standing: TerminalDetail['standing'] }) {
  const say = useSay(STANDING_WORDS);
  const { share } = useForms();
  const { unverified, transactions, peers } = rate;
  if (transactions === 0) return <>–</>;
  return (
    <>
      <Rate rate={rate} />{' '}
      <small className="quiet">
        {say('rateTitle', {
          share: say('rateOf', { unverified, transactions }),
          peers: peers === null ? say('unknown') : share(peers),
        })}
      </small>
    </>
  );
}

function Alerts({ terminal, onDone }: { readonly terminal: number; readonly onDone: (said: string) => void }) {
  const say = useSay(WORDS);
  const [isOpen, setOpen] = useState(false);
  const cause = `terminal:${terminal}`;
  const query = useQuery({
    queryKey: ['alerts', 'group', cause],
    queryFn: ({ signal }) => askFor<{ readonly group: AlertGroup }>(`${groupPath(cause)}?limit=1`, signal),
  });
  return (
    <Answered query={query}>
      {(found) =>
        found ? (
          <GroupCard
            {...{ group: found.group, onDone, isOpen, toggle: () => setOpen(!isOpen) }}
            heading={say('alerts')}
          />
        ) : (
          <section className="card" aria-labelledby="alerts">
            <h2 id="alerts">{say('alerts')}</h2>
            <p className="quiet">{say('noAlerts')}</p>
          </section>
        )
      }
    </Answered>
  );
}
