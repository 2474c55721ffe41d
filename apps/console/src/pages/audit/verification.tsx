/** The log verified in the reader's own browser, piece by piece. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { ask, askFor, askText, questionOf } from '../../ask.ts';
import { Badge } from '../../parts/badge.tsx';
import { Fault } from '../../parts/states.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { checkpointPasted, type Kept, type Standing, Verifying } from './verifying.ts';
import { WORDS } from './words.ts';

/** Entries asked for at once. */
const PIECE = 1_000;

interface Run {
  readonly standing: Standing;
  /** How many entries the log had when it began. */
  readonly size: number;
  readonly kept: Kept;
  readonly state: 'under way' | 'stopped' | 'ended';
}

export function Verification() {
  const say = useSay(WORDS);
  const id = useId();
  const [run, setRun] = useState<Run | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [isWrong, setWrong] = useState(false);
  const stopping = useRef<AbortController | null>(null);
  useEffect(() => () => stopping.current?.abort(), []);

  const verify = async (from: number, kept: Kept) => {
    const stop = new AbortController();
    stopping.current = stop;
    const verifying = new Verifying(kept);
    setFault(null);
    try {
      const { entries } = await ask<{ readonly entries: readonly { readonly id: number }[] }>('audit?limit=1');
      const size = entries[0]?.id ?? 0;
      const shown = (state: Run['state'], standing: Standing) => setRun({ standing, size, kept, state });
      shown('under way', verifying.standing);
      for (let next = from; ; next = verifying.standing.last + 1) {
        const text = await askText(`audit/lines${questionOf({ from: next, limit: PIECE })}`, stop.signal);
        if ((await verifying.take(text)) === 0) break;
        if (stop.signal.aborted) return shown('stopped', verifying.standing);
        shown('under way', verifying.standing);
      }
      shown('ended', verifying.end());
    } catch (error) {
      if (!stop.signal.aborted) setFault(error);
      setRun((before) => before && { ...before, state: 'stopped' });
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = (name: string) => String(form.get(name) ?? '').trim();
    const checkpoint = given('kept') === '' ? null : checkpointPasted(given('kept'));
    setWrong(given('kept') !== '' && checkpoint === null);
    if (given('kept') !== '' && checkpoint === null) return;
    const from = Math.max(1, Number(given('from')) || 1);
    void verify(from, { fingerprint: given('fingerprint') || null, checkpoint });
  };
  const isUnderWay = run?.state === 'under way';
  return (
    <section className="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{say('verifyTitle')}</h2>
      <p className="quiet">{say('verifyLead')}</p>
      <form onSubmit={submit}>
        <details>
          <summary>{say('elsewhere')}</summary>
          <div className="filters">
            <label>
              {say('fingerprintTyped')}
              <input name="fingerprint" size={44} autoComplete="off" aria-describedby={`${id}-fingerprint`} />
              <span id={`${id}-fingerprint`} className="hint">
                {say('fingerprintHint')}
              </span>
            </label>
            <label>
              {say('verifyFrom')}
              <input name="from" inputMode="numeric" size={8} defaultValue="1" />
            </label>
          </div>
          <label htmlFor={`${id}-kept`}>{say('kept')}</label>
          <textarea id={`${id}-kept`} name="kept" aria-describedby={`${id}-hint`} aria-invalid={isWrong} />
          <p id={`${id}-hint`} className="hint">
            {say('keptHint')}
          </p>
          <Newest />
        </details>
        <p role="alert" className="wrong-text">
          {isWrong && say('keptWrong')}
        </p>
        <div className="buttons">
          <button type="submit" className="main" disabled={isUnderWay}>
            {say('verifyAll')}
          </button>
          {isUnderWay && (
            <button type="button" onClick={() => stopping.current?.abort()}>
              {say('stop')}
            </button>
          )}
        </div>
      </form>
      {fault !== null && <Fault error={fault} />}
      {run && <Progress run={run} />}
      <details>
        <summary>{say('believe')}</summary>
        <p>{say('believeText')}</p>
      </details>
    </section>
  );
}

function Progress({ run: { standing, size, kept, state } }: { readonly run: Run }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const { first, last, findings, signed, fingerprint } = standing;
  if (state === 'under way') {
    const text = say('progress', { last, size });
    return (
      <p>
        <progress max={size} value={last} aria-label={text} /> {text}
      </p>
    );
  }
  const isGood = findings.length === 0;
  return (
    <div role="status" className="verified">
      <p>
        <Badge tone={isGood ? (state === 'ended' ? 'good' : 'doubt') : 'wrong'}>
          {!isGood
            ? say('wrong', { count: findings.length })
            : state === 'ended'
              ? say('good', { first, last })
              : say('stopped', { last })}
        </Badge>
      </p>
      {!isGood && (
        <ul>
          {findings.map(({ word, entry }) => (
            <li key={`${word} ${entry}`}>{say(word, { entry: entry ?? say('all') })}</li>
          ))}
        </ul>
      )}
      {signed && (
        <p>
          {say('signed', { size: signed.size, when: forms.momentText(signed.at) })}{' '}
          {state === 'ended' && say('unsigned', { count: last - signed.size })}
        </p>
      )}
      {first > 1 && <p className="doubt-text">{say('fromMiddle', { first })}</p>}
      {fingerprint !== '' && (
        <p>
          {say('fingerprint')}: <code>{fingerprint.match(/.{4}/g)?.join('-')}</code>{' '}
          <span className="quiet">({say(kept.fingerprint === null ? 'fingerprintTrusted' : 'fingerprintSame')})</span>
        </p>
      )}
      {isGood && state === 'ended' && kept.checkpoint !== null && <p>{say('keptFits')}</p>}
    </div>
  );
}

interface HandedOut {
  readonly checkpoint: string;
  readonly size: number;
  readonly at: number;
}

/** To be kept where nobody reaches who reaches the database. */
function Newest() {
  const say = useSay(WORDS);
  const forms = useForms();
  const [isCopied, setCopied] = useState(false);
  const { data } = useQuery({
    queryKey: ['audit checkpoint'],
    queryFn: ({ signal }) => askFor<HandedOut>('audit/checkpoint', signal),
  });
  if (data === undefined) return null;
  return (
    <>
      <h3>{say('newest')}</h3>
      {data === null ? (
        <p className="quiet">{say('noneYet')}</p>
      ) : (
        <p>
          {say('newestLead', { size: data.size, when: forms.momentText(data.at) })}{' '}
          <button
            type="button"
            onClick={() => void navigator.clipboard.writeText(JSON.stringify(data)).then(() => setCopied(true))}
          >
            {isCopied ? say('copied') : say('copy')}
          </button>
        </p>
      )}
    </>
  );
}
