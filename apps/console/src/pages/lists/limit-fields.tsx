/** A field for each limit. */
import { useSettings } from '../../settings.ts';
import { useSay } from '../../words/language.tsx';
import { LIMIT_WORDS } from './limit-words.ts';
import { LIMIT_NAMES, LIMITS, typedOf } from './limits.ts';
import type { LimitName, Limits } from './types.ts';

interface LimitFieldsProps {
  readonly limits: Limits;
  readonly prefix: string;
  readonly names?: readonly LimitName[];
  /** What an empty field means. */
  readonly empty: string;
}

export function LimitFields({ limits, prefix, names = LIMIT_NAMES, empty }: LimitFieldsProps) {
  const say = useSay(LIMIT_WORDS);
  const { currency } = useSettings();
  const unit = { money: currency.code, age: 'h', count: '' } as const;
  return names.map((name) => {
    const value = limits[name];
    return (
      <div key={name} className="field">
        <label htmlFor={`${prefix}-${name}`}>
          {say(name)}
          {unit[LIMITS[name]] && <span className="quiet"> ({unit[LIMITS[name]]})</span>}
        </label>
        <input
          id={`${prefix}-${name}`}
          name={name}
          inputMode={LIMITS[name] === 'money' ? 'decimal' : 'numeric'}
          placeholder={empty}
          defaultValue={value === undefined ? '' : typedOf(name, value, currency.digits)}
        />
      </div>
    );
  });
}
