/** Words and forms of numbers in the language chosen. */
import { byId, element } from './element.js';

const CATALOGUE = await (await fetch('words.json')).json();
const STORED = 'retap-language';

/** @returns {string} */
function firstLanguage() {
  const stored = localStorage.getItem(STORED);
  const wished = [stored ?? '', ...navigator.languages].map((each) => each.slice(0, 2).toLowerCase());
  return wished.find((each) => each in CATALOGUE) ?? 'en';
}

let language = firstLanguage();

export const words = () => CATALOGUE[language];

/** The language as it is written where the reader lives: a British date, not an American one. */
const locale = () => navigator.languages.find((each) => each.toLowerCase().startsWith(language)) ?? language;

/** @param {number} time */
export function moment(time) {
  const form = new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' });
  const iso = new Date(time).toISOString();
  return element('time', { datetime: iso, title: iso }, form.format(time));
}

/** Puts the words that never change into the page. */
function sayStaticWords() {
  document.documentElement.lang = language;
  const title = document.documentElement.dataset.title;
  document.title = title ? `${words().people[title]} – ${words().page.title}` : words().page.title;
  for (const each of document.querySelectorAll('[data-word]')) {
    const word = each.getAttribute('data-word') ?? '';
    each.textContent = words().page[word] ?? words().people[word];
  }
}

/** @param {() => void} onChange */
export function startLanguage(onChange) {
  const choice = /** @type {HTMLSelectElement} */ (byId('language'));
  for (const [code, { language: name }] of Object.entries(CATALOGUE)) {
    choice.append(element('option', { value: code, lang: code }, name));
  }
  choice.value = language;
  choice.addEventListener('change', () => {
    language = choice.value;
    localStorage.setItem(STORED, language);
    sayStaticWords();
    onChange();
  });
  sayStaticWords();
}
