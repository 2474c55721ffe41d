/** One record: how it stands and why, what it is linked to, how it arrived, and its bytes. */
import type { RecordDetail } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { askFor } from '../../ask.ts';
import { hexDump } from '../../parts/hex.ts';
import { BatchLink, MediumLink, RecordLink, TerminalLink } from '../../parts/links.tsx';
import { Purpose } from '../../parts/purpose.tsx';
import { purposeOf } from '../../parts/purpose-of.ts';
import { PURPOSE_WORDS } from '../../parts/purpose-words.ts';
import { StatusBadge, useTypeText } from '../../parts/record.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { filled, useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useLanguage, useSay } from '../../words/language.tsx';
import { whyOf } from './why.ts';
import { WORDS } from './words.ts';

export function RecordPage() {
  const say = useSay(WORDS);
  const { record = '' } = useParams({ strict: false }) as { record?: string };
  // What is no record's name is none that is received, and nothing to step on from.
  const [, terminal, serial] = /^(\d{1,10})-(\d{1,10})$/.exec(record) ?? [];
  const query = useQuery({
    queryKey: ['record', record],
    queryFn: ({ signal }) =>
      serial === undefined ? null : askFor<RecordDetail>(`records/${terminal}/${serial}`, signal),
  });
  return (
    <>
      <div className="title-row">
        <h1>{say('titleOf', { record })}</h1>
        <nav className="buttons" aria-label={say('title')}>
          {Number(serial) > 1 && <Step record={`${terminal}-${Number(serial) - 1}`} text={say('before')} sign="‹" />}
          {serial !== undefined && <Step record={`${terminal}-${Number(serial) + 1}`} text={say('after')} sign="›" />}
        </nav>
      </div>
      <Answered query={query}>
        {(detail) =>
          detail === null ? (
            <Empty title={say('unknown', { record })}>{say('unknownHint')}</Empty>
          ) : (
            <>
              <Standing detail={detail} />
              <Evidence detail={detail} />
              <Chain detail={detail} />
              <Arrival detail={detail} />
              <Received detail={detail} />
            </>
          )
        }
      </Answered>
    </>
  );
}

function Step({ record, text, sign }: { readonly record: string; readonly text: string; readonly sign: string }) {
  return (
    <Link className="step" to="/records/$record" params={{ record } as never} title={text}>
      <span aria-hidden="true">{sign} </span>
      {record} <span className="spoken">{text}</span>
    </Link>
  );
}

