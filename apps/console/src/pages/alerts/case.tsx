/** A single alert: what it says, what was done about it, and what may be. */
import type { AlertCase, CaseState, CaseStep } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { useAddress } from '../../address.ts';
import { ask, askFor, send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { AlertSentence } from '../../parts/alert.tsx';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Answered, Empty } from '../../parts/states.tsx';
import { useMay } from '../../session.tsx';
import { alertWordsOf, filled, useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { AtOnce } from './at-once.tsx';
import { CureWords } from './cure.tsx';
import { WORDS } from './words.ts';

type WithHistory = AlertCase & { readonly history: readonly CaseStep[] };

const CASE_TONES: Readonly<Record<CaseState, Tone>> = {
  ...{ new: 'wrong', acknowledged: 'doubt', assigned: 'plain', resolved: 'quiet', cured: 'good' },
};

interface CaseProps {
  readonly item: AlertCase;
  readonly onDone: (said: string) => void;
}

export function CaseItem({ item, onDone }: CaseProps) {
  const say = useSay(WORDS);
  const forms = useForms();
  const words = useCentreWords();
  const { search, set } = useAddress();
  const isOpen = search.case === String(item.id);
  return (
    <li>
      <Badge tone={CASE_TONES[item.state]}>{words.caseStates[item.state]}</Badge>{' '}
      <AlertSentence alert={{ ...item.alert }} /> <span className="quiet">{forms.moment(item.appearedAt)}</span>{' '}
      <button
        type="button"
        className="link"
        aria-expanded={isOpen}
        onClick={() => set({ case: isOpen ? null : String(item.id) }, { replace: true })}
      >
        {say('history')}
      </button>
      {isOpen && (
        <>
          <History id={item.id} />
          <CaseActs {...{ item, onDone }} />
        </>
      )}
    </li>
  );
}

/** Of one alone, where others of its cause are to stay as they are. */
function CaseActs({ item: { id, alert, state }, onDone }: CaseProps) {
  const say = useSay(WORDS);
  const may = useMay();
  const words = useCentreWords();
  if (!may('work-alerts')) return null;
  const step = async (path: string, act: string, body: object) => {
    await send(`alert-cases/${id}/${path}`, body);
    const cause = alertWordsOf(words, alert.kind).title;
    onDone(say('done', { act: act.replace(/ …$/, ''), count: 1, cause }));
    return null;
  };
  const isOpen = state !== 'resolved' && state !== 'cured';
  return (
    <div className="buttons">
      {state === 'new' && (
        <AtOnce name={say('acknowledge')} act={() => step('acknowledgement', say('acknowledge'), {})} />
      )}
      {isOpen && (
        <Act
          name={say('resolve')}
          lead={say('resolveLead', { count: 1 })}
          act={({ why }) => step('resolution', say('resolve'), { reason: why })}
        />
      )}
      <Act
        name={say('comment')}
        reason="none"
        act={({ form }) => step('comments', say('comment'), { text: String(form.get('text')).trim() })}
      >
        <label>
          {say('commentText')}
          <textarea name="text" required maxLength={2_000} />
        </label>
      </Act>
    </div>
  );
}

/** The one that a link names, whatever has become of it. */
export function OneCase({ id, onDone }: { readonly id: string; readonly onDone: CaseProps['onDone'] }) {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const { set } = useAddress();
  const query = useQuery({
    queryKey: ['alerts', 'case', id],
    queryFn: ({ signal }) => (/^\d{1,15}$/.test(id) ? askFor<WithHistory>(`alert-cases/${id}`, signal) : null),
  });
  return (
    <Answered query={query}>
      {(found) =>
        found === null ? (
          <Empty title={say('noSuchCase', { id })} />
        ) : (
          <section className="card" aria-labelledby="one-case">
            <div className="title-row">
              <h2 id="one-case">{say('oneCase', { id, title: alertWordsOf(words, found.alert.kind).title })}</h2>
              <button type="button" onClick={() => set({ case: null })}>
                {say('close')}
              </button>
            </div>
            <ul className="cases">
              <CaseItem item={found} onDone={onDone} />
            </ul>
          </section>
        )
      }
    </Answered>
  );
}

function History({ id }: { readonly id: number }) {
  const query = useQuery({
    queryKey: ['alerts', 'case', String(id)],
    queryFn: ({ signal }) => ask<WithHistory>(`alert-cases/${id}`, signal),
  });
  return (
    <Answered query={query}>
      {({ history }) => (
        <ol className="history">
          {history.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a history is only added to
            <li key={index}>
              <Step step={step} />
            </li>
          ))}
        </ol>
      )}
    </Answered>
  );
}

function Step({ step: { at, who, what, detail } }: { readonly step: CaseStep }) {
  const say = useSay(WORDS);
  const { caseSteps } = useCentreWords();
  const forms = useForms();
  const { alert, cure } = detail as { alert?: AlertCase['alert']; cure?: NonNullable<AlertCase['cure']> };
  const said = filled(caseSteps[what] ?? what, {
    ...(detail as Record<string, string>),
    alert: alert && <AlertSentence alert={{ ...alert }} />,
    cure: cure && <CureWords cure={cure} />,
  });
  const doer = who === 'centre' ? say('centre') : who;
  return (
    <>
      {filled(say('historyLine', { time: '{time}', who: '{who}', what: '{what}' }), {
        time: forms.moment(at),
        who: doer,
        what: said,
      })}
    </>
  );
}
