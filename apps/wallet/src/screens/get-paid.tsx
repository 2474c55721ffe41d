/** How much, for what: by keys, or by what is sold here. */
import { amountOf } from '@retap/model';
import { isShowable, NOTE_LENGTH_MAX } from '@retap/protocol';
import { useState } from 'preact/hooks';
import { AmountField, useAmountIn } from '../parts/amount-field.tsx';
import { partWords } from '../parts/words.ts';
import { useRefused } from '../refused.ts';
import type { Offer } from '../settings.ts';
import { useMoney, useWallet } from '../wallet.tsx';
import { useSay } from '../words/language.tsx';
import { homeWords } from './home-words.ts';
import { productOf } from './offer.ts';

export function GetPaid() {
  const say = useSay(homeWords);
  const sayPart = useSay(partWords);
  const { phone, view, way, settings } = useWallet();
  const { money, typed } = useMoney();
  const refused = useRefused();
  const [text, setText] = useState('');
  const [note, setNote] = useState('');
  /** What is sold, as often as it was pressed; a ticket alone. */
  const [basket, setBasket] = useState<readonly Offer[]>([]);
  const [fault, setFault] = useState<string | null>(null);
  const [isNoteFaulty, setNoteFaulty] = useState(false);
  const amount = useAmountIn(text);
  const sold = basket.find(({ ticket }) => ticket !== null) ?? null;
  const fill = (next: readonly Offer[]) => {
    setBasket(next);
    const sum = amountOf(next.reduce((total, { price }) => total + price, 0));
    setText(next.length === 0 ? '' : typed(sum));
    setNote(noteOf(next));
    setFault(null);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    const words = note.trim();
    setFault(amount === null ? sayPart('noAmount', { example: typed(150) }) : null);
    setNoteFaulty(!isShowable(words, NOTE_LENGTH_MAX));
    if (amount === null || !isShowable(words, NOTE_LENGTH_MAX)) return;
    const product = sold && productOf(sold, Date.now());
    const outcome = await phone.ask({ amount, note: words, product });
    if (outcome.outcome === 'refused') refused(outcome.reason, null);
    else way.go({ at: 'asked' });
  };
  const open = view.document.openRequest?.request;
  return (
    <section class="face">
      {open && open.validUntil > Date.now() && (
        <button type="button" class="reported" onClick={() => way.go({ at: 'asked' })}>
          <span>{say('openRequest', { amount: money(open.amount) })}</span>
          <small>{say('showAgain')}</small>
        </button>
      )}
      {settings.offers.length > 0 && view.document.kind === 'merchant' && (
        <fieldset class="offers">
          <legend>{say('offers')}</legend>
          {settings.offers.map((offer) => (
            <button
              type="button"
              key={offer.id}
              onClick={() => fill(offer.ticket || sold ? [offer] : [...basket, offer])}
            >
              <span>{offer.name}</span>
              <small>
                {money(offer.price)}
                {offer.ticket && ` · ${say('ticket')}`}
              </small>
            </button>
          ))}
          {basket.length > 0 && (
            <button type="button" class="quiet" onClick={() => fill([])}>
              {say('clear')}
            </button>
          )}
        </fieldset>
      )}
      <form onSubmit={(event) => void submit(event)} noValidate>
        <AmountField text={text} onText={setText} fault={fault} />
        <label>
          {say('note')}
          <input
            autocomplete="off"
            value={note}
            onInput={({ currentTarget }) => setNote(currentTarget.value)}
            aria-describedby="note-hint"
            aria-invalid={isNoteFaulty}
          />
        </label>
        <p id="note-hint" class={isNoteFaulty ? 'fault' : 'hint'}>
          {say(isNoteFaulty ? 'noteFault' : 'noteHint')}
        </p>
        <button type="submit" class="main">
          {say('show')}
        </button>
      </form>
    </section>
  );
}

/** `2 × coffee, tea` */
function noteOf(basket: readonly Offer[]): string {
  const names = [...new Set(basket.map(({ name }) => name))];
  const counted = names.map((name) => {
    const count = basket.filter((offer) => offer.name === name).length;
    return count === 1 ? name : `${count} × ${name}`;
  });
  const note = counted.join(', ');
  return [...note].length <= NOTE_LENGTH_MAX
    ? note
    : `${[...note]
        .slice(0, NOTE_LENGTH_MAX - 2)
        .join('')
        .trim()} …`;
}
