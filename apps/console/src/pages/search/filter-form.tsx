/** The filters of a list of records, as fields. */
import { type FormEvent, useId, useState } from 'react';
import { useAddress } from '../../address.ts';
import { useSettings } from '../../settings.ts';
import { amountIn, decimalOf } from '../../words/amount.ts';
import { useCentreWords } from '../../words/centre.ts';
import { useSay } from '../../words/language.tsx';
import { FILTERS, type Filters } from './filters.ts';
import { WORDS } from './words.ts';

const STATUSES = ['successful', 'unverified', 'unsuccessful'] as const;
const TYPES = ['open', 'refill', 'debit', 'purchase', 'validation', 'observation'] as const;

export function FilterForm({ filters }: { readonly filters: Filters }) {
  const say = useSay(WORDS);
  const { set } = useAddress();
  const { statuses, types } = useCentreWords();
  const { digits } = useSettings().currency;
  const [isWrong, setWrong] = useState(false);
  const hint = useId();
  const shown = (amount: string | undefined) => (amount === undefined ? '' : decimalOf(Number(amount), digits));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget);
    const text = (name: string) => String(given.get(name) ?? '').trim();
    const amounts = (['amountMin', 'amountMax'] as const).map((name) => [name, text(name)] as const);
    const parsed = amounts.map(([name, typed]) => [name, typed === '' ? '' : sizeIn(typed, digits)] as const);
    if (parsed.some(([, amount]) => amount === null)) return setWrong(true);
    setWrong(false);
    const others = (['status', 'type', 'terminal', 'medium', 'fromDay', 'toDay'] as const).map((name) => [
      name,
      text(name),
    ]);
    // What was typed into the search is in the fields now, and stands in the address by itself.
    const money = parsed.map(([name, amount]) => [name, String(amount)]);
    set({ ...Object.fromEntries([...others, ...money]), from: null, until: null, q: null });
  };
  return (
    <form key={JSON.stringify(filters)} className="filters" onSubmit={submit} noValidate>
      <label>
        {say('status')}
        <select name="status" defaultValue={filters.status ?? ''}>
          <option value="">{say('any')}</option>
          {STATUSES.map((status) => (
            <option key={status} value={status}>
              {statuses[status]}
            </option>
          ))}
          <option value="observation">{statuses.observed}</option>
        </select>
      </label>
      <label>
        {say('type')}
        <select name="type" defaultValue={filters.type ?? ''}>
          <option value="">{say('any')}</option>
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {types[type]}
            </option>
          ))}
        </select>
      </label>
      <label>
        {say('terminal')}
        <input name="terminal" inputMode="numeric" size={6} defaultValue={filters.terminal ?? ''} />
      </label>
      <label>
        {say('medium')}
        <input name="medium" size={16} spellCheck={false} defaultValue={filters.medium ?? ''} />
      </label>
      <label>
        {say('from')}
        <input name="fromDay" type="date" defaultValue={filters.fromDay ?? ''} />
      </label>
      <label>
        {say('to')}
        <input name="toDay" type="date" defaultValue={filters.toDay ?? ''} />
      </label>
      <label>
        {say('least')}
        <input
          {...{ name: 'amountMin', inputMode: 'decimal', size: 7, defaultValue: shown(filters.amountMin) }}
          {...{ 'aria-invalid': isWrong, 'aria-describedby': hint }}
        />
      </label>
      <label>
        {say('most')}
        <input
          {...{ name: 'amountMax', inputMode: 'decimal', size: 7, defaultValue: shown(filters.amountMax) }}
          {...{ 'aria-invalid': isWrong, 'aria-describedby': hint }}
        />
      </label>
      <button type="submit" className="main">
        {say('apply')}
      </button>
      {Object.keys(filters).length > 0 && (
        <button type="button" onClick={() => set(Object.fromEntries([...FILTERS, 'q'].map((name) => [name, null])))}>
          {say('reset')}
        </button>
      )}
      <p id={hint} role="alert" className="wrong-text">
        {isWrong ? say('wrongAmount') : ''}
      </p>
    </form>
  );
}

/** A sign says nothing here: what is paid and what is topped up the type tells. */
function sizeIn(text: string, digits: number): number | null {
  const amount = amountIn(text, digits);
  return amount === null ? null : Math.abs(amount);
}
