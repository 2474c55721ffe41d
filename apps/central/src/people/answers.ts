/** Refusals about people, in words. */
import type { PeopleRefusalCode } from '@retap/central';
import type { Context } from 'hono';
import { refuse } from '../answers.ts';

const WORDS: Readonly<Record<PeopleRefusalCode, readonly [status: 403 | 404 | 409, message: string]>> = {
  'centre-open': [403, "this centre is open and knows no people; 'retap init' makes it an enrolled one"],
  'person-unknown': [404, 'nobody here is called that'],
  'person-known': [409, "this person has a passkey already; after a loss 'retap people recover' gives a code"],
  'person-disabled': [409, 'this person is disabled; enable them first'],
  'person-not-disabled': [409, 'this person is not disabled'],
  'last-administrator': [
    409,
    'nobody would be left who can look after people: make somebody else an administrator first',
  ],
  'own-roles': [403, 'nobody changes their own roles, or disables themselves; ask another administrator'],
  'entry-refused': [403, 'this link or code is not valid, or no longer; ask an administrator for another one'],
  'sign-in-refused': [403, 'this passkey was not accepted'],
  'passkey-unknown': [404, 'there is no such passkey'],
  'passkey-known': [409, 'this passkey is kept already'],
  'last-passkey': [409, 'the last passkey stays: add another one first'],
  'session-unknown': [404, 'there is no such session, or no longer'],
  'token-unknown': [404, 'there is no such access token'],
  'roles-exceeded': [409, 'an access token can have no role that its owner has not'],
};

export function refusePeople(c: Context, refusal: PeopleRefusalCode): Response {
  const [status, message] = WORDS[refusal];
  return refuse(c, status, refusal, message);
}

/** A value that a change answers with where it was not made. */
export function isRefusal(answer: unknown): answer is { readonly refusal: PeopleRefusalCode } {
  return typeof answer === 'object' && answer !== null && 'refusal' in answer;
}
