/** Signing in; registering a first passkey by a link, or another one by a code. */
import { ask, send } from './ask.js';
import { byId } from './element.js';
import { startLanguage, words } from './language.js';
import { makePasskey, showPasskey } from './passkey.js';

const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

/** A word and what stands in its braces, so that another language can say it again. */
let said = { word: '', values: /** @type {Record<string, string>} */ ({}) };

/** @param {string} word @param {Record<string, string>} [values] */
function say(word, values = {}) {
  said = { word, values };
  showSaid();
}

function showSaid() {
  const text = words().people[said.word] ?? '';
  byId('said').textContent = text.replace(
    /\{(\w+)\}/g,
    (/** @type {string} */ _all, /** @type {string} */ name) => said.values[name] ?? '',
  );
}

/** The link's secret is taken out of the address at once: no history, no bookmark and no screen keeps it. */
const link = new URLSearchParams(location.hash.slice(1)).get('link');
if (link !== null) history.replaceState(null, '', location.pathname);

startLanguage(showSaid);
byId('register').hidden = link === null;
input('label').value = words().people.firstLabel;

/** @param {object} entry a link, or a name and a code */
async function register(entry) {
  say('working');
  const challenged = await send('registrations/challenge', entry);
  if (challenged.refusal !== null) return say('refused', { message: challenged.refusal });
  const made = await makePasskey(challenged.answer.options);
  if ('fault' in made) return say('refused', { message: made.fault });
  const label = input('label').value.trim() || words().people.firstLabel;
  const kept = await send('registrations', { credential: made.credential, label });
  if (kept.refusal !== null) return say('refused', { message: kept.refusal });
  byId('register').hidden = true;
  input('code').value = '';
  say('registered', { name: kept.answer.name });
  byId('sign-in').focus();
}

async function signIn() {
  say('working');
  const challenged = await send('sign-in/challenge');
  if (challenged.refusal !== null) return say('refused', { message: challenged.refusal });
  const shown = await showPasskey(challenged.answer);
  if ('fault' in shown) return say('refused', { message: shown.fault });
  const { refusal } = await send('sign-in', shown);
  if (refusal !== null) return say('refused', { message: refusal });
  location.replace('.');
}

/** @param {() => Promise<void>} work one thing at a time, whatever is pressed meanwhile */
async function alone(work) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('main button'));
  for (const button of buttons) button.disabled = true;
  try {
    await work();
  } catch (error) {
    say('refused', { message: /** @type {Error} */ (error).message });
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

byId('sign-in').addEventListener('click', () => alone(signIn));
byId('register-form').addEventListener('submit', (event) => {
  event.preventDefault();
  alone(() => register({ link }));
});
byId('recover-form').addEventListener('submit', (event) => {
  event.preventDefault();
  alone(() => register({ name: input('name').value.trim().toLowerCase(), code: input('code').value }));
});

const { open, person } = await ask('session');
if (open) say('open');
else if (person !== null && link === null) location.replace('.');
