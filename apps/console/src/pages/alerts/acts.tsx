/** What may be done about a cause. */
import type { AlertGroup } from '@retap/central';
import { useAddress } from '../../address.ts';
import { send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { useMay, useSession } from '../../session.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { AtOnce } from './at-once.tsx';
import { groupPath } from './question.ts';
import { WORDS } from './words.ts';
import { type GroupStep, workOn } from './work.ts';

export interface GroupActsProps {
  readonly group: AlertGroup;
  readonly name: string;
  /** Called when something was done, with what is to be said. */
  readonly onDone: (said: string) => void;
  /** Of a filter: what is done together is done to these only. */
  readonly kind?: string | undefined;
}

const HOUR_MS = 3_600_000;
const SILENCES_MS = [1, 4, 24, 3 * 24, 7 * 24, 30 * 24].map((hours) => hours * HOUR_MS);

export function GroupActs({ group, name, onDone, kind }: GroupActsProps) {
  const say = useSay(WORDS);
  const may = useMay();
  const { person } = useSession();
  const work = async (step: GroupStep, act: string, body: Readonly<Record<string, string>> = {}) => {
    const count = await workOn(group, step, { ...body, ...(kind && { kind }) });
    onDone(say('done', { act: act.replace(/ …$/, ''), count, cause: name }));
    return null;
  };
  if (!may('work-alerts') || person === null) return null;
  const isAllMine = group.assigned.find((each) => each.person === person.name)?.cases === group.cases;
  return (
    <div className="buttons">
      {group.states.new > 0 && (
        <AtOnce name={say('acknowledge')} act={() => work('acknowledgement', say('acknowledge'))} />
      )}
      {!isAllMine && <AtOnce name={say('takeOn')} act={() => work('assignment', say('takeOn'), { to: person.name })} />}
      <Act
        name={say('resolve')}
        lead={say('resolveLead', { count: group.cases })}
        act={({ why }) => work('resolution', say('resolve'), { reason: why })}
      />
      <Act
        name={say('assign')}
        lead={say('assignLead', { count: group.cases })}
        reason="none"
        act={({ form }) => work('assignment', say('assign'), { to: String(form.get('to')).trim() })}
      >
        <label>
          {say('assignTo')}
          <input name="to" autoComplete="off" spellCheck={false} required maxLength={63} />
        </label>
      </Act>
      <Act
        name={say('comment')}
        reason="none"
        act={({ form }) => work('comments', say('comment'), { text: String(form.get('text')).trim() })}
      >
        <label>
          {say('commentText')}
          <textarea name="text" required maxLength={2_000} />
        </label>
      </Act>
      <SilenceActs group={group} name={name} onDone={onDone} />
    </div>
  );
}

function SilenceActs({ group, name, onDone }: GroupActsProps) {
  const say = useSay(WORDS);
  const { duration } = useForms();
  const path = `${groupPath(group.cause)}/silence`;
  if (group.silence !== null) {
    const unsilence = async () => {
      await send(path, undefined, 'DELETE');
      onDone(say('doneUnsilence', { cause: name }));
    };
    return <AtOnce name={say('unsilence')} act={unsilence} />;
  }
  return (
    <Act
      name={say('silence')}
      lead={say('silenceLead')}
      act={async ({ why, form }) => {
        await send(path, { forMs: Number(form.get('forMs')), why }, 'PUT');
        onDone(say('doneSilence', { cause: name }));
        return null;
      }}
    >
      <label>
        {say('silenceFor')}
        <select name="forMs" defaultValue={SILENCES_MS[2]}>
          {SILENCES_MS.map((ms) => (
            <option key={ms} value={ms}>
              {duration(ms)}
            </option>
          ))}
        </select>
      </label>
    </Act>
  );
}

/** Where only some of a cause are shown nothing is done to all of them. */
export function ShowAll({ group }: { readonly group: AlertGroup }) {
  const say = useSay(WORDS);
  const { set } = useAddress();
  const { terminal, medium } = group;
  const all = {
    ...{ state: null, assigned: null, medium, terminal: terminal === null ? null : String(terminal) },
    open: group.cause,
  };
  return (
    <p className="hint">
      {say('filtered')}{' '}
      <button type="button" className="link" onClick={() => set(all)}>
        {say('showAll')}
      </button>
    </p>
  );
}