interface Detailed {
  readonly detail: RecordDetail;
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Standing({ detail: { line, proof, record } }: Detailed) {
  const say = useSay(WORDS);
  const sayPurpose = useSay(PURPOSE_WORDS);
  const forms = useForms();
  const typeText = useTypeText();
  const { statuses } = useCentreWords();
  return (
    <section className="card" aria-label={say('money')}>
      <p className="standing">
        <StatusBadge line={line} /> {say(whyOf(line))}
      </p>
      <dl className="facts">
        <Fact name={say('medium')}>
          <MediumLink medium={line.medium} />
        </Fact>
        <Fact name={say('terminal')}>
          <TerminalLink terminal={line.terminal} />
        </Fact>
        <Fact name={say('type')}>{typeText(line.type)}</Fact>
        {purposeOf(record) && (
          <Fact name={sayPurpose('purpose')}>
            <Purpose record={record} />
          </Fact>
        )}
        <Fact name={say('time')}>{forms.moment(line.time)}</Fact>
        {line.amount !== null && <Fact name={say('amount')}>{forms.change(line.amount)}</Fact>}
        <Fact name={say('balance')}>{forms.money(line.balance)}</Fact>
        {line.reported && <Fact name={say('reported')}>{statuses[line.reported]}</Fact>}
      </dl>
      {proof && (
        <>
          <h3>{say('proof')}</h3>
          <p className={proof.verdict === 'invalid' ? 'wrong-text' : ''}>
            {say(`proof-${proof.verdict}`)} {proof.settled && say('settled')}{' '}
            {proof.contradicted && say('contradicted')} {proof.readerDiffers && say('readerDiffers')}{' '}
            {proof.counter !== null && <span className="quiet">{say('counter', { counter: proof.counter })}</span>}
          </p>
        </>
      )}
    </section>
  );
}

/** A sentence of ours with a link in it. */
function useLinked() {
  const { language } = useLanguage();
  return (name: keyof (typeof WORDS)['en'], values: Readonly<Record<string, ReactNode>>) =>
    filled(WORDS[language][name], values);
}

function Evidence({ detail: { evidence, conflicts } }: Detailed) {
  const say = useSay(WORDS);
  const linked = useLinked();
  const { moment } = useForms();
  return (
    <section className="card" aria-labelledby="evidence">
      <h2 id="evidence">{say('evidence')}</h2>
      {evidence.length === 0 ? (
        <p className="quiet">{say('noEvidence')}</p>
      ) : (
        <ul className="plain-list">
          {evidence.map(({ word, terminal, serial, time }) => (
            <li key={`${word} ${terminal}-${serial}`}>
              <span aria-hidden="true">{word.startsWith('refuted') ? '✕ ' : '✓ '}</span>
              {linked(word, { record: <RecordLink terminal={terminal} serial={serial} /> })}{' '}
              <span className="quiet">{moment(time)}</span>
            </li>
          ))}
        </ul>
      )}
      {conflicts.length > 0 && (
        <>
          <h3 className="wrong-text">{say('conflicts')}</h3>
          <ul className="plain-list">
            {conflicts.map(({ receipt, position }) => (
              <li key={`${receipt} ${position}`}>
                {linked('conflict', { receipt: <BatchLink receipt={receipt} />, position })}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Chain({ detail: { line, node, predecessor, synchronization, record } }: Detailed) {
  const say = useSay(WORDS);
  const linked = useLinked();
  const forms = useForms();
  const words = useCentreWords();
  if (!line.reconciled) return null;
  return (
    <section className="card" aria-labelledby="chain">
      <h2 id="chain">{say('chain')}</h2>
      <p>
        {say(node ? 'isNode' : 'isNoNode')}.{' '}
        {record.type === 'open' ? (
          say('begins')
        ) : predecessor ? (
          <>
            {say('predecessor')} <RecordLink terminal={predecessor.terminal} serial={predecessor.serial} />
          </>
        ) : (
          linked('noPredecessor', {
            terminal: <TerminalLink terminal={record.lastTerminal} />,
            time: forms.moment(record.lastTime),
          })
        )}
        .
      </p>
      {synchronization && (
        <p className="doubt-text">
          {filled(words.synchronization[synchronization.kind] ?? '', {
            time: forms.momentText(record.type === 'open' ? line.time : record.lastTime),
            amount: forms.change(synchronization.amount),
          })}
        </p>
      )}
    </section>
  );
}

function Arrival({ detail: { batch, position, line } }: Detailed) {
  const say = useSay(WORDS);
  const forms = useForms();
  return (
    <section className="card" aria-labelledby="arrival">
      <h2 id="arrival">{say('batch')}</h2>
      <dl className="facts">
        <Fact name={say('receipt')}>
          <BatchLink receipt={batch.receipt} />
        </Fact>
        <Fact name={say('receivedAt')}>{forms.moment(batch.receivedAt)}</Fact>
        {batch.receivedAt > line.time && (
          <Fact name={say('delay')}>{forms.duration(batch.receivedAt - line.time)}</Fact>
        )}
        <Fact name={say('position')}>
          {forms.number(position)} / {forms.number(batch.accepted + batch.quarantined)}
        </Fact>
        <Fact name={say('form')}>{say(`form-${batch.form}`)}</Fact>
      </dl>
      <p className="hint">
        {say('digest')} <code className="digest">{batch.digest}</code>
      </p>
    </section>
  );
}

function Received({ detail: { raw, record } }: Detailed) {
  const say = useSay(WORDS);
  const shown = raw.hex.length / 2;
  return (
    <section className="card" aria-labelledby="raw">
      <h2 id="raw">{say('raw')}</h2>
      <p className="quiet">
        {say(raw.of === 'entry' ? 'rawEntry' : 'rawBatch', { size: raw.size })}
        {shown < raw.size && `. ${say('rawCut', { shown })}`}
      </p>
      <details open>
        <summary>{say('fields')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <pre tabIndex={0}>{JSON.stringify(record, null, 2)}</pre>
      </details>
      <details>
        <summary>{say('bytes')}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
        <pre className="hex" tabIndex={0}>
          {hexDump(raw.hex)}
        </pre>
      </details>
    </section>
  );
}
