/** What waits for a second person. Shown where people sign in, to whoever may see it; buttons only to whoever may press them. */
import { ask, refusalIn, send } from './ask.js';
import { byId, element, filled } from './element.js';
import { moment, words } from './language.js';

const LIMIT = 100;

/** @type {readonly any[]} */
let proposals = [];
/** @type {{name: string, capabilities: readonly string[]} | null} */
let person = null;
let shown = '';

/**
 * Which medium or terminal; what a list is called is in the words already.
 * @param {string} object as `medium 04A1`
 */
function nameIn(object) {
  const [sort, ...name] = object.split(' ');
  return sort === 'list' ? '' : `: ${name.join(' ')}`;
}

/** @param {any} proposal */
function proposalItem(proposal) {
  const { id, kind, object, proposedBy, proposedAt, why, expiresAt, entry } = proposal;
  const { page, proposals: kinds } = words();
  return element(
    'li',
    { 'data-proposal': String(id) },
    element('strong', { id: `proposal-${id}` }, `${kinds[kind] ?? kind}${nameIn(object)}`),
    element(
      'p',
      {},
      ...filled(why === '' ? page.proposalByUnsaid : page.proposalBy, {
        who: proposedBy,
        time: moment(proposedAt),
        why,
      }),
    ),
    element('p', {}, element('code', {}, JSON.stringify(entry))),
    element('p', { class: 'advice' }, ...filled(page.proposalUntil, { time: moment(expiresAt) })),
    ...decisions(proposal),
  );
}

/** @param {any} proposal */
function decisions({ id, proposedBy, capability }) {
  const { page } = words();
  const button = (/** @type {string} */ word, /** @type {string} */ path) =>
    element(
      'button',
      // Several buttons have one word: which is meant is said by the proposal's own line.
      { type: 'button', 'aria-describedby': `proposal-${id}`, click: () => decide(id, path) },
      page[word],
    );
  if (person === null) return [];
  if (proposedBy === `@${person.name}`) {
    return [element('p', {}, page.ownProposal), element('p', { class: 'decisions' }, button('withdraw', 'withdrawal'))];
  }
  if (!person.capabilities.includes(capability)) return [];
  return [element('p', { class: 'decisions' }, button('approve', 'approval'), button('reject', 'rejection'))];
}

/**
 * @param {number} id
 * @param {string} path
 */
async function decide(id, path) {
  const note = await sent(id, path);
  await read();
  showProposals();
  byId('proposal-note').textContent = note;
  // The button is gone: whoever goes by keyboard goes on from the heading.
  byId('proposals-title').focus();
}

/**
 * @param {number} id
 * @param {string} path
 * @returns {Promise<string>} what there is to say about it: that it was refused, or made no sense any more
 */
async function sent(id, path) {
  const { answer, refusal } = await send(`proposals/${id}/${path}`, { why: '' });
  if (refusal !== null) return refusal;
  const idle = answer.result?.refusal;
  return idle ? filled(words().page.proposalIdle, { message: refusalIn({ code: idle }) }).join('') : '';
}

async function read() {
  const answer = await ask(`proposals?state=proposed&limit=${LIMIT}`);
  proposals = answer?.proposals ?? [];
  shown = JSON.stringify([proposals, person]);
}

export function showProposals() {
  byId('no-proposals').hidden = proposals.length > 0;
  byId('proposal-list').replaceChildren(...proposals.map(proposalItem));
}

/** Reads them anew, unless someone is just among them. */
export async function refreshProposals() {
  const session = await ask('session');
  person = session?.person ?? null;
  const maySee = person?.capabilities.includes('see-proposals') ?? false;
  byId('proposals').hidden = !maySee;
  if (!maySee || byId('proposal-list').contains(document.activeElement)) return;
  const before = shown;
  await read();
  if (before !== shown) showProposals();
}
