/** One's own passkeys, sessions and access tokens. */
import { ask, send } from './ask.js';
import { byId, element, filled } from './element.js';
import { moment, startLanguage, words } from './language.js';
import { makePasskey } from './passkey.js';
import { person, showSignedIn, startSignedIn } from './signed-in.js';

const DAY = 86_400_000;
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

/** @type {{passkeys: any[], sessions: any[], tokens: any[]}} */
let own = { passkeys: [], sessions: [], tokens: [] };

/** @param {string} text */
function say(text) {
  byId('said').textContent = text;
  byId('said').hidden = text === '';
}

/** Has something done, says why it was not, and shows what is now. @param {() => Promise<{refusal: string | null}>} work */
async function does(work) {
  say('');
  try {
    const { refusal } = await work();
    if (refusal !== null) say(words().people.refused.replace('{message}', refusal));
  } catch (error) {
    say(/** @type {Error} */ (error).message);
  }
  await refresh();
}

/**
 * A line of a list with its button.
 * @param {(Node | string)[]} content
 * @param {string} act what the button says
 * @param {string} what what it is done to, for who cannot see where the button stands
 * @param {string} heading where the focus goes when the line is gone
 * @param {() => Promise<{refusal: string | null}>} work
 */
function line(content, act, what, heading, work) {
  const button = element('button', { type: 'button', 'aria-label': `${act}: ${what}` }, act);
  button.addEventListener('click', async () => {
    await does(work);
    byId(heading).focus();
  });
  return element('li', {}, element('span', {}, ...content), button);
}

function show() {
  const { people, roles } = words();
  const time = (/** @type {number | null} */ at) => (at === null ? people.never : moment(at));
  byId('passkey-list').replaceChildren(
    ...own.passkeys.map(({ id, label, addedAt, usedAt }) =>
      line(
        filled(people.passkeyLine, { label, added: moment(addedAt), used: time(usedAt) }),
        ...[people.remove, label, 'passkeys-title'],
        () => send(`passkeys/${id}`, undefined, 'DELETE'),
      ),
    ),
  );
  byId('session-list').replaceChildren(
    ...own.sessions.map(({ id, begunAt, seenAt, client, own: isOwn }) =>
      line(
        [
          ...filled(people.sessionLine, { client, begun: moment(begunAt), seen: moment(seenAt) }),
          ...(isOwn ? [' ', element('strong', {}, people.thisSession)] : []),
        ],
        ...[people.end, client, 'sessions-title'],
        () => send(`sessions/${id}`, undefined, 'DELETE'),
      ),
    ),
  );
  byId('token-list').replaceChildren(
    ...own.tokens
      .filter(({ revokedAt }) => revokedAt === null)
      .map(({ id, name, roles: given, expiresAt, usedAt }) =>
        line(
          filled(people.tokenLine, {
            name,
            roles: given.map((/** @type {string} */ role) => roles[role]).join(', '),
            until: moment(expiresAt),
            used: time(usedAt),
          }),
          ...[people.revoke, name, 'tokens-title'],
          () => send(`tokens/${id}`, undefined, 'DELETE'),
        ),
      ),
  );
}

function showRoles() {
  const boxes = person().roles.map((/** @type {string} */ role) => {
    const box = element('input', { type: 'checkbox', name: 'role', value: role });
    return element('label', {}, box, ` ${words().roles[role]}`);
  });
  byId('token-roles').replaceChildren(element('legend', {}, words().people.tokenRoles), ...boxes);
}

async function refresh() {
  const [{ passkeys }, { sessions }, { tokens }] = await Promise.all(
    ['passkeys', 'sessions', 'tokens'].map((path) => ask(path)),
  );
  own = { passkeys, sessions, tokens };
  show();
}

async function addPasskey() {
  const challenged = await send('passkeys/challenge');
  if (challenged.refusal !== null) return challenged;
  const made = await makePasskey(challenged.answer);
  if ('fault' in made) return { refusal: made.fault };
  const added = await send('passkeys', { credential: made.credential, label: input('label').value.trim() });
  if (added.refusal === null) input('label').value = '';
  return added;
}

async function makeToken() {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll('#token-roles input:checked'));
  const roles = [...boxes].map(({ value }) => value);
  if (roles.length === 0) return { refusal: words().people.noRoles };
  const validMs = input('token-days').valueAsNumber * DAY;
  const made = await send('tokens', { name: input('token-name').value.trim(), roles, validMs });
  if (made.refusal === null) {
    input('token-name').value = '';
    const shown = element('code', {}, made.answer.token);
    byId('made-token').replaceChildren(...filled(words().people.madeToken, { token: shown }));
    byId('made-token').hidden = false;
  }
  return made;
}

startLanguage(() => {
  showSignedIn();
  showRoles();
  show();
});
if ((await startSignedIn()) && person() === null) location.replace('.');
else if (person() !== null) {
  showRoles();
  await refresh();
  byId('add-passkey').addEventListener('submit', (event) => {
    event.preventDefault();
    does(addPasskey);
  });
  byId('make-token').addEventListener('submit', (event) => {
    event.preventDefault();
    does(makeToken);
  });
  byId('sign-out-everywhere').addEventListener('click', async () => {
    await send('sessions', undefined, 'DELETE');
    location.assign('sign-in.html');
  });
}
