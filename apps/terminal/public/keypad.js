/** A free amount, keyed in as on a till: digits push the amount from the right, in minor units. */
import { formatMoney } from './amount.js';
import { send } from './connection.js';
import { byId, element } from './element.js';
import { language, words } from './language.js';

/** As the terminal has it (`FREE_AMOUNT_MAX`). */
const AMOUNT_MAX = 99_999_999;

/** @type {any} */
let state = null;
let amount = 0;

const dialog = () => /** @type {HTMLDialogElement} */ (byId('keypad'));

/** @param {any} changed state of the screen */
export function showKeypad(changed) {
  state = changed;
}

export function openKeypad() {
  if (!state || state.freeAmount.length === 0 || dialog().open) return;
  amount = 0;
  const { screen } = words();
  /** @param {'debit' | 'refill'} type */
  const confirm = (type) => {
    if (amount === 0) return;
    send({ do: 'enter', type, amount });
    dialog().close();
  };
  const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '00', '0'].map((digit) =>
    element('button', { type: 'button', class: 'digit', click: () => press(digit) }, digit),
  );
  const erase = element(
    'button',
    { type: 'button', class: 'digit', 'aria-label': screen.erase, click: eraseLast },
    '⌫',
  );
  const confirms = ['debit', 'refill']
    .filter((type) => state.freeAmount.includes(type))
    .map((type) => {
      const word = type === 'debit' ? screen.confirmPay : screen.confirmTopUp;
      const click = () => confirm(/** @type {'debit' | 'refill'} */ (type));
      return element('button', { type: 'button', class: 'confirm', 'data-confirm': type, click }, word);
    });
  const cancel = element('button', { type: 'button', click: () => dialog().close() }, screen.cancel);
  dialog().replaceChildren(
    element('h2', { id: 'keypad-title' }, screen.keypad),
    element('output', { id: 'keypad-amount', 'aria-label': screen.amount, 'aria-live': 'polite' }),
    element('div', { class: 'digits' }, ...digits, erase),
    element('div', { class: 'confirms' }, ...confirms, cancel),
  );
  showAmount();
  dialog().showModal();
  // Digits go to the dialog wherever the focus is, and Enter then confirms.
  confirms[0]?.focus();
}

/** A message must not stand behind it. */
export function closeKeypad() {
  dialog().close();
}

export function startKeypad() {
  dialog().addEventListener('keydown', (event) => {
    if (/^\d$/.test(event.key)) press(event.key);
    else if (event.key === 'Backspace') eraseLast();
  });
}

/** @param {string} digits */
function press(digits) {
  const pressed = Number(`${amount}${digits}`);
  if (pressed <= AMOUNT_MAX) amount = pressed;
  showAmount();
}

function eraseLast() {
  amount = Math.floor(amount / 10);
  showAmount();
}

function showAmount() {
  byId('keypad-amount').textContent = formatMoney(amount, state.currency, language());
}
