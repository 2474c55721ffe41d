/** Work on alerts: the open cases, or the closed ones. Shown where people sign in, to whoever may see alerts. */
import { ask, send } from './ask.js';
import { caseItem, factList, subjectOf } from './case-item.js';
import { byId, filled } from './element.js';
import { words } from './language.js';
import { may, person } from './signed-in.js';

const PAGE_SIZE = 50;
const LIMIT_MAX = 1_000;
/** A burst of events is one question. */
const GATHER_MS = 300;
/** Asked for at once: of one that moves between two questions neither would tell. */
const STATES = { open: 'new,acknowledged,assigned', closed: 'resolved,cured' };

/** @type {'open' | 'closed'} */
let chosen = 'open';
let limit = PAGE_SIZE;
let isMore = false;
let followPlanned = false;
/** @type {readonly any[]} */
let cases = [];
/** What is on the screen of each case, and of which reading. @type {Map<number, {text: string, node: HTMLElement}>} */
const items = new Map();
/** @type {Map<number, string>} */
const refusals = new Map();
/** @type {import('./case-item.js').Desk} */
const desk = { opened: new Set(), refusalOf: (id) => refusals.get(id), step, refuse };

/** An open centre knows nobody who could see to anything. */
const isShown = () => person() !== null && may('see-alerts');

async function read() {
  const [which, count] = [chosen, limit];
  const answer = await ask(`alert-cases?state=${STATES[which]}&limit=${count}`);
  // Somebody chose the others meanwhile.
  if (which !== chosen || count !== limit) return;
  isMore = count < LIMIT_MAX && answer.next !== null;
  cases = answer.cases;
}

/** Somebody's hand, or what they have written and not sent. @param {Element} node */
const isInUse = (node) => node.contains(document.activeElement) || node.querySelector('form') !== null;

/** @param {any} item */
function nodeOf(item) {
  const text = JSON.stringify(item);
  const known = items.get(item.id);
  if (known?.text === text) return known.node;
  if (known && isInUse(known.node)) {
    known.node.querySelector('dl')?.replaceWith(factList(item));
    return known.node;
  }
  const node = caseItem(item, desk);
  items.set(item.id, { text, node });
  return node;
}

/**
 * What is under a hand stays where it is, and stays there when the case is no longer among those shown.
 * @param {HTMLElement[]} wanted
 */
function arrange(wanted) {
  const list = byId('case-list');
  for (const [index, node] of [...list.children].entries()) {
    if (wanted.includes(/** @type {HTMLElement} */ (node))) continue;
    if (isInUse(node)) wanted.splice(index, 0, /** @type {HTMLElement} */ (node));
    else node.remove();
  }
  const held = wanted.findIndex((node) => list.contains(node) && node.contains(document.activeElement));
  if (held < 0) list.append(...wanted);
  else {
    wanted[held]?.before(...wanted.slice(0, held));
    wanted[held]?.after(...wanted.slice(held + 1));
  }
  for (const [id, { node }] of items) if (!wanted.includes(node)) items.delete(id);
}

/** @param {boolean} [anew] everything, as in another language */
export function showCases(anew = false) {
  const { page } = words();
  if (anew) {
    items.clear();
    byId('case-list').replaceChildren();
    byId('case-note').textContent = '';
  }
  for (const button of document.querySelectorAll('[data-cases]')) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-cases') === chosen));
  }
  byId('no-cases').textContent = chosen === 'open' ? page.noOpenCases : page.noClosedCases;
  byId('no-cases').hidden = cases.length > 0;
  byId('more-cases').hidden = !isMore;
  arrange(cases.map(nodeOf));
}

export async function refreshCases() {
  byId('cases').hidden = !isShown();
  if (!isShown()) return;
  await read();
  showCases();
}

/** Called for each event that tells of a case. */
export function followCases() {
  if (followPlanned) return;
  followPlanned = true;
  setTimeout(() => {
    followPlanned = false;
    // The connection sign already says that the centre does not answer.
    refreshCases().catch(() => {});
  }, GATHER_MS);
}

/**
 * @param {number} id
 * @param {string} path
 * @param {object} body
 * @param {string} done what the button says
 */
async function step(id, path, body, done) {
  try {
    const { answer, refusal } = await send(`alert-cases/${id}/${path}`, body);
    if (refusal !== null) return refusal;
    refusals.delete(id);
    await showAfter(id);
    byId('case-note').textContent = filled(words().page.caseDone, {
      ...{ act: done, subject: subjectOf(answer.alert) },
    }).join('');
    return null;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
}

/**
 * @param {number} id
 * @param {string} refusal
 */
async function refuse(id, refusal) {
  refusals.set(id, refusal);
  byId('case-note').textContent = '';
  await showAfter(id);
  refusals.delete(id);
}

/** The case as it is now. Its buttons are others, or gone: whoever goes by keyboard goes on from its heading, or the section's. */
async function showAfter(/** @type {number} */ id) {
  // What was done is done, whether or not the list can be read just now.
  await read().catch(() => {});
  items.get(id)?.node.remove();
  items.delete(id);
  showCases();
  (document.getElementById(`case-${id}`) ?? byId('cases-title')).focus();
}

/** @param {'open' | 'closed'} which */
async function choose(which) {
  [chosen, limit, cases] = [which, PAGE_SIZE, []];
  showCases(true);
  await refreshCases();
}

export function startCases() {
  for (const which of /** @type {const} */ (['open', 'closed'])) {
    document.querySelector(`[data-cases=${which}]`)?.addEventListener('click', () => choose(which));
  }
  byId('more-cases').addEventListener('click', () => {
    limit = Math.min(limit * 4, LIMIT_MAX);
    refreshCases();
  });
  // What stayed under a hand is shown as it is now when the hand has gone.
  byId('case-list').addEventListener('focusout', ({ target, relatedTarget }) => {
    const left = target instanceof Element ? target.closest('[data-case]') : null;
    if (!(relatedTarget instanceof Node) || !left?.contains(relatedTarget)) setTimeout(showCases);
  });
}
