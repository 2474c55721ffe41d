/** What is asked for: what is wrong with how many, in one row of buttons; state, role, name. */
import type { StandingPage } from '@retap/central';
import { useAddress } from '../../address.ts';
import { useForms } from '../../words/forms.tsx';
import { useSay } from '../../words/language.tsx';
import { isFiltered, NO_FILTERS } from './question.ts';
import { FLAG_WORDS, STANDING_STATES } from './standing.tsx';
import { WORDS } from './words.ts';

const ROLES = ['gate', 'refill', 'inspector', 'person', 'merchant'] as const;

export function Filters({ fleet }: { readonly fleet: StandingPage }) {
  const say = useSay(WORDS);
  const { number } = useForms();
  const { search, set } = useAddress();
  return (
    <>
      <fieldset className="flags">
        <legend>{say('wrong')}</legend>
        {FLAG_WORDS.map((flag) => (
          <button
            key={flag}
            type="button"
            aria-pressed={search.flag === flag}
            disabled={fleet.flags[flag] === 0 && search.flag !== flag}
            onClick={() => set({ flag: search.flag === flag ? null : flag })}
          >
            {say(flag)} <strong>{number(fleet.flags[flag])}</strong>
          </button>
        ))}
      </fieldset>
      <search className="filters">
        <label>
          {say('text')}
          <input
            key={search.text ?? ''}
            defaultValue={search.text ?? ''}
            maxLength={80}
            autoComplete="off"
            onBlur={({ currentTarget: { value } }) =>
              value !== (search.text ?? '') && set({ text: value.trim() || null })
            }
            onKeyDown={({ key, currentTarget }) => key === 'Enter' && set({ text: currentTarget.value.trim() || null })}
          />
        </label>
        <Choice name="state" label={say('state')} options={STANDING_STATES.map((each) => [each, say(each)])} />
        <Choice name="role" label={say('role')} options={ROLES.map((each) => [each, say(each)])} />
        {isFiltered(search) && (
          <button type="button" onClick={() => set(NO_FILTERS)}>
            {say('reset')}
          </button>
        )}
      </search>
    </>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, text: string])[];
}

function Choice({ name, label, options }: ChoiceProps) {
  const say = useSay(WORDS);
  const { search, set } = useAddress();
  return (
    <label>
      {label}
      <select value={search[name] ?? ''} onChange={({ target }) => set({ [name]: target.value || null })}>
        <option value="">{say('any')}</option>
        {options.map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
