/** What there is to know of the bead that was chosen. */
import type { ChainLink, RecordDetail } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import { ask } from '../../ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { EVIDENCE_WORDS } from '../../parts/evidence-words.ts';
import { identityText, RecordLink, TerminalLink } from '../../parts/links.tsx';
import { Purpose } from '../../parts/purpose.tsx';
import { purposeOf } from '../../parts/purpose-of.ts';
import { PURPOSE_WORDS } from '../../parts/purpose-words.ts';
import { Answered } from '../../parts/states.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { proofWord, toneOf } from './looks.ts';
import { WORDS } from './words.ts';

/** So many hexadecimal digits are seen at a glance; the record's own page has all that were kept. */
const HEX_SHOWN = 256;

export function BeadDetail({ link, close }: { readonly link: ChainLink; readonly close: () => void }) {
  const say = useSay(WORDS);
  const sayPurpose = useSay(PURPOSE_WORDS);
  const { change, money, moment } = useForms();
  const { types, statuses } = useCentreWords();
  const { record, status, predecessor, proof, receipt } = link;
  const id = identityText(record);
  const query = useQuery({
    queryKey: ['record', id, status, receipt],
    queryFn: ({ signal }) => ask<RecordDetail>(`records/${record.terminal}/${record.serial}`, signal),
  });
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read out once for each bead
  useEffect(() => heading.current?.focus({ preventScroll: true }), [id]);
  return (
    <section className="card" aria-labelledby="bead-title">
      <div className="title-row">
        <h3 id="bead-title" tabIndex={-1} ref={heading}>
          {say('selected', { record: id })} <Badge tone={toneOf(link)}>{statuses[status ?? 'observed']}</Badge>
        </h3>
        <button type="button" onClick={close}>
          {say('close')}
        </button>
      </div>
      <dl className="facts">
        <Fact name={say('type')}>{types[record.type]}</Fact>
        {purposeOf(record) && (
          <Fact name={sayPurpose('purpose')}>
            <Purpose record={record} />
          </Fact>
        )}
        <Fact name={say('time')}>
          {moment(record.time)}{' '}
          <TerminalLink terminal={record.terminal}>{say('at', { terminal: record.terminal })}</TerminalLink>
        </Fact>
        {record.type !== 'observation' && <Fact name={say('amount')}>{change(record.amount)}</Fact>}
        <Fact name={say('balance')}>{money(record.balance)}</Fact>
        <Fact name={say('predecessor')}>
          {predecessor ? <RecordLink {...predecessor} /> : record.type === 'open' ? '–' : say('unknownBefore')}
        </Fact>
        <Fact name={say('proof')}>{say(proofWord(proof))}</Fact>
        <Fact name={say('receipt')}>
          <Link to="/batches/$receipt" params={{ receipt: String(receipt) } as never}>
            {receipt}
          </Link>
        </Fact>
      </dl>
      <Answered query={query}>{(detail) => <Evidence detail={detail} />}</Answered>
      <p>
        <RecordLink terminal={record.terminal} serial={record.serial}>
          {say('openRecord')}
        </RecordLink>
      </p>
    </section>
  );
}

function Evidence({ detail: { evidence, raw } }: { readonly detail: RecordDetail }) {
  const say = useSay(WORDS);
  const sayEvidence = useSay(EVIDENCE_WORDS);
  return (
    <>
      <h4>{say('evidence')}</h4>
      {evidence.length === 0 ? (
        <p className="quiet">{say('noEvidence')}</p>
      ) : (
        <ul>
          {evidence.map((each) => (
            <li key={`${identityText(each)} ${each.word}`}>
              <RecordLink {...each} />: {sayEvidence(each.word)}
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>
          {say('bytes')} ({say(raw.of === 'entry' ? 'ofEntry' : 'ofBatch')})
        </summary>
        <pre>
          {raw.hex.slice(0, HEX_SHOWN)}
          {raw.hex.length > HEX_SHOWN || raw.size * 2 > raw.hex.length ? ' …' : ''}
        </pre>
      </details>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
