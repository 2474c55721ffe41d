/** What the cards' own proofs say. Shown only where the centre has the keys to check them. */
import { kindSections } from './alerts.js';
import { ask } from './ask.js';
import { byId } from './element.js';
import { words } from './language.js';

const PAGE_SIZE = 50;

let limit = PAGE_SIZE;
/** @type {readonly any[]} */
let alerts = [];
let shown = '';

export function showProofs() {
  byId('no-proof-alerts').hidden = alerts.length > 0;
  byId('proof-list').replaceChildren(...kindSections(alerts));
  const more = byId('more-proofs');
  more.textContent = words().page.moreProofAlerts;
  more.hidden = alerts.length < limit;
}

async function readProofs() {
  const answer = await ask(`proofs?limit=${limit}`);
  alerts = answer?.alerts ?? [];
}

/** Reads them anew, unless someone is just among them. */
export async function refreshProofs(/** @type {any} */ totals) {
  byId('proofs').hidden = !totals.proofs;
  if (!totals.proofs || byId('proofs').contains(document.activeElement)) return;
  await readProofs();
  const text = JSON.stringify(alerts);
  if (text === shown) return;
  shown = text;
  showProofs();
}

export function startProofs() {
  byId('more-proofs').addEventListener('click', async () => {
    limit = Math.min(limit * 4, 10_000);
    await readProofs();
    showProofs();
  });
}
