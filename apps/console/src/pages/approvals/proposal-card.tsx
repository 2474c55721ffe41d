/** One proposal: what it would do, who wants it and why, and what the reader can do about it. */
import type { Capability, Proposal, ProposalState, Role } from '@retap/central';
import { send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { MediumLink, TerminalLink } from '../../parts/links.tsx';
import { useMay, useSession } from '../../session.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { Entry } from './entry.tsx';
import { WORDS } from './words.ts';

const TONES: Readonly<Record<ProposalState, Tone>> = {
  proposed: 'doubt',
  approved: 'good',
  rejected: 'wrong',
  withdrawn: 'quiet',
  expired: 'quiet',
};

interface CardProps {
  readonly proposal: Proposal;
  readonly decided: () => void;
}

export function ProposalCard({ proposal, decided }: CardProps) {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const forms = useForms();
  const { id, kind, object, state, proposedBy, proposedAt, why, expiresAt, decidedBy, decidedAt, decidedWhy } =
    proposal;
  const title = `proposal-${id}`;
  return (
    <article className="card" aria-labelledby={title}>
      <div className="title-row">
        <h2 id={title}>
          {words.proposals[kind] ?? kind} <Subject object={object} />
        </h2>
        <Badge tone={TONES[state]}>{say(state)}</Badge>
      </div>
      <p className="quiet">
        {say('number', { id })} · {say('by', { who: proposedBy, when: forms.momentText(proposedAt) })}
        {state === 'proposed' && (
          <>
            {' '}
            ·{' '}
            <span title={forms.momentText(expiresAt)}>
              {say('expires', { time: forms.duration(expiresAt - Date.now()) })}
            </span>
          </>
        )}
      </p>
      <p>
        <b>{say('why')}:</b> {why === '' ? <span className="quiet">{say('noWhy')}</span> : why}
      </p>
      <Entry proposal={proposal} />
      {decidedBy !== null && decidedAt !== null && (
        <p>
          <b>{say(state)}:</b> {say('decided', { who: decidedBy, when: forms.momentText(decidedAt) })}
          {decidedWhy && ` – ${say('decidedWhy', { why: decidedWhy })}`}
        </p>
      )}
      <Outcome result={proposal.result} />
      {state === 'proposed' && <Decisions proposal={proposal} decided={decided} />}
    </article>
  );
}

function Subject({ object }: { readonly object: string }) {
  const [sort, ...rest] = object.split(' ');
  const name = rest.join(' ');
  // What a list is called is in the words of the kind already.
  if (sort === 'list') return null;
  if (sort === 'medium') return <MediumLink medium={name} />;
  return sort === 'terminal' ? <TerminalLink terminal={Number(name)} /> : <code>{name}</code>;
}

/** That it was approved and made no sense any more. */
function Outcome({ result }: { readonly result: unknown }) {
  const say = useSay(WORDS);
  const { refusals } = useCentreWords();
  const refusal = (result as { readonly refusal?: string } | null)?.refusal;
  if (!refusal) return null;
  return <p className="doubt-text">{say('idle', { message: refusals[refusal] ?? refusal })}</p>;
}

/** Whoever has one of these roles may; the centre decides it again. */
const DECIDERS: Readonly<Partial<Record<Capability, readonly Role[]>>> = {
  'approve-money': ['operator', 'finance'],
  'approve-keys': ['administrator'],
};

function Decisions({ proposal: { id, proposedBy, capability }, decided }: CardProps) {
  const say = useSay(WORDS);
  const may = useMay();
  const { person } = useSession();
  const { roles } = useCentreWords();
  const idleText = useIdleText();
  if (person === null) return null;
  const decide = (path: string) => async (given: { readonly why: string }) => {
    const answer = await send<Proposal>(`proposals/${id}/${path}`, { why: given.why });
    decided();
    return idleText(answer.result);
  };
  if (proposedBy === `@${person.name}`) {
    return (
      <>
        <p className="quiet">{say('own')}</p>
        <div className="buttons">
          <Act name={say('withdraw')} lead={say('withdrawLead')} reason="may" act={decide('withdrawal')} />
        </div>
      </>
    );
  }
  if (!may(capability)) {
    const names = (DECIDERS[capability] ?? []).map((role) => roles[role] ?? role);
    return <p className="quiet">{say('mayNot', { roles: names.join(', ') })}</p>;
  }
  return (
    <div className="buttons">
      <Act name={say('approve')} lead={say('approveLead')} reason="may" isMain act={decide('approval')} />
      <Act
        name={say('reject')}
        lead={say('rejectLead', { who: proposedBy })}
        reason="must"
        isGrave
        act={decide('rejection')}
      />
    </div>
  );
}

function useIdleText(): (result: unknown) => string | null {
  const say = useSay(WORDS);
  const { refusals } = useCentreWords();
  return (result) => {
    const refusal = (result as { readonly refusal?: string } | null)?.refusal;
    return refusal ? say('idle', { message: refusals[refusal] ?? refusal }) : null;
  };
}
