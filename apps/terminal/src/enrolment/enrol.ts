/** Enrols a terminal, or renews its licence, at somebody's word. */
import type { RandomBytes } from '@retap/card';
import { createIdentity, type Identity, KeyStoreError, openIdentity } from '@retap/keys';
import type { TerminalNumber } from '@retap/model';
import type { Licence } from '@retap/protocol';
import { EnrolmentError } from './fault.ts';
import { HeldLicence } from './licence.ts';
import { assertFingerprint, requestEnrolment, requestRenewal } from './request.ts';

/**
 * The identity in a file, made where there is none.
 * @throws KeyStoreError
 */
export async function openOrCreateIdentity(file: string, passphrase: string, random: RandomBytes): Promise<Identity> {
  try {
    return await openIdentity(file, passphrase);
  } catch (error) {
    if (!(error instanceof KeyStoreError) || error.code !== 'key-store-missing') throw error;
    return createIdentity(file, passphrase, random);
  }
}

export interface RenewOptions {
  readonly terminal: TerminalNumber;
  /** On disk already: what the centre licenses must not be lost. */
  readonly identity: Identity;
  /** File of the licence. */
  readonly licence: string;
  /** Address of the centre. */
  readonly centre: string;
  readonly random: RandomBytes;
}

export interface EnrolOptions extends RenewOptions {
  /** As `parseEnrolmentCode` gives it. */
  readonly code: string;
  /** The centre's fingerprint, as its operator told it; null: whatever centre answers is believed, and shown. */
  readonly fingerprint: string | null;
}

export interface EnrolmentOutcome {
  readonly licence: Licence;
  /** Public key of the centre. */
  readonly centre: Uint8Array;
  /** `unchanged`: what is on the disk ends as late. */
  readonly outcome: 'taken' | 'unchanged';
}

/**
 * Shows the centre the code, and keeps the licence. Cut off anywhere, the same call finishes it.
 * @throws EnrolmentError; KeyStoreError where the licence cannot be written
 */
export async function enrol(options: EnrolOptions): Promise<EnrolmentOutcome> {
  const { identity, centre, code, fingerprint } = options;
  const held = await heldBy(options);
  const answer = await requestEnrolment(centre, code, identity);
  if (fingerprint !== null) assertFingerprint(answer, fingerprint);
  return outcomeOf(held, await held.take(answer, fingerprint === null ? 'as-before' : 'by-fingerprint'));
}

/** @throws EnrolmentError `licence-missing` where there is none to renew, and as {@link enrol}; KeyStoreError */
export async function renew(options: RenewOptions): Promise<EnrolmentOutcome> {
  const { identity, licence: file, centre } = options;
  const held = await heldBy(options);
  if (held.licence === null) {
    const message = `${file}: no licence to renew; enrol the terminal by "retap terminal enrol"`;
    throw new EnrolmentError('licence-missing', message);
  }
  return outcomeOf(held, await held.take(await requestRenewal(centre, held.licence, identity), 'as-before'));
}

function heldBy({ terminal, identity, licence, random }: RenewOptions): Promise<HeldLicence> {
  return HeldLicence.open(licence, { terminal, publicKey: identity.publicKey }, random);
}

function outcomeOf({ licence, centre }: HeldLicence, outcome: 'taken' | 'unchanged'): EnrolmentOutcome {
  if (licence === null || centre === null) throw new Error('a licence was taken and is not there');
  return { licence, centre, outcome };
}
