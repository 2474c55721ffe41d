/** A rule tried on past taps. */
import { type FormEvent, useState } from 'react';
import { send } from '../../ask.ts';
import { Fault } from '../../parts/states.tsx';
import { useSettings } from '../../settings.ts';
import { useSay } from '../../words/language.tsx';
import { DryRunAnswer } from './dry-run-answer.tsx';
import { DRY_RUN_WORDS } from './dry-run-words.ts';
import { FileField, jsonIn } from './file-field.tsx';
import { LimitFields } from './limit-fields.tsx';
import { LIMIT_WORDS } from './limit-words.ts';
import { LIMIT_NAMES, limitsTyped } from './limits.ts';
import type { DryRunTold, ListKind } from './types.ts';

const DAYS = [1, 3, 7, 14, 31];
/** What waited when cannot be told of a past tap. */
const JUDGED = LIMIT_NAMES.filter((name) => !name.startsWith('unsent'));

export function DryRunSection({ kind }: { readonly kind: Exclude<ListKind, 'actions'> }) {
  const say = useSay(DRY_RUN_WORDS);
  const sayLimit = useSay(LIMIT_WORDS);
  const { currency } = useSettings();
  const [answer, setAnswer] = useState<DryRunTold | null>(null);
  const [fault, setFault] = useState<unknown>(null);
  const [wrong, setWrong] = useState('');
  const [isRunning, setRunning] = useState(false);

  const ruleIn = async (form: FormData): Promise<object | string> => {
    if (kind === 'deny') {
      const deny = String(form.get('media') ?? '')
        .split(/[\s,;]+/)
        .filter((medium) => medium !== '');
      return deny.length === 0 ? say('mediaMissing') : { deny };
    }
    if (kind === 'limits') {
      const limits = limitsTyped(form, currency.digits);
      if ('wrong' in limits) return say('limitWrong', { limit: sayLimit(limits.wrong) });
      return Object.keys(limits).length === 0 ? say('limitsMissing') : { limits };
    }
    const file = await jsonIn(form, 'file');
    return 'fault' in file ? say(file.fault, { message: file.message }) : { tariff: file.value };
  };
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const rule = await ruleIn(form);
    setFault(null);
    setWrong(typeof rule === 'string' ? rule : '');
    if (typeof rule === 'string') return;
    setRunning(true);
    try {
      setAnswer(await send<DryRunTold>('lists/dry-run', { ...rule, days: Number(form.get('days')) }));
    } catch (error) {
      setFault(error);
    } finally {
      setRunning(false);
    }
  };
  return (
    <section className="card" aria-labelledby="dry-run">
      <h3 id="dry-run">{say('title')}</h3>
      <p className="quiet">{say('lead')}</p>
      <form onSubmit={(event) => void submit(event)}>
        {kind === 'deny' && (
          <>
            <label htmlFor="dry-media">{say('media')}</label>
            <textarea id="dry-media" name="media" rows={3} />
          </>
        )}
        {kind === 'limits' && (
          <div className="fields">
            <LimitFields limits={{}} prefix="dry" names={JUDGED} empty={say('notTried')} />
          </div>
        )}
        {kind === 'tariff' && (
          <>
            <FileField id="dry-file" />
            <p className="hint">{say('lastTried')}</p>
          </>
        )}
        <div className="filters">
          <label>
            {say('days')}
            <select name="days" defaultValue="7">
              {DAYS.map((days) => (
                <option key={days}>{days}</option>
              ))}
            </select>
          </label>
          <button type="submit" disabled={isRunning}>
            {isRunning ? say('running') : say('run')}
          </button>
        </div>
        <p role="alert" className="wrong-text">
          {wrong}
        </p>
      </form>
      {fault !== null && <Fault error={fault} />}
      {answer && <DryRunAnswer answer={answer} isPrice={kind === 'tariff'} />}
    </section>
  );
}
