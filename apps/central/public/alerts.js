/** The alerts in words, of one kind or of all. */
import { ask } from './ask.js';
import { byId, element, filled } from './element.js';
import { change, moment, number, words } from './language.js';

const PAGE_SIZE = 50;

let kind = '';
let limit = PAGE_SIZE;
/** @type {Readonly<Record<string, number>>} */
let counts = {};
/** @type {readonly any[]} */
let alerts = [];
let shown = '';

/** @param {string} medium */
const mediumLink = (medium) => element('a', { href: `?medium=${encodeURIComponent(medium)}` }, medium);

/** @param {{terminal: number, serial: number}} identity */
export const recordName = ({ terminal, serial }) => `${terminal}-${serial}`;

/** @param {string} each kind of an alert, of the specification's, of the proofs' or of the signed journals' */
export const wordsOf = (each) => words().alerts[each] ?? words().proofs[each] ?? words().integrity[each];

/** @param {any} alert */
export function sentenceOf(alert) {
  const values = {
    ...alert,
    record: recordName(alert),
    ...(alert.medium === undefined ? {} : { medium: mediumLink(alert.medium) }),
    ...(alert.time === undefined ? {} : { time: moment(alert.time) }),
    ...(alert.amount === undefined ? {} : { amount: change(alert.amount) }),
    ...(alert.transactions === undefined ? {} : { transactions: alert.transactions.map(recordName).join(', ') }),
  };
  return filled(wordsOf(alert.kind).sentence, values);
}

/**
 * An alert by itself, with all that is to be said of its kind.
 * @param {any} alert
 */
export function alertItem(alert) {
  const { title, advice } = wordsOf(alert.kind);
  return element(
    'li',
    { 'data-kind': alert.kind },
    element('strong', {}, title),
    element('p', {}, ...sentenceOf(alert)),
    element('p', { class: 'advice' }, advice),
  );
}

/**
 * Alerts by kind: what to do about them is said once.
 * @param {readonly any[]} listed
 */
export function kindSections(listed) {
  return [...new Set(listed.map((alert) => alert.kind))].map((each) => kindSection(each, listed));
}

/**
 * @param {string} each
 * @param {readonly any[]} listed
 */
function kindSection(each, listed) {
  const { title, advice } = wordsOf(each);
  const items = listed.filter((alert) => alert.kind === each).map((alert) => element('li', {}, ...sentenceOf(alert)));
  return element(
    'section',
    { 'data-kind': each },
    element('h3', {}, title),
    element('p', { class: 'advice' }, advice),
    element('ul', { class: 'alerts' }, ...items),
  );
}

function showKinds() {
  const sum = Object.values(counts).reduce((total, count) => total + count, 0);
  const choices = [
    ['', words().page.allKinds, sum],
    ...Object.entries(counts).map(([each, count]) => [each, '', count]),
  ];
  const buttons = choices.map(([each, name, count]) => {
    const text = `${name || words().alerts[each].title} (${number(Number(count))})`;
    const attributes = { type: 'button', 'aria-pressed': String(each === kind), 'data-kind': String(each) };
    return element('button', { ...attributes, click: () => chooseKind(String(each)) }, text);
  });
  byId('alert-kinds').replaceChildren(...(sum === 0 ? [] : buttons));
}

export function showAlerts() {
  showKinds();
  const { page } = words();
  byId('no-alerts').hidden = alerts.length > 0;
  byId('alert-list').replaceChildren(...kindSections(alerts));
  const more = byId('more-alerts');
  more.textContent = page.moreAlerts;
  more.hidden = alerts.length < limit;
}

/** @param {string} chosen */
async function chooseKind(chosen) {
  kind = chosen;
  limit = PAGE_SIZE;
  await readAlerts();
  showAlerts();
  /** @type {HTMLElement | null} */ (document.querySelector(`#alert-kinds [data-kind="${chosen}"]`))?.focus();
}

async function readAlerts() {
  const answer = await ask(`alerts?kind=${kind}&limit=${limit}`);
  alerts = answer?.alerts ?? [];
}

/** Reads the alerts anew, unless someone is just among them: a list must not move away under a hand. */
export async function refreshAlerts(/** @type {any} */ totals) {
  counts = totals.alerts;
  if (byId('alerts').contains(document.activeElement)) return;
  if (kind !== '' && !(kind in counts)) kind = '';
  await readAlerts();
  const text = JSON.stringify([counts, alerts]);
  if (text === shown) return;
  shown = text;
  showAlerts();
}

export function startAlerts() {
  byId('more-alerts').addEventListener('click', async () => {
    limit = Math.min(limit * 4, 10_000);
    await readAlerts();
    showAlerts();
  });
}
