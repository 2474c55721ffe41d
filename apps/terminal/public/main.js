/** The screen of a terminal: one message at a time, as the terminal sends it. */
import { formatMoney } from './amount.js';
import { showCards } from './cards.js';
import { connect } from './connection.js';
import { byId, element } from './element.js';
import { closeKeypad, showKeypad, startKeypad } from './keypad.js';
import { language, moment, setOwnLanguage, showLanguage, startLanguage, words } from './language.js';
import { DISCONNECTED, fill, said } from './message.js';
import { showOffers, startOffers } from './offers.js';
import { signOf } from './sign.js';
import { showSound, sound, startSound } from './sound.js';

/** Before the terminal has spoken, the page knows nothing of it. */
/** @type {any} */
let state = {
  terminal: '',
  role: 'inspector',
  currency: { code: 'EUR', digits: 2 },
  offers: [],
  freeAmount: [],
  selected: null,
  isDefault: true,
  message: DISCONNECTED,
  messageNumber: -1,
  waiting: 0,
  notAccepted: null,
  cards: null,
};
let spoken = '';

function show() {
  const { terminal, waiting, notAccepted } = state;
  document.title = fill(words().screen.title, { terminal });
  byId('name').textContent = fill(words().screen.terminal, { terminal });
  byId('waiting').textContent = waiting > 0 ? fill(words().screen.waiting, { count: waiting }) : '';
  byId('not-accepted').textContent = notAccepted === null ? '' : words().notAccepted[notAccepted];
  showLanguage();
  showSound(words());
  showOffers(state);
  showKeypad(state);
  showCards(state);
  showMessage();
}

function showMessage() {
  const what = said(state, words(), language());
  const saying = JSON.stringify([what, state.messageNumber, language()]);
  // Put there anew a screen reader would say it again.
  if (saying === spoken) return;
  spoken = saying;
  if (what.kind !== 'ready') closeKeypad();
  document.body.dataset.message = what.kind;
  byId('sign').replaceChildren(signOf(what.kind));
  const { screen } = words();
  byId('message').replaceChildren(
    element('p', { class: 'title' }, what.title),
    ...what.lines.map((line) => element('p', { class: 'line' }, line)),
    ...(what.balance === null
      ? []
      : [element('p', { class: 'balance' }, `${screen.balance} `, element('strong', {}, what.balance))]),
    ...(what.advice === '' ? [] : [element('p', { class: 'advice' }, what.advice)]),
    ...(state.message.kind === 'account' ? account(state.message) : []),
  );
}

/**
 * What an inspector sees.
 * @param {any} message
 */
function account({ products, log }) {
  const { screen } = words();
  /** @param {string} title @param {readonly string[]} lines @param {string} none */
  const list = (title, lines, none) =>
    element(
      'section',
      {},
      element('h2', {}, title),
      lines.length === 0 ? element('p', {}, none) : element('ul', {}, ...lines.map((line) => element('li', {}, line))),
    );
  const held = products.map((/** @type {any} */ { code, validUntil, uses, maxUses }) => {
    const until = validUntil === undefined ? '' : `, ${fill(screen.productUntil, { time: moment(validUntil) })}`;
    return `${code}${until}, ${fill(maxUses === undefined ? screen.productUses : screen.productUsesOf, { uses, maxUses })}`;
  });
  const taps = log.map((/** @type {any} */ { time, terminal, amount }) => {
    const moved = formatMoney(amount, state.currency, language(), 'exceptZero');
    return `${moment(time)} · ${fill(screen.terminal, { terminal })} · ${moved}`;
  });
  return [
    element(
      'div',
      { class: 'account' },
      list(screen.products, held, screen.noProducts),
      list(screen.log, taps, screen.noLog),
    ),
  ];
}

startLanguage(show);
startSound(() => showSound(words()));
startOffers();
startKeypad();
show();
connect(
  (changed) => {
    const isAnother = changed.messageNumber !== state.messageNumber && state.messageNumber >= 0;
    state = changed;
    setOwnLanguage(state.language);
    show();
    // Who loads the page anew, or comes back to it, does not hear what was before.
    if (isAnother) sound(state.message.kind);
  },
  () => {
    state = { ...state, message: DISCONNECTED, messageNumber: -1, cards: state.cards === null ? null : [] };
    show();
  },
);
