/** A code by which a device becomes a terminal, or makes a new key: shown once. */
import { useEffect, useRef, useState } from 'react';
import { send } from '../../ask.ts';
import { Act } from '../../parts/act.tsx';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { WORDS } from './words.ts';

export interface NewCode {
  readonly terminal: number;
  readonly code: string;
  readonly fingerprint: string;
  readonly validMs: number;
  /** It waits for a second person. */
  readonly proposal?: number;
}

const HOUR_MS = 3_600_000;
const CODES_MS = [1, 8, 24, 3 * 24, 7 * 24].map((hours) => hours * HOUR_MS);

export function Enrol({ onDone }: { readonly onDone: () => void }) {
  const say = useSay(WORDS);
  const [made, setMade] = useState<NewCode | null>(null);
  return (
    <>
      <div className="buttons">
        <Act
          name={say('enrol')}
          lead={say('enrolLead')}
          isMain
          act={async ({ why, form }) => {
            const terminal = Number(form.get('terminal'));
            const body = { role: form.get('role'), name: form.get('name'), validMs: Number(form.get('validMs')), why };
            const code = await send<Omit<NewCode, 'terminal'>>(`terminals/${terminal}/invitation`, body);
            setMade({ ...code, terminal });
            onDone();
            return null;
          }}
        >
          <label>
            {say('enrolNumber')}
            <input name="terminal" inputMode="numeric" autoComplete="off" required pattern="[1-9][0-9]{0,9}" />
          </label>
          <label>
            {say('enrolName')}
            <input name="name" autoComplete="off" maxLength={80} />
          </label>
          <label>
            {say('role')}
            <select name="role">
              {(['gate', 'refill', 'inspector'] as const).map((role) => (
                <option key={role} value={role}>
                  {say(role)}
                </option>
              ))}
            </select>
          </label>
          <ValidFor />
        </Act>
      </div>
      {made && <CodeCard made={made} close={() => setMade(null)} />}
    </>
  );
}

export function ValidFor() {
  const say = useSay(WORDS);
  const { duration } = useForms();
  return (
    <label>
      {say('enrolValid')}
      <select name="validMs" defaultValue={CODES_MS[2]}>
        {CODES_MS.map((ms) => (
          <option key={ms} value={ms}>
            {duration(ms)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Stays until whoever reads it takes it away: it can be shown to nobody again. */
export function CodeCard({ made, close }: { readonly made: NewCode; readonly close: () => void }) {
  const say = useSay(WORDS);
  const { duration } = useForms();
  const place = useRef<HTMLHeadingElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <section className="card" aria-labelledby="code-title">
      <h2 id="code-title" ref={place} tabIndex={-1}>
        {say('code', { terminal: String(made.terminal) })}
      </h2>
      <p>
        <code className="code">{made.code}</code>
      </p>
      <p>{say('codeLead', { valid: duration(made.validMs) })}</p>
      {made.proposal !== undefined && (
        <p className="doubt-text">◆ {say('proposedLead', { proposal: String(made.proposal) })}</p>
      )}
      <dl className="facts">
        <div>
          <dt>{say('fingerprint')}</dt>
          <dd>
            <code>{made.fingerprint}</code>
          </dd>
        </div>
      </dl>
      <div className="buttons">
        <button type="button" onClick={close}>
          {say('noted')}
        </button>
      </div>
    </section>
  );
}
