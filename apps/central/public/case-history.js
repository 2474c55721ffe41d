/** What happened to a case: who, when, what and why. Read when it is opened. */
import { recordName, sentenceOf } from './alerts.js';
import { ask } from './ask.js';
import { element, filled } from './element.js';
import { moment, words } from './language.js';

/**
 * What took an alert away, in words.
 * @param {any} cure
 */
export function cureWords(cure) {
  return filled(words().cures[cure.by], { ...cure, record: recordName(cure) }).join('');
}

/** @param {any} step */
function stepItem({ at, who, what, detail }) {
  const { page, caseSteps } = words();
  const sentence = element('span', {});
  if (detail.alert) sentence.append(...sentenceOf(detail.alert));
  const cure = detail.cure ? cureWords(detail.cure) : '';
  const said = element('span', {}, ...filled(caseSteps[what], { ...detail, alert: sentence, cure }));
  const doer = who === 'centre' ? page.historyCentre : who;
  return element('li', {}, ...filled(page.historyLine, { time: moment(at), who: doer, what: said }));
}

/**
 * @param {number} id
 * @param {string} subject
 * @param {Set<number>} opened the cases whose history is open, which it stays when the case is shown anew
 */
export function historyOf(id, subject, opened) {
  const list = element('ol', { class: 'history' });
  let isRead = false;
  const read = async () => {
    if (isRead) return;
    isRead = true;
    list.replaceChildren(element('li', {}, words().page.loading));
    try {
      const found = await ask(`alert-cases/${id}`);
      list.replaceChildren(...(found?.history ?? []).map(stepItem));
    } catch (error) {
      isRead = false;
      const { message } = /** @type {Error} */ (error);
      list.replaceChildren(element('li', {}, ...filled(words().page.fault, { message })));
    }
  };
  const { caseHistory } = words().page;
  const summary = element('summary', { 'aria-label': `${caseHistory}: ${subject}` }, caseHistory);
  const details = /** @type {HTMLDetailsElement} */ (element('details', {}, summary, list));
  details.open = opened.has(id);
  if (details.open) read();
  details.addEventListener('toggle', () => {
    if (!details.open) opened.delete(id);
    else {
      opened.add(id);
      read();
    }
  });
  return details;
}
