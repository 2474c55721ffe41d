/** What is asked for, in the address. */

import { useId } from 'react';
import { useAddress } from '../../address.ts';
import { useSession } from '../../session.tsx';
import { useCentreWords } from '../../words/centre.ts';
import { useLanguage, useSay } from '../../words/language.tsx';
import { isFiltered, NO_FILTERS, viewOf } from './question.ts';
import { CASE_STATES_OF } from './states.ts';
import { WORDS } from './words.ts';

export function Filters() {
  const say = useSay(WORDS);
  const words = useCentreWords();
  const { locale } = useLanguage();
  const { person } = useSession();
  const { search, set } = useAddress();
  const { alerts, proofs, integrity, caseStates } = words;
  const kinds = Object.entries({ ...alerts, ...proofs, ...integrity }).sort(([, a], [, b]) =>
    a.title.localeCompare(b.title, locale),
  );
  const change = (name: string) => (value: string) => set({ [name]: value.trim() || null }, { replace: true });
  return (
    <search className="filters">
      <label>
        {say('kind')}
        <select value={search.kind ?? ''} onChange={({ target }) => change('kind')(target.value)}>
          <option value="">{say('any')}</option>
          {kinds.map(([kind, { title }]) => (
            <option key={kind} value={kind}>
              {title}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say('state')}
        <select value={search.state ?? ''} onChange={({ target }) => change('state')(target.value)}>
          <option value="">{say('any')}</option>
          {CASE_STATES_OF[viewOf(search)].map((state) => (
            <option key={state} value={state}>
              {caseStates[state]}
            </option>
          ))}
        </select>
      </label>
      <Written name="terminal" label={say('terminal')} pattern="[1-9][0-9]{0,9}" inputMode="numeric" />
      <Written name="medium" label={say('medium')} pattern="[0-9A-Za-z._-]{1,64}" />
      <Written name="assigned" label={say('assigned')} pattern="[a-z0-9][a-z0-9._-]{0,62}" />
      {viewOf(search) !== 'closed' && (
        <label>
          {say('order')}
          <select
            value={search.sort ?? ''}
            onChange={({ target }) => set({ sort: target.value || null }, { replace: true })}
          >
            <option value="">{say('mostFirst')}</option>
            <option value="newest">{say('newestFirst')}</option>
          </select>
        </label>
      )}
      {person && (
        <button
          type="button"
          aria-pressed={search.assigned === person.name}
          onClick={() => set({ assigned: search.assigned === person.name ? null : person.name })}
        >
          {say('mine')}
        </button>
      )}
      {isFiltered(search) && (
        <button type="button" onClick={() => set(NO_FILTERS)}>
          {say('reset')}
        </button>
      )}
    </search>
  );
}

interface WrittenProps {
  readonly name: string;
  readonly label: string;
  /** What is none is not asked. */
  readonly pattern: string;
  readonly inputMode?: 'numeric';
}

/** Asked when it is left, or with Enter: not at each letter. */
function Written({ name, label, pattern, inputMode }: WrittenProps) {
  const { search, set } = useAddress();
  const id = useId();
  const commit = (input: HTMLInputElement) => {
    const value = input.value.trim();
    if (!input.checkValidity()) input.reportValidity();
    else if (value !== (search[name] ?? '')) set({ [name]: value || null });
  };
  return (
    <label htmlFor={id}>
      {label}
      <input
        {...{ id, pattern, inputMode }}
        key={search[name] ?? ''}
        defaultValue={search[name] ?? ''}
        size={10}
        autoComplete="off"
        spellCheck={false}
        onBlur={({ currentTarget }) => commit(currentTarget)}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && commit(currentTarget)}
      />
    </label>
  );
}
