/** What a driver or clerk can choose for the next tap. */
import { formatMoney } from './amount.js';
import { send } from './connection.js';
import { byId, element } from './element.js';
import { openKeypad } from './keypad.js';
import { language, words } from './language.js';

/** What the buttons were made of: they are made anew only when it changes, so that the focus stays. */
let shown = '';

/** @param {any} state */
export function showOffers(state) {
  const { offers, freeAmount, selected, isDefault, role } = state;
  const bar = byId('offers');
  bar.hidden = role === 'inspector' || offers.length + freeAmount.length < 2;
  bar.setAttribute('aria-label', words().screen.offers);
  const made = JSON.stringify([language(), offers, freeAmount]);
  if (made !== shown) {
    shown = made;
    bar.replaceChildren(...buttonsOf(state));
  }
  for (const button of bar.querySelectorAll('button')) {
    if (button.id === 'cancel') {
      // Cancelling what nobody chose does nothing.
      button.disabled = isDefault;
      continue;
    }
    const { offer } = button.dataset;
    const isChosen = offer === undefined ? selected?.kind === 'amount' : String(selected?.offer) === offer;
    button.setAttribute('aria-pressed', String(isChosen));
  }
}

/** @param {any} state */
function* buttonsOf({ offers, freeAmount, currency }) {
  for (const [index, offer] of offers.entries()) {
    const digit = String(index + 1);
    const amount = offer.kind === 'purchase' ? offer.price : offer.amount;
    const price = amount === undefined ? [] : [element('small', {}, formatMoney(amount, currency, language()))];
    const attributes = {
      type: 'button',
      'data-offer': digit,
      'aria-keyshortcuts': digit,
      click: () => choose(index + 1),
    };
    yield element(
      'button',
      attributes,
      element('kbd', { 'aria-hidden': 'true' }, digit),
      offer.name[language()],
      ...price,
    );
  }
  if (freeAmount.length > 0) {
    const attributes = { type: 'button', 'data-amount': '', 'aria-keyshortcuts': '0', click: () => openKeypad() };
    yield element('button', attributes, element('kbd', { 'aria-hidden': 'true' }, '0'), words().screen.otherAmount);
  }
  const cancel = element('button', {
    type: 'button',
    id: 'cancel',
    'aria-keyshortcuts': 'Escape',
    click: () => send({ do: 'cancel' }),
  });
  cancel.append(element('kbd', { 'aria-hidden': 'true' }, 'Esc'), words().screen.cancel);
  yield cancel;
}

/** @param {number} offer from 1 */
function choose(offer) {
  send({ do: 'choose', offer });
}

/** Digits choose, 0 opens the keypad, Escape goes back to the default. */
export function startOffers() {
  addEventListener('keydown', (event) => {
    const isTyping = document.querySelector('dialog[open]') !== null || event.target instanceof HTMLSelectElement;
    if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === 'Escape') send({ do: 'cancel' });
    else if (event.key === '0') openKeypad();
    else if (/^[1-9]$/.test(event.key)) choose(Number(event.key));
  });
}
