/** A merchant's own small catalogue, kept on this phone alone. */
import { isShowable, NAME_LENGTH_MAX } from '@retap/protocol';
import { useState } from 'preact/hooks';
import { Screen } from '../parts/screen.tsx';
import type { Offer } from '../settings.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { amountIn } from '../words/amount.ts';
import { useSay } from '../words/language.tsx';
import { offersWords } from './offers-words.ts';

const HOUR_MS = 3_600_000;
const UNIT_MS = { hours: HOUR_MS, days: 24 * HOUR_MS } as const;
type Unit = keyof typeof UNIT_MS;

const EMPTY = { name: '', price: '', isTicket: false, validFor: '', unit: 'hours' as Unit, uses: '' };
type Typed = typeof EMPTY;

export function Offers() {
  const say = useSay(offersWords);
  const { money, digits } = useMoney();
  const { way, settings, choose } = useWallet();
  const [typed, setTyped] = useState<Typed>(EMPTY);
  const [isFaulty, setFaulty] = useState(false);
  const { offers } = settings;
  const change = (part: Partial<Typed>) => setTyped({ ...typed, ...part });
  const add = (event: Event) => {
    event.preventDefault();
    const offer = offerOf(typed, digits);
    setFaulty(offer === null);
    if (offer === null) return;
    choose({ offers: [...offers, offer] });
    setTyped(EMPTY);
  };
  return (
    <Screen title={say('title')} onBack={way.back}>
      {offers.length === 0 && <p class="lead">{say('empty')}</p>}
      <ul class="products">
        {offers.map(({ id, name, price }) => (
          <li key={id}>
            <span>
              {name} <small>{money(price)}</small>
            </span>
            <button
              type="button"
              aria-label={say('remove', { name })}
              onClick={() => choose({ offers: offers.filter((each) => each.id !== id) })}
            >
              ✕
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add} noValidate>
        <label>
          {say('name')}
          <input
            autocomplete="off"
            maxLength={NAME_LENGTH_MAX}
            value={typed.name}
            onInput={({ currentTarget }) => change({ name: currentTarget.value })}
          />
        </label>
        <label>
          {say('price')}
          <input
            inputMode="decimal"
            autocomplete="off"
            value={typed.price}
            onInput={({ currentTarget }) => change({ price: currentTarget.value })}
          />
        </label>
        <label class="tick">
          <input
            type="checkbox"
            checked={typed.isTicket}
            onChange={({ currentTarget }) => change({ isTicket: currentTarget.checked })}
          />
          {say('isTicket')}
        </label>
        {typed.isTicket && <Terms typed={typed} change={change} />}
        <p class="fault" role="alert">
          {isFaulty && say('fault')}
        </p>
        <button type="submit" class="main">
          {say('add')}
        </button>
      </form>
    </Screen>
  );
}

function Terms({ typed, change }: { readonly typed: Typed; change(part: Partial<Typed>): void }) {
  const say = useSay(offersWords);
  return (
    <>
      <div class="row">
        <label>
          {say('validFor')}
          <input
            inputMode="numeric"
            autocomplete="off"
            value={typed.validFor}
            onInput={({ currentTarget }) => change({ validFor: currentTarget.value })}
          />
        </label>
        <select
          aria-label={say('validFor')}
          value={typed.unit}
          onChange={({ currentTarget }) => change({ unit: currentTarget.value === 'days' ? 'days' : 'hours' })}
        >
          <option value="hours">{say('hours')}</option>
          <option value="days">{say('days')}</option>
        </select>
      </div>
      <label>
        {say('uses')}
        <input
          inputMode="numeric"
          autocomplete="off"
          value={typed.uses}
          onInput={({ currentTarget }) => change({ uses: currentTarget.value })}
        />
      </label>
      <p class="hint">{say('usesHint')}</p>
    </>
  );
}

/** Null where something is missing. */
function offerOf({ name, price, isTicket, validFor, unit, uses }: Typed, digits: number): Offer | null {
  const called = name.trim();
  const costs = amountIn(price, digits);
  if (called === '' || !isShowable(called, NAME_LENGTH_MAX) || costs === null || costs <= 0) return null;
  const id = crypto.randomUUID();
  if (!isTicket) return { id, name: called, price: costs, ticket: null };
  const length = wholeIn(validFor);
  const count = wholeIn(uses);
  if (length === undefined || count === undefined || (length === null && count === null)) return null;
  const validForMs = length === null ? null : length * UNIT_MS[unit];
  return { id, name: called, price: costs, ticket: { validForMs, uses: count } };
}

/** Null where nothing is typed; undefined where it is no whole number above 0. */
function wholeIn(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const value = /^\s*\d{1,5}\s*$/.test(text) ? Number(text) : 0;
  return value > 0 ? value : undefined;
}
