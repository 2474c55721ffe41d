/** One cause: what came of it, what to do about it, and its alerts when they are asked for. */
import type { AlertCase, AlertGroup, OpenCaseState } from '@retap/central';
import { type ReactNode, useId } from 'react';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { MediumLink, TerminalLink } from '../../parts/links.tsx';
import { More, usePages } from '../../parts/pages.tsx';
import { Answered } from '../../parts/states.tsx';
import { alertWordsOf, filled, useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { GroupActs, ShowAll } from './acts.tsx';
import './alerts.css';
import { CaseItem } from './case.tsx';
import { groupPath } from './question.ts';
import { WORDS } from './words.ts';

const TONES: Readonly<Record<OpenCaseState, Tone>> = { new: 'wrong', acknowledged: 'doubt', assigned: 'plain' };

/** What a cause is called, without links. */
function useCauseName(): (group: Pick<AlertGroup, 'cause' | 'terminal' | 'medium'>) => string {
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
      <div id={`${id}-cases`}>{isOpen && <Cases {...{ group, name, kind, onDone }} />}</div>
    </article>
  );
}

/** Placeholders that stay, to be filled with what is no text. */
const KEPT = { until: '{until}', who: '{who}', why: '{why}' };

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

interface CasesProps extends Pick<GroupCardProps, 'group' | 'onDone' | 'kind'> {
  readonly name: string;
}

function Cases({ group, name, kind, onDone }: CasesProps) {
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
              <CaseItem key={each.id} item={each} onDone={onDone} />
            ))}
          </ul>
          <More query={query} count={cases.length} />
        </>
      )}
    </Answered>
  );
}
