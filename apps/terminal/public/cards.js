/** Card files that can be held to the reader in this process, and pulled away early. */
import { send } from './connection.js';
import { byId, element } from './element.js';
import { words } from './language.js';
import { fill } from './message.js';

let shown = '';

/** @param {any} state */
export function showCards({ cards }) {
  const strip = byId('cards');
  strip.hidden = cards === null;
  if (cards === null) return;
  const { screen } = words();
  strip.setAttribute('aria-label', screen.cards);
  const made = JSON.stringify([screen.cards, cards.map((/** @type {any} */ { name }) => name)]);
  if (made !== shown) {
    shown = made;
    strip.replaceChildren(...partsOf(cards, screen));
  }
  for (const card of cards) {
    const button = [...strip.querySelectorAll('button')].find(({ dataset }) => dataset.card === card.name);
    if (!button) continue;
    button.setAttribute('aria-pressed', String(card.isHeld));
    button.textContent = fill(card.isHeld ? screen.pull : screen.hold, { card: card.name });
  }
}

/**
 * @param {readonly any[]} cards
 * @param {any} screen
 */
function* partsOf(cards, screen) {
  yield element('span', {}, screen.cards);
  if (cards.length === 0) yield element('span', {}, screen.noCards);
  for (const { name } of cards) {
    const click = () => {
      const isHeld = button.getAttribute('aria-pressed') === 'true';
      const leaves = /** @type {HTMLSelectElement} */ (byId('leaves')).value;
      send(isHeld ? { do: 'pull' } : { do: 'hold', card: name, leaves });
    };
    const button = element('button', { type: 'button', 'data-card': name, click });
    yield button;
  }
  const choices = [
    ['when-pulled', screen.leavesWhenPulled],
    ['before-commit', screen.leavesBeforeCommit],
    ['after-commit', screen.leavesAfterCommit],
  ].map(([value, word]) => element('option', { value }, word));
  yield element('label', {}, `${screen.leaves} `, element('select', { id: 'leaves' }, ...choices));
}
