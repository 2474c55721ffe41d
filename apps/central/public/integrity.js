/** What the terminals' signed journals say of themselves. Shown only where the centre takes nothing but signed batches. */
import { kindSections } from './alerts.js';
import { ask } from './ask.js';
import { byId } from './element.js';

const LIMIT = 1_000;

/** @type {readonly any[]} */
let alerts = [];
let shown = '';

export function showIntegrity() {
  byId('no-integrity-alerts').hidden = alerts.length > 0;
  byId('integrity-list').replaceChildren(...kindSections(alerts));
}

/** Reads them anew, unless someone is just among them. */
export async function refreshIntegrity(/** @type {any} */ totals) {
  byId('integrity').hidden = !totals.integrity;
  if (!totals.integrity || byId('integrity').contains(document.activeElement)) return;
  const answer = await ask(`integrity?limit=${LIMIT}`);
  alerts = answer?.alerts ?? [];
  const text = JSON.stringify(alerts);
  if (text === shown) return;
  shown = text;
  showIntegrity();
}
