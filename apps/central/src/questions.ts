/** Parameters of a question, parsed once at the door. */
import { PROOF_ALERT_KINDS, type ProofAlertKind } from '@retap/central';
import { ALERT_KINDS, type AlertKind, type MediumName } from '@retap/model';
import { BadQuestion } from './answers.ts';

const NAME = /^[0-9A-Za-z._-]{1,64}$/;
const PREFIX = /^[0-9A-Za-z._-]{0,64}$/;

export function mediumOf(text: string): MediumName {
  if (!NAME.test(text)) throw new BadQuestion('"medium" must be 1 to 64 characters of 0-9 A-Z a-z . _ -');
  return text;
}

export function prefixOf(text: string): string {
  if (!PREFIX.test(text)) throw new BadQuestion('"prefix" must be at most 64 characters of 0-9 A-Z a-z . _ -');
  return text;
}

export function kindOf(text: string): AlertKind {
  const kind = ALERT_KINDS.find((each) => each === text);
  if (kind === undefined) throw new BadQuestion(`"kind" must be one of ${ALERT_KINDS.join(', ')}`);
  return kind;
}

export function proofKindOf(text: string): ProofAlertKind {
  const kind = PROOF_ALERT_KINDS.find((each) => each === text);
  if (kind === undefined) throw new BadQuestion(`"kind" must be one of ${PROOF_ALERT_KINDS.join(', ')}`);
  return kind;
}

export function limitOf(text: string | undefined, otherwise: number, max: number): number {
  if (text === undefined || text === '') return otherwise;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > max) throw new BadQuestion(`"limit" must be a whole number from 1 to ${max}`);
  return limit;
}

/** Where the page of a chain before this one ended, as the centre gave it. */
export function cursorOf(text: string): string {
  if (!/^\d{1,15}-\d{1,10}-\d{1,10}$/.test(text))
    throw new BadQuestion('"before" must be the "next" of the page before');
  return text;
}
