/** The totals, live. */
import { byId, element } from './element.js';
import { money, number, words } from './language.js';

/** A screen reader is told at most this often: every second would never let it finish. */
const SPOKEN_PERIOD_MS = 15_000;

/** @type {any} */
let totals = null;
let spokenAt = Number.NEGATIVE_INFINITY;
/** Null until it is known. @type {boolean | null} */
let isConnected = null;

/** @param {any} read */
const alertCount = (read) => Object.values(read.alerts).reduce((sum, count) => sum + Number(count), 0);

export function showTotals() {
  showConnection();
  if (totals === null) return;
  const { page } = words();
  const tiles = [
    ['records', number(totals.records)],
    ['batches', number(totals.batches)],
    ['media', number(totals.media)],
    ['terminals', number(totals.terminals)],
    ['balance', money(totals.balance)],
    ['alertCount', number(alertCount(totals)), '', 'wrong'],
    ...(totals.proofs ? [['proofCount', number(alertCount(totals.proofs)), '', 'wrong']] : []),
    ['inDoubt', number(totals.inDoubt), page.inDoubtHint],
    ['outOfSync', number(totals.outOfSync), page.outOfSyncHint],
    ...(totals.proofs ? [['unsettled', number(totals.proofs.unsettled), page.unsettledHint]] : []),
    ['waiting', number(totals.waiting), page.waitingHint],
    ['quarantined', number(totals.quarantined)],
  ];
  const rows = tiles.map(([word = '', text = '', hint = '', look = '']) => {
    const value = element('dd', { 'data-total': word }, text, ...(hint ? [element('small', {}, hint)] : []));
    return element('div', { class: text === '0' ? '' : look }, element('dt', {}, page[word]), value);
  });
  byId('totals-list').replaceChildren(...rows);
}

function speak() {
  const at = performance.now();
  if (totals === null || at - spokenAt < SPOKEN_PERIOD_MS) return;
  spokenAt = at;
  const values = {
    records: number(totals.records),
    inDoubt: number(totals.inDoubt),
    alerts: number(alertCount(totals)),
  };
  byId('totals-spoken').textContent = words().page.summary.replace(
    /\{(\w+)\}/g,
    (/** @type {string} */ _, /** @type {keyof typeof values} */ key) => values[key],
  );
}

function showConnection(connected = isConnected) {
  isConnected = connected;
  if (connected === null) return;
  const { page } = words();
  const sign = byId('connection');
  sign.className = connected ? 'connected' : 'disconnected';
  const text = connected ? page.live : page.disconnected;
  if (sign.textContent !== text) sign.textContent = text;
}

/**
 * @param {(totals: any) => void} onTotals called whenever they changed
 * @param {Readonly<Record<string, () => void>>} listeners by the type of the event that each is called for
 */
export function startTotals(onTotals, listeners) {
  const events = new EventSource('events');
  events.addEventListener('open', () => showConnection(true));
  events.addEventListener('error', () => {
    showConnection(false);
    // A browser gives up for good on an answer such as 503; we do not.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => startTotals(onTotals, listeners), 3_000);
  });
  for (const [type, listener] of Object.entries(listeners)) events.addEventListener(type, listener);
  events.addEventListener('totals', (event) => {
    totals = JSON.parse(event.data);
    showTotals();
    speak();
    onTotals(totals);
  });
}
