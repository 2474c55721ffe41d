/** Words in the language chosen on the screen, else the terminal's own. */
import { byId, element } from './element.js';

const CATALOGUE = await (await fetch('words.json')).json();
const STORED = 'retap-language';

/** Until the terminal has said its own: Slovene. */
let ownLanguage = 'sl';

/** For as long as the page is open: the next start is in the terminal's language. */
export const language = () => sessionStorage.getItem(STORED) ?? ownLanguage;
export const words = () => CATALOGUE[language()];

/** @param {string} own the terminal's language */
export function setOwnLanguage(own) {
  ownLanguage = own;
}

/** @param {() => void} onChange */
export function startLanguage(onChange) {
  for (const [code, { language: name }] of Object.entries(CATALOGUE)) {
    const choose = () => {
      sessionStorage.setItem(STORED, code);
      onChange();
    };
    byId('languages').append(
      element('button', { type: 'button', lang: code, click: choose, 'data-language': code }, name),
    );
  }
}

export function showLanguage() {
  document.documentElement.lang = language();
  byId('languages').setAttribute('aria-label', words().screen.languageLabel);
  for (const button of byId('languages').children) {
    button.setAttribute('aria-pressed', String(button.getAttribute('data-language') === language()));
  }
}

/** Dates as they are written in Europe: the day before the month, and 24 hours. */
/** @type {Readonly<Record<string, string>>} */
const LOCALES = { en: 'en-GB', sl: 'sl-SI' };

/** @param {number} time */
export function moment(time) {
  return new Intl.DateTimeFormat(LOCALES[language()], { dateStyle: 'medium', timeStyle: 'short' }).format(time);
}
