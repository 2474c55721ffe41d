/** The page: totals, search, one medium, alerts. `?medium=` in the address reproduces a view. */
import { refreshAlerts, showAlerts, startAlerts } from './alerts.js';
import { followCases, refreshCases, showCases, startCases } from './cases.js';
import { byId } from './element.js';
import { refreshIntegrity, showIntegrity } from './integrity.js';
import { startLanguage } from './language.js';
import { closeMedium, openMedium, refreshMedium, showMedium } from './medium.js';
import { refreshProofs, showProofs, startProofs } from './proofs.js';
import { refreshProposals, showProposals } from './proposals.js';
import { startSearch } from './search.js';
import { may, showSignedIn, startSignedIn } from './signed-in.js';
import { showTotals, startTotals } from './totals.js';

/** Lists are read again at most this often, however fast the totals change. */
const REFRESH_PERIOD_MS = 2_000;

function showAddress() {
  const medium = new URLSearchParams(location.search).get('medium');
  if (medium) openMedium(medium);
  else closeMedium();
}

/** @param {string} medium empty for none */
function goTo(medium) {
  history.pushState(null, '', medium === '' ? location.pathname : `?medium=${encodeURIComponent(medium)}`);
  showAddress();
}

/** @type {any} */
let totals = null;
let refreshPlanned = false;

async function refresh() {
  refreshPlanned = false;
  try {
    await Promise.all([
      ...(may('see-alerts') ? [refreshAlerts(totals), refreshProofs(totals), refreshIntegrity(totals)] : []),
      ...(may('see-alerts') ? [refreshCases()] : []),
      ...(may('see-proposals') ? [refreshProposals()] : []),
      ...(may('see-media') ? [refreshMedium()] : []),
    ]);
  } catch {
    // The connection sign already says that the centre does not answer; the next totals read again.
  }
}

/** @param {any} changed */
function followTotals(changed) {
  const first = totals === null;
  totals = changed;
  if (refreshPlanned) return;
  refreshPlanned = true;
  setTimeout(refresh, first ? 0 : REFRESH_PERIOD_MS);
}

startLanguage(() => {
  showSignedIn();
  showTotals();
  showAlerts();
  showCases(true);
  showProofs();
  showIntegrity();
  showProposals();
  showMedium();
});
if (await startSignedIn()) {
  // What somebody may not see is not there, rather than there and empty.
  byId('search-section').hidden = !may('see-media');
  byId('alerts').hidden = !may('see-alerts');
  startSearch(goTo);
  if (may('see-alerts')) {
    startAlerts();
    startProofs();
    startCases();
  }
  const followProposals = () => may('see-proposals') && refreshProposals().catch(() => {});
  startTotals(followTotals, {
    ...{ 'proposal.made': followProposals, 'proposal.decided': followProposals },
    ...{ 'alert.raised': followCases, 'alert.changed': followCases },
    ...{ 'alert.cured': followCases, 'alert.worked': followCases },
  });
}

byId('close-medium').addEventListener('click', () => {
  goTo('');
  byId('search-field').focus();
});
// Links to media are ordinary links, which also open in a new tab; here they only save loading the page again.
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="?medium="]') : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  goTo(new URLSearchParams(link.getAttribute('href') ?? '').get('medium') ?? '');
});
addEventListener('popstate', showAddress);
if (may('see-media')) showAddress();
