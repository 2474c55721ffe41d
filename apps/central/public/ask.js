/** Questions to the centre, and what it is to do, as whoever has signed in. */
import { filled } from './element.js';
import { words } from './language.js';
import { showPasskey } from './passkey.js';

/** A page that refreshes by itself keeps no session open: after this time without a key or a click it only looks on. */
const AT_WORK_MS = 60_000;

let lastInput = Date.now();
for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, noteInput, { capture: true, passive: true });

function noteInput() {
  lastInput = Date.now();
}

/** @returns {Record<string, string>} */
function headers() {
  const looksOn = Date.now() - lastInput > AT_WORK_MS ? { 'retap-looks-on': '1' } : {};
  return { accept: 'application/json', ...looksOn };
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 * @param {AbortSignal} [signal]
 * @returns {Promise<{status: number, said: any}>}
 */
async function request(method, path, body, signal) {
  const answer = await reached(path, {
    method,
    headers: body === undefined ? headers() : { ...headers(), 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  const said = await answer.json();
  if (answer.status === 401 && said.code === 'sign-in-needed') location.assign('sign-in.html');
  return { status: answer.status, said };
}

/**
 * @param {string} path
 * @param {RequestInit} question
 */
async function reached(path, question) {
  try {
    return await fetch(path, question);
  } catch (error) {
    if (question.signal?.aborted) throw error;
    throw new Error(words().people.noAnswer, { cause: error });
  }
}

/**
 * Why the centre does not do it, in the language of the page; where it has no words for that, in the centre's own.
 * @param {{code: string, message?: string}} said
 * @returns {string}
 */
export const refusalIn = ({ code, message = code }) =>
  filled(words().refusals[code] ?? '{message}', { message }).join('');

/**
 * Asks the centre.
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} null where the centre knows of no such thing
 */
export async function ask(path, signal) {
  const { status, said } = await request('GET', path, undefined, signal);
  if (status === 404) return null;
  if (status >= 400) throw new Error(refusalIn(said));
  return said;
}

/**
 * Has the centre do something; where it wants the passkey shown again for that, has it shown.
 * @param {string} path
 * @param {object} [body]
 * @param {'POST' | 'PUT' | 'DELETE'} [method]
 * @returns {Promise<{answer: any, refusal: string | null}>} what it answers, or why it does not, in words
 */
export async function send(path, body, method = 'POST') {
  let { status, said } = await request(method, path, body);
  if (said.code === 'sign-in-again') {
    const refusal = await confirmPasskey();
    if (refusal !== null) return { answer: null, refusal };
    ({ status, said } = await request(method, path, body));
  }
  return status < 400 ? { answer: said, refusal: null } : { answer: null, refusal: refusalIn(said) };
}

/** @returns {Promise<string | null>} why it was not */
async function confirmPasskey() {
  const challenge = await request('POST', 'session/challenge', undefined);
  if (challenge.status >= 400) return refusalIn(challenge.said);
  const shown = await showPasskey(challenge.said);
  if ('fault' in shown) return shown.fault;
  const { status, said } = await request('PUT', 'session', shown);
  return status < 400 ? null : refusalIn(said);
}
