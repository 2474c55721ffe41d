/** What the screen says of a state, as text: it can be read, tested and spoken without a page. */
import { formatMoney } from './amount.js';

/**
 * @typedef {object} Said
 * @property {string} kind of the message: gives colour, sign and sound
 * @property {string} title
 * @property {readonly string[]} lines what it is about: offer, amount
 * @property {string | null} balance
 * @property {string} advice
 */

/** What the page says while it hears nothing from the terminal. */
export const DISCONNECTED = { kind: 'out-of-service', reason: 'disconnected' };

/**
 * @param {any} state of the screen, as the terminal sends it; `message` may be {@link DISCONNECTED}
 * @param {any} words of one language
 * @param {string} language
 * @returns {Said}
 */
export function said(state, words, language) {
  const { message, currency } = state;
  /** @param {number} amount @param {'auto' | 'exceptZero'} [sign] */
  const money = (amount, sign) => formatMoney(amount, currency, language, sign);
  switch (message.kind) {
    case 'ready':
      return saidReady(state, words, language, money);
    case 'go':
      return saidGo(message, words, money);
    case 'again':
      return { kind: 'again', ...words.again[message.reason], lines: [], balance: null };
    case 'refused': {
      const balance = message.balance === null ? null : money(message.balance);
      return { kind: 'refused', ...words.reasons[message.reason], lines: [], balance };
    }
    case 'account': {
      const title = fill(words.screen.medium, { medium: message.medium });
      const advice = message.isBlocked ? words.screen.blocked : message.isDenied ? words.screen.denied : '';
      return { kind: 'account', title, lines: [], balance: money(message.balance), advice };
    }
    default: {
      const { title, advice } = words.reasons[message.reason];
      return { kind: 'out-of-service', title: words.screen.outOfService, lines: [title], balance: null, advice };
    }
  }
}

/**
 * @param {any} state @param {any} words @param {string} language
 * @param {(amount: number) => string} money
 * @returns {Said}
 */
function saidReady({ selected, offers }, words, language, money) {
  if (selected === null) return { kind: 'ready', title: words.ready.reading, lines: [], balance: null, advice: '' };
  const offer = selected.kind === 'offer' ? offers[selected.offer - 1] : { ...selected, kind: selected.type };
  const amount = offer.kind === 'purchase' ? offer.price : offer.amount;
  const lines = [];
  if (offer.name) lines.push(offer.name[language]);
  if (amount !== undefined) {
    lines.push(fill(offer.kind === 'refill' ? words.screen.credit : words.screen.charge, { amount: money(amount) }));
  }
  return { kind: 'ready', title: words.ready[offer.kind], lines, balance: null, advice: '' };
}

/**
 * @param {any} message @param {any} words
 * @param {(amount: number, sign?: 'auto' | 'exceptZero') => string} money
 * @returns {Said}
 */
function saidGo({ done, balance, actions }, words, money) {
  const { title, advice } = words.done[done.type];
  const lines = done.amount ? [money(done.amount, 'exceptZero')] : [];
  for (const { type, amount } of actions) lines.push(fill(words.actions[type], { amount: money(amount) }));
  return { kind: 'go', title, lines, balance: money(balance), advice };
}

/**
 * @param {string} text with `{placeholders}`
 * @param {Readonly<Record<string, string | number>>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ''));
}
