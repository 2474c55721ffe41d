/** One cause: what came of it, what to do about it, and its alerts when they are asked for. */
import type { AlertCase, AlertGroup, OpenCaseState } from '@retap/central';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useId } from 'react';
import { useAddress } from '../../address.ts';
import { ask } from '../../ask.ts';
import { AlertSentence } from '../../parts/alert.tsx';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { MediumLink, TerminalLink } from '../../parts/links.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Answered } from '../../parts/states.tsx';
import { alertWordsOf, filled, useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { GroupActs, ShowAll } from './acts.tsx';
import './alerts.css';
import { CureWords } from './cure.tsx';
import { groupPath } from './question.ts';
import { WORDS } from './words.ts';

const TONES: Readonly<Record<OpenCaseState, Tone>> = { new: 'wrong', acknowledged: 'doubt', assigned: 'plain' };

/** What a cause is called, without links. */
export function useCauseName(): (group: Pick<AlertGroup, 'cause' | 'terminal' | 'medium'>) => string {
  const say = useSay(WORDS);
  const words = useCentreWords();
  return ({ cause, terminal, medium }) => {
    if (terminal !== null) return say('terminalCause', { terminal: String(terminal) });
    return `${alertWordsOf(words, cause.slice(0, cause.indexOf(':'))).title}: ${medium}`;
  };
}

export interface GroupCardProps {
  readonly group: AlertGroup;
  readonly onDone: (said: string) => void;
  /** Whether not all of its cases may be counted here. */
  readonly isSome?: boolean;
  /** Only these are counted. */
  readonly kind?: string | undefined;
  readonly isOpen: boolean;
  readonly toggle: () => void;
  /** Where the page is about the cause itself. */
  readonly heading?: ReactNode;
}

export function GroupCard({ group, onDone, isSome = false, kind, isOpen, toggle, heading }: GroupCardProps) {
  const say = useSay(WORDS);
  const forms = useForms();
  const words = useCentreWords();
  const name = useCauseName()(group);
  const id = useId();
  const { terminal, medium, states, kinds, silence } = group;
  const link = terminal !== null ? <TerminalLink terminal={terminal}>{name}</TerminalLink> : name;
  const advice = kinds[0] && alertWordsOf(words, kinds[0].kind).advice;
  return (
    <article className="card group" aria-labelledby={`${id}-name`} data-cause={group.cause}>
      <div className="title-row">
        <h2 id={`${id}-name`}>
          {heading ?? (terminal === null && medium ? <MediumLink medium={medium}>{name}</MediumLink> : link)}
        </h2>
        <span className="badges">
          {(Object.keys(TONES) as OpenCaseState[])
            .filter((state) => states[state] > 0)
            .map((state) => (
              <Badge key={state} tone={TONES[state]}>
                {words.caseStates[state]} {forms.number(states[state])}
              </Badge>
            ))}
        </span>
      </div>
      <p>
        {kinds
          .map((each) => say('kindCount', { title: alertWordsOf(words, each.kind).title, count: each.cases }))
          .join(', ')}
        . <span className="quiet">{advice}</span>
      </p>
      {silence && (
        <p className="doubt-text">
          ‖ {filled(say('silencedUntil', KEPT), { ...silence, until: forms.moment(silence.until) })}
        </p>
      )}
      <dl className="facts">
        <Fact name={say('oldest')}>{forms.moment(group.oldest)}</Fact>
        <Fact name={say('newest')}>{forms.moment(group.newest)}</Fact>
        {group.atRisk !== null && <Fact name={say('atRisk')}>{forms.money(group.atRisk)}</Fact>}
        <Fact name={say('assigned')}>
          {group.assigned.map(({ person, cases }) => say('assignedCount', { person, count: cases })).join(', ') ||
            say('nobody')}
        </Fact>
      </dl>
      {isSome ? <ShowAll group={group} /> : <GroupActs group={group} name={name} onDone={onDone} kind={kind} />}
      <div className="buttons">
        <button type="button" className="link" aria-expanded={isOpen} aria-controls={`${id}-cases`} onClick={toggle}>
          {say(isOpen ? 'hideCases' : 'showCases')} ({forms.number(group.cases)})
        </button>
      </div>
      <div id={`${id}-cases`}>{isOpen && <Cases group={group} name={name} kind={kind} />}</div>
    </article>
  );
}

/** Placeholders that stay, to be filled with what is no text. */
export const KEPT = { until: '{until}', who: '{who}', why: '{why}', time: '{time}', what: '{what}' };

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

interface CasesPage {
  readonly cases: readonly AlertCase[];
  readonly next: number | null;
}

function Cases({
  group,
  name,
  kind,
}: {
  readonly group: AlertGroup;
  readonly name: string;
  readonly kind: string | undefined;
}) {
  const say = useSay(WORDS);
  const query = usePages<CasesPage>(['alerts', 'cases', group.cause, kind ?? ''], (before) => {
    const more = [kind && `kind=${kind}`, before && `before=${before}`].filter(Boolean).join('&');
    return `${groupPath(group.cause)}?${more}`;
  });
  const cases = query.data?.pages.flatMap((page) => page.cases) ?? [];
  return (
    <Answered query={{ ...query, data: query.data }}>
      {() => (
        <>
          <ul className="cases" aria-label={say('casesOf', { cause: name })}>
            {cases.map((each) => (
              <CaseItem key={each.id} item={each} />
            ))}
          </ul>
          <More query={query} count={cases.length} />
        </>
      )}
    </Answered>
  );
}

function CaseItem({ item }: { readonly item: AlertCase }) {
  const say = useSay(WORDS);
  const forms = useForms();
  const words = useCentreWords();
  const { search, set } = useAddress();
  const isOpen = search.case === String(item.id);
  const tone = TONES[item.state as OpenCaseState] ?? 'quiet';
  return (
    <li>
      <Badge tone={tone}>{words.caseStates[item.state]}</Badge> <AlertSentence alert={{ ...item.alert }} />{' '}
      <span className="quiet">{forms.moment(item.appearedAt)}</span>{' '}
      <button
        type="button"
        className="link"
        aria-expanded={isOpen}
        onClick={() => set({ case: isOpen ? null : String(item.id) }, { replace: true })}
      >
        {say('history')}
      </button>
      {isOpen && <History id={item.id} />}
    </li>
  );
}

type Told = Awaited<ReturnType<typeof readCase>>;
const readCase = (id: number, signal: AbortSignal) =>
  ask<AlertCase & { readonly history: readonly import('@retap/central').CaseStep[] }>(`alert-cases/${id}`, signal);

function History({ id }: { readonly id: number }) {
  const query = useQuery({ queryKey: ['alerts', 'case', id], queryFn: ({ signal }) => readCase(id, signal) });
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

function Step({ step: { at, who, what, detail } }: { readonly step: Told['history'][number] }) {
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
  return <>{filled(say('historyLine', KEPT), { time: forms.moment(at), who: doer, what: said })}</>;
}
