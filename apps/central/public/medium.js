/** One medium: its account, its open questions, its chain. */
import { alertItem } from './alerts.js';
import { ask } from './ask.js';
import { chainTable } from './chain.js';
import { byId, element, filled } from './element.js';
import { change, moment, money, words } from './language.js';

const CHAIN_PAGE = 100;

/** What is on the screen, or null. @type {{medium: string, account: any, alerts: any[], links: any[], next: string | null} | null} */
let shown = null;
let shownText = '';
let wanted = '';

/**
 * @param {string} medium
 * @param {boolean} again whether only what changed is to be shown, without moving anything
 */
async function read(medium, again) {
  const path = `media/${encodeURIComponent(medium)}`;
  const [account, alerts, proofs, chain] = await Promise.all([
    ask(path),
    ask(`alerts?medium=${encodeURIComponent(medium)}&limit=100`),
    ask(`proofs?medium=${encodeURIComponent(medium)}&limit=100`),
    ask(
      `${path}/chain?limit=${again && shown ? Math.min(Math.max(shown.links.length, CHAIN_PAGE), 1_000) : CHAIN_PAGE}`,
    ),
  ]);
  if (wanted !== medium) return false;
  const found = [...(alerts?.alerts ?? []), ...(proofs?.alerts ?? [])];
  const text = JSON.stringify([account, found, chain]);
  if (again && text === shownText) return false;
  shownText = text;
  shown = { medium, account, alerts: found, links: chain?.links ?? [], next: chain?.next ?? null };
  return true;
}

/** @param {string} medium */
export async function openMedium(medium) {
  wanted = medium;
  const { page } = words();
  byId('medium').hidden = false;
  byId('medium-title').replaceChildren(...filled(page.mediumTitle, { medium }));
  byId('medium-body').replaceChildren(page.loading);
  try {
    if (await read(medium, false)) showMedium();
  } catch (error) {
    const message = /** @type {Error} */ (error).message;
    byId('medium-body').replaceChildren(...filled(page.fault, { message }));
  }
  byId('medium-title').focus();
}

export function closeMedium() {
  wanted = '';
  shown = null;
  byId('medium').hidden = true;
}

/** Called when the totals changed: this medium may have changed too. */
export async function refreshMedium() {
  if (shown === null || byId('medium-body').contains(document.activeElement)) return;
  if (await read(shown.medium, true)) showMedium();
}

export function showMedium() {
  if (shown === null) return;
  const { page } = words();
  const { medium, account, alerts, links, next } = shown;
  byId('medium-title').replaceChildren(...filled(page.mediumTitle, { medium }));
  if (account === null) {
    byId('medium-body').replaceChildren(...filled(page.mediumUnknown, { medium }));
    return;
  }
  const older = element('button', { type: 'button', id: 'older', click: showOlder }, page.older);
  byId('medium-body').replaceChildren(
    element('h3', {}, page.account),
    accountList(account),
    element('h3', {}, page.questions),
    questionList(account, links, alerts),
    element('h3', {}, page.chain),
    chainTable(links),
    ...(next === null ? [] : [older]),
  );
}

async function showOlder() {
  if (shown?.next == null) return;
  const { medium, next, links } = shown;
  const page = await ask(
    `media/${encodeURIComponent(medium)}/chain?limit=${CHAIN_PAGE}&before=${encodeURIComponent(next)}`,
  );
  shown = { ...shown, links: [...links, ...page.links], next: page.next };
  showMedium();
  document.getElementById('older')?.focus();
}

/** @param {any} account */
function accountList(account) {
  const { page } = words();
  const products = account.products.map((/** @type {any} */ each) => filled(page.productUses, each).join(''));
  const rows = [
    [page.balanceAfter, money(account.balance)],
    [page.openingState, account.opened ? page.opened : page.notOpened],
    [page.lastTime, account.lastTime === null ? page.none : moment(account.lastTime)],
    [page.lastTerminal, account.lastTerminal === null ? page.none : String(account.lastTerminal)],
    [page.products, products.length === 0 ? page.none : products.join(', ')],
  ];
  return element(
    'dl',
    { class: 'account' },
    ...rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}

/**
 * @param {any} account
 * @param {readonly any[]} links
 * @param {readonly any[]} alerts
 */
function questionList(account, links, alerts) {
  const { page, synchronization } = words();
  const unverified = links.filter(({ status }) => status === 'unverified');
  const items = [
    ...alerts.map(alertItem),
    ...account.synchronization.map((/** @type {any} */ row) =>
      filled(synchronization[row.kind], { time: moment(row.time), amount: change(row.amount) }),
    ),
    ...unverified.map(({ record }) =>
      filled(page.questionUnverified, { record: `${record.terminal}-${record.serial}`, time: moment(record.time) }),
    ),
    ...account.pendingValidations.map((/** @type {any} */ each) =>
      filled(page.questionPending, { record: `${each.terminal}-${each.serial}`, productId: each.productId }),
    ),
  ];
  if (items.length === 0) return element('p', {}, page.noQuestions);
  const entries = items.map((item) => (Array.isArray(item) ? element('li', {}, ...item) : item));
  return element('ul', { class: 'alerts' }, ...entries);
}
