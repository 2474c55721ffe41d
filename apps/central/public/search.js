/** Search by medium: a combobox (WAI-ARIA pattern, list autocomplete with manual selection). */
import { ask } from './ask.js';
import { byId, element } from './element.js';
import { words } from './language.js';

const field = /** @type {HTMLInputElement} */ (byId('search-field'));
const list = byId('search-list');
const SUGGESTIONS = 8;

let chosen = -1;
let asking = new AbortController();

/** @param {readonly string[]} media */
function showSuggestions(media) {
  chosen = -1;
  field.removeAttribute('aria-activedescendant');
  const options = media.map((medium, index) =>
    element('div', { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false' }, medium),
  );
  list.replaceChildren(...options);
  list.hidden = media.length === 0;
  field.setAttribute('aria-expanded', String(media.length > 0));
}

/** @param {number} index */
function choose(index) {
  const options = [...list.children];
  chosen = options.length === 0 ? -1 : (index + options.length) % options.length;
  options.forEach((option, each) => {
    option.setAttribute('aria-selected', String(each === chosen));
  });
  const option = options[chosen];
  if (!option) return;
  field.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

async function suggest() {
  asking.abort();
  asking = new AbortController();
  const prefix = field.value.trim();
  byId('search-note').textContent = '';
  if (prefix === '') return showSuggestions([]);
  try {
    const answer = await ask(`media?prefix=${encodeURIComponent(prefix)}&limit=${SUGGESTIONS}`, asking.signal);
    showSuggestions(answer.media);
    byId('search-note').textContent = answer.media.length === 0 ? words().page.noSuggestions : '';
  } catch (error) {
    if (!asking.signal.aborted) byId('search-note').textContent = /** @type {Error} */ (error).message;
  }
}

/** @param {(medium: string) => void} onSearch */
export function startSearch(onSearch) {
  /** @param {string} medium */
  const search = (medium) => {
    asking.abort();
    field.value = medium;
    showSuggestions([]);
    if (medium !== '') onSearch(medium);
  };
  field.addEventListener('input', suggest);
  field.addEventListener('blur', () => showSuggestions([]));
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') showSuggestions([]);
    else if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen < 0 ? -1 : chosen - 1);
    else return;
    event.preventDefault();
  });
  // Pressed, not clicked: the field would lose the focus first, and the list with it.
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    search(/** @type {HTMLElement} */ (event.target).textContent ?? '');
  });
  byId('search').addEventListener('submit', (event) => {
    event.preventDefault();
    search((chosen < 0 ? field.value : (list.children[chosen]?.textContent ?? '')).trim());
  });
}
