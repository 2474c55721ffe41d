/** One batch: what came, what of it was left out and why, and whether this version would read it. */
import type { BatchDetail, BatchReading } from '@retap/central';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { askFor, send } from '../../ask.ts';
import { textOfHex } from '../../parts/hex.ts';
import { identityText, RecordLink, TerminalLink } from '../../parts/links.tsx';
import { Answered, Empty, Fault } from '../../parts/states.tsx';
import { filled } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useLanguage, useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

export function Batch() {
  const say = useSay(WORDS);
  const { receipt = '' } = useParams({ strict: false }) as { receipt?: string };
  const query = useQuery({
    queryKey: ['batch', receipt],
    queryFn: ({ signal }) => askFor<BatchDetail>(`batches/${encodeURIComponent(receipt)}`, signal),
  });
  return (
    <>
      <div className="title-row">
        <h1>{say('titleOf', { receipt })}</h1>
        <Link to="/batches">{say('toBatches')}</Link>
      </div>
      <Answered query={query}>
        {(batch) =>
          batch === null ? (
            <Empty title={say('unknown', { receipt })}>{say('unknownHint')}</Empty>
          ) : (
            <>
              <Facts batch={batch} />
              <LeftOut batch={batch} />
              {batch.conflicts.length > 0 && <Conflicts batch={batch} />}
            </>
          )
        }
      </Answered>
    </>
  );
}

interface Shown {
  readonly batch: BatchDetail;
}

function Facts({ batch }: Shown) {
  const say = useSay(WORDS);
  const linked = useLinked();
  const forms = useForms();
  const facts: readonly (readonly [string, ReactNode])[] = [
    [say('receivedAt'), forms.moment(batch.receivedAt)],
    ...(batch.terminal === null
      ? []
      : [[say('terminal'), <TerminalLink key="t" terminal={batch.terminal} />] as const]),
    ...(batch.first && batch.last
      ? [
          [
            say('range'),
            linked('rangeText', { first: <RecordLink {...batch.first} />, last: <RecordLink {...batch.last} /> }),
          ] as const,
        ]
      : []),
    [say('accepted'), forms.number(batch.accepted)],
    [say('standing'), forms.number(batch.standing)],
    [say('form'), say(`form-${batch.form}`)],
    [say('size'), forms.number(batch.receivedSize)],
    [say('kept'), forms.number(batch.size)],
  ];
  return (
    <section className="card" aria-label={say('facts')}>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="hint">
        {say('digest')} <code className="digest">{batch.digest}</code>
      </p>
    </section>
  );
}

/** A sentence of ours with a link in it. */
function useLinked() {
  const { language } = useLanguage();
  return (name: keyof (typeof WORDS)['en'], values: Readonly<Record<string, ReactNode>>) =>
    filled(WORDS[language][name], values);
}

function LeftOut({ batch }: Shown) {
  const say = useSay(WORDS);
  const reading = useMutation({ mutationFn: () => send<BatchReading>(`batches/${batch.receipt}/reading`, {}) });
  const { data } = reading;
  if (batch.quarantined === 0) {
    return (
      <section className="card" aria-labelledby="left">
        <h2 id="left">{say('left')}</h2>
        <p>
          <span aria-hidden="true">✓ </span>
          {say('noneLeft')}
        </p>
      </section>
    );
  }
  const readNow = data?.outcome === 'read' ? new Map(data.records.map((one) => [one.position, one])) : null;
  return (
    <section className="card" aria-labelledby="left">
      <h2 id="left">{say('left')}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys (axe: scrollable-region-focusable) */}
      <section className="scroll" tabIndex={0} aria-label={say('leftCaption', { count: batch.quarantined })}>
        <table>
          <caption>{say('leftCaption', { count: batch.quarantined })}</caption>
          <thead>
            <tr>
              <th scope="col" className="number">
                {say('position')}
              </th>
              <th scope="col">{say('reason')}</th>
              <th scope="col">{say('raw')}</th>
              {readNow && <th scope="col">{say('now')}</th>}
            </tr>
          </thead>
          <tbody>
            {batch.left.map(({ position, reason, raw }) => (
              <tr key={position}>
                <td className="number">{position}</td>
                <td className="wide reason">{reason}</td>
                <td className="wide">
                  {raw === null ? (
                    <span className="quiet">{say('notShown')}</span>
                  ) : (
                    <code>{textOfHex(raw.hex) ?? raw.hex}</code>
                  )}
                </td>
                {readNow && (
                  <td className="wide">
                    <Now one={readNow.get(position)} />
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <div className="buttons">
        <button type="button" disabled={reading.isPending} onClick={() => reading.mutate()}>
          {say('reread')}
        </button>
        <span role="status">{data && <Outcome reading={data} />}</span>
      </div>
      <p className="hint">{say('rereadHint')}</p>
      {reading.error && <Fault error={reading.error} again={() => reading.mutate()} />}
    </section>
  );
}

type Again = Extract<BatchReading, { outcome: 'read' }>['records'][number];

function Now({ one }: { readonly one: Again | undefined }) {
  const say = useSay(WORDS);
  const linked = useLinked();
  if (!one) return null;
  if (one.now !== null || one.record === null) return say('stillLeft', { reason: one.now ?? '' });
  const record = one.stands ? <RecordLink {...one.record} /> : <code>{identityText(one.record)}</code>;
  return (
    <>
      <span aria-hidden="true">✓ </span>
      {linked(one.stands ? 'standsNow' : 'readNow', { record })}
    </>
  );
}

function Outcome({ reading }: { readonly reading: BatchReading }) {
  const say = useSay(WORDS);
  if (reading.outcome === 'unreadable') return say('unreadable', { reason: reading.reason });
  const count = reading.records.filter(({ now, stands }) => now === null && !stands).length;
  return say(count === 0 ? 'noneChanged' : 'someChanged', { count });
}

function Conflicts({ batch }: Shown) {
  const say = useSay(WORDS);
  const linked = useLinked();
  return (
    <section className="card" aria-labelledby="conflicts">
      <h2 id="conflicts" className="wrong-text">
        {say('conflicts')}
      </h2>
      <p className="quiet">{say('conflictsHint')}</p>
      <ul className="plain-list">
        {batch.conflicts.map(({ terminal, serial, position }) => (
          <li key={position}>
            {linked('conflictAt', { record: <RecordLink terminal={terminal} serial={serial} />, position })}
          </li>
        ))}
      </ul>
    </section>
  );
}
