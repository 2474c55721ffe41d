/** What may be done to a terminal, by the state that it is in. */
import type { TerminalState } from '@retap/central';
import { send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { useMay } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { type NewCode, ValidFor } from '../terminals/enrol.tsx';
import { WORDS as STANDING_WORDS } from '../terminals/words.ts';
import type { Registered } from './types.ts';
import { WORDS } from './words.ts';

export interface TerminalActsProps {
  readonly of: Registered;
  readonly onDone: (said: string) => void;
  readonly onCode: (made: NewCode) => void;
}

export function TerminalActs(props: TerminalActsProps) {
  const may = useMay();
  const { state } = props.of;
  if (!may('manage-terminals') || state === 'revoked') return null;
  const inService = state === 'active' || state === 'suspended';
  return (
    <div className="buttons">
      {state === 'active' && <StateAct {...props} path="suspension" name="suspend" lead="suspendLead" />}
      {state === 'suspended' && <StateAct {...props} path="resumption" name="resume" lead="resumeLead" />}
      {inService && <Renew {...props} />}
      {inService && <NewKey {...props} />}
      {state === 'invited' && <InviteAgain {...props} />}
      <StateAct {...props} path="revocation" name="revoke" lead="revokeLead" isGrave />
    </div>
  );
}

interface StateActProps extends TerminalActsProps {
  readonly path: string;
  readonly name: 'suspend' | 'resume' | 'revoke';
  readonly lead: 'suspendLead' | 'resumeLead' | 'revokeLead';
  readonly isGrave?: boolean;
}

function StateAct({ of: { terminal }, onDone, path, name, lead, isGrave = false }: StateActProps) {
  const say = useSay(WORDS);
  const sayState = useSay(STANDING_WORDS);
  return (
    <Act
      name={say(name)}
      lead={say(lead)}
      isGrave={isGrave}
      act={async ({ why }) => {
        const { state } = await send<{ state: TerminalState }>(`terminals/${terminal}/${path}`, { why });
        const heading = say('heading', { terminal: String(terminal) });
        onDone(say('isNow', { terminal: heading, state: sayState(state) }));
        return null;
      }}
    />
  );
}

function Renew({ of: { terminal }, onDone }: TerminalActsProps) {
  const say = useSay(WORDS);
  const { momentText } = useForms();
  return (
    <Act
      name={say('renew')}
      lead={say('renewLead')}
      act={async ({ why }) => {
        const { expiresAt } = await send<{ expiresAt: number }>(`terminals/${terminal}/renewal`, { why });
        onDone(say('renewedUntil', { until: momentText(expiresAt) }));
        return null;
      }}
    />
  );
}

function NewKey({ of: { terminal }, onCode }: TerminalActsProps) {
  const say = useSay(WORDS);
  return (
    <Act
      name={say('replaceKey')}
      lead={say('replaceKeyLead')}
      act={async ({ why, form }) => {
        const body = { validMs: Number(form.get('validMs')), why };
        const code = await send<Omit<NewCode, 'terminal'>>(`terminals/${terminal}/key-replacement`, body);
        onCode({ ...code, terminal });
        return null;
      }}
    >
      <ValidFor />
    </Act>
  );
}

function InviteAgain({ of: { terminal, name, role }, onCode }: TerminalActsProps) {
  const say = useSay(WORDS);
  return (
    <Act
      name={say('inviteAgain')}
      lead={say('inviteAgainLead')}
      act={async ({ why, form }) => {
        const body = { name, role, validMs: Number(form.get('validMs')), why };
        const code = await send<Omit<NewCode, 'terminal'>>(`terminals/${terminal}/invitation`, body);
        onCode({ ...code, terminal });
        return null;
      }}
    >
      <ValidFor />
    </Act>
  );
}
