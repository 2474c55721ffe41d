/** One case: what stands, how far it is, and, for whoever may, what can be done about it. */
import { sentenceOf, wordsOf } from './alerts.js';
import { openForm } from './case-form.js';
import { cureWords, historyOf } from './case-history.js';
import { element, filled } from './element.js';
import { moment, number, words } from './language.js';
import { may, person } from './signed-in.js';

/**
 * @typedef {object} Desk
 * @property {Set<number>} opened the cases whose history is open
 * @property {(id: number) => string | undefined} refusalOf why the last step was not taken
 * @property {(id: number, path: string, body: object, done: string) => Promise<string | null>} step takes one: null, or why not
 * @property {(id: number, refusal: string) => void} refuse says so at the case
 */

/** What it is about, in one line: the name of the case wherever it is spoken. @param {any} alert */
export function subjectOf({ kind, medium, terminal }) {
  const { page } = words();
  const of = [
    ...(medium === undefined ? [] : [filled(page.caseMedium, { medium }).join('')]),
    ...(terminal === undefined ? [] : [filled(page.caseTerminal, { terminal }).join('')]),
  ];
  return filled(page.caseSubject, { title: wordsOf(kind).title, of: of.join(', ') }).join('');
}

/** How far it is. @param {any} item */
export function factList(item) {
  const { page, caseStates } = words();
  const rows = [
    [page.caseState, caseStates[item.state]],
    [page.caseSince, moment(item.appearedAt)],
    ...(item.appearances > 1 ? [[page.caseAppearances, number(item.appearances)]] : []),
    [page.caseAssigned, item.assignedTo ?? page.caseNobody],
    ...(item.reason === null ? [] : [[page.caseReason, item.reason]]),
    ...(item.cure === null
      ? []
      : [[page.caseCure, element('span', {}, moment(item.curedAt), `: ${cureWords(item.cure)}`)]]),
  ];
  const facts = rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value)));
  return element('dl', { class: 'account' }, ...facts);
}

/**
 * @param {any} item
 * @param {Desk} desk
 */
export function caseItem(item, desk) {
  const { id, alert } = item;
  const refusal = desk.refusalOf(id);
  const isClosed = item.state === 'resolved' || item.state === 'cured';
  return element(
    'li',
    { 'data-case': String(id), 'data-state': item.state },
    element('h3', { id: `case-${id}`, tabindex: '-1' }, subjectOf(alert)),
    element('p', {}, ...sentenceOf(alert)),
    ...(isClosed ? [] : [element('p', { class: 'advice' }, wordsOf(alert.kind).advice)]),
    factList(item),
    ...(refusal === undefined
      ? []
      : [element('p', { role: 'alert' }, ...filled(words().people.refused, { message: refusal }))]),
    ...(may('work-alerts') ? [stepRow(item, isClosed, desk)] : []),
    historyOf(id, subjectOf(alert), desk.opened),
  );
}

/**
 * The buttons of the steps that make sense now.
 * @param {any} item
 * @param {boolean} isClosed
 * @param {Desk} desk
 */
function stepRow(item, isClosed, desk) {
  const { id, state, assignedTo, alert } = item;
  const { page } = words();
  const own = person().name;
  const subject = subjectOf(alert);
  const button = (/** @type {string} */ word, /** @type {Record<string, any>} */ attributes) =>
    // Several buttons have one word: which is meant is in the name that is spoken.
    element(
      'button',
      { type: 'button', id: `case-${id}-${word}`, 'aria-label': `${page[word]}: ${subject}`, ...attributes },
      page[word],
    );
  const atOnce = (/** @type {string} */ word, /** @type {string} */ path, /** @type {object} */ body) =>
    button(word, {
      click: async () => {
        const refused = await desk.step(id, path, body, page[word]);
        if (refused !== null) desk.refuse(id, refused);
      },
    });
  const byForm = (
    /** @type {string} */ word,
    /** @type {string} */ path,
    /** @type {string} */ key,
    /** @type {{label: string, missing: string, isName: boolean}} */ form,
  ) =>
    button(word, {
      'aria-expanded': 'false',
      click: (/** @type {Event} */ event) =>
        openForm(/** @type {HTMLElement} */ (event.currentTarget), {
          ...{ ...form, act: page[word], subject },
          submit: (text) => desk.step(id, path, { [key]: text }, page[word]),
        }),
    });
  const { assignLabel, assigneeMissing, commentLabel, reasonLabel, textMissing } = page;
  const assignment = { label: assignLabel, missing: assigneeMissing, isName: true };
  const sentences = { missing: textMissing, isName: false };
  return element(
    'p',
    { class: 'decisions' },
    ...(state === 'new' ? [atOnce('acknowledge', 'acknowledgement', {})] : []),
    ...(isClosed || assignedTo === own ? [] : [atOnce('takeOn', 'assignment', { to: own })]),
    ...(isClosed ? [] : [byForm('assign', 'assignment', 'to', assignment)]),
    byForm('comment', 'comments', 'text', { label: commentLabel, ...sentences }),
    ...(isClosed ? [] : [byForm('resolve', 'resolution', 'reason', { label: reasonLabel, ...sentences })]),
  );
}
