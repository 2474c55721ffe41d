/** A medium's records, newest first, with what does not connect between them. */
import { element, filled } from './element.js';
import { change, moment, money, words } from './language.js';

const COLUMNS = ['time', 'record', 'type', 'amount', 'balance', 'status', 'notes'];

/** A shape beside the word, so that neither colour nor language is needed to tell them apart. */
/** @type {Readonly<Record<string, string>>} */
const SHAPES = { successful: '●', unsuccessful: '✕', unverified: '?', observed: '○' };

/** @param {any} link */
function linkRow({ record, status, node }) {
  const state = status ?? 'observed';
  const shape = element('span', { 'aria-hidden': 'true', class: 'shape' }, SHAPES[state] ?? '');
  const cells = [
    element('td', {}, moment(record.time)),
    element('th', { scope: 'row' }, `${record.terminal}-${record.serial}`),
    element('td', {}, words().types[record.type]),
    element('td', { class: 'number' }, record.amount === undefined ? '' : change(record.amount)),
    element('td', { class: 'number' }, money(record.balance)),
    element('td', { class: `status ${state}` }, shape, ' ', words().statuses[state]),
    element('td', {}, node ? '' : words().page.offChain),
  ];
  return element('tr', { class: node ? 'node' : 'aside' }, ...cells);
}

/** What is open between this record and the one before it on the chain. @param {any} link */
function breakRow({ record, synchronization }) {
  const time = moment(record.lastTime ?? record.time);
  const amount = change(synchronization.amount);
  const text = filled(words().synchronization[synchronization.kind], { time, amount });
  const shape = element('span', { 'aria-hidden': 'true', class: 'shape' }, '⚠');
  const cell = element('td', { colspan: String(COLUMNS.length) }, shape, ' ', ...text);
  return element('tr', { class: 'break', 'data-synchronization': synchronization.kind }, cell);
}

/** @param {readonly any[]} links */
export function chainTable(links) {
  const { page } = words();
  const rows = links.flatMap((link) => (link.synchronization ? [linkRow(link), breakRow(link)] : [linkRow(link)]));
  const table = element(
    'table',
    {},
    element('caption', {}, page.chainCaption),
    element('thead', {}, element('tr', {}, ...COLUMNS.map((word) => heading(word, page)))),
    element('tbody', {}, ...rows),
  );
  // Wider than a phone: the table scrolls, not the page, and the keyboard must reach it.
  return element('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': page.chain }, table);
}

/**
 * @param {string} word
 * @param {Readonly<Record<string, string>>} page
 */
function heading(word, page) {
  const look = word === 'amount' || word === 'balance' ? { class: 'number' } : {};
  return element('th', { scope: 'col', ...look }, (word === 'balance' ? words().page.balanceAfter : page[word]) ?? '');
}
