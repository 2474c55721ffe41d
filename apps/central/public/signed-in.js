/** Who has signed in: their name in the header, what they may see, and the way out. */
import { ask, send } from './ask.js';
import { byId, element } from './element.js';
import { words } from './language.js';

/** How often the page asks whether the session still stands. */
const LOOK_EVERY_MS = 30_000;

/** @type {{open: boolean, person: any}} */
let session = { open: true, person: null };

export const person = () => session.person;

/** @param {string} capability */
export const may = (capability) => session.open || (session.person?.capabilities.includes(capability) ?? false);

export function showSignedIn() {
  const place = byId('signed-in');
  place.hidden = session.person === null;
  if (session.person === null) return;
  const { name, roles } = session.person;
  const { people } = words();
  const roleWords = roles.map((/** @type {string} */ role) => words().roles[role]).join(', ');
  const out = element('button', { type: 'button', id: 'sign-out' }, people.signOut);
  out.addEventListener('click', signOut);
  place.replaceChildren(element('a', { href: 'account.html' }, name), ` (${roleWords}) `, out);
}

async function signOut() {
  await send('session', undefined, 'DELETE');
  location.assign('sign-in.html');
}

/** Finds out who has signed in; where somebody must and has not, goes where they can. @returns {Promise<boolean>} */
export async function startSignedIn() {
  session = await ask('session');
  if (!session.open && session.person === null) {
    location.replace('sign-in.html');
    return false;
  }
  showSignedIn();
  if (session.person !== null) setInterval(look, LOOK_EVERY_MS);
  return true;
}

async function look() {
  // A centre that does not answer just now is no reason to take the page away.
  const found = await ask('session').catch(() => null);
  if (found && !found.open && found.person === null) location.replace('sign-in.html');
}
