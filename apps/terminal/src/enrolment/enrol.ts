/** Enrols the terminal of a configuration, or renews its licence, at somebody's word. */
import type { RandomBytes } from '@retap/card';
import { createIdentity, type Identity, KeyStoreError, openIdentity } from '@retap/keys';
import type { TerminalNumber } from '@retap/model';
import type { Licence } from '@retap/protocol';
import { EnrolmentError } from './fault.ts';
import { HeldLicence } from './licence.ts';
import { assertFingerprint, requestEnrolment, requestRenewal } from './request.ts';

export interface EnrolmentFiles {
  readonly terminal: TerminalNumber;
  readonly identity: string;
  readonly licence: string;
}

export interface EnrolOptions {
  readonly files: EnrolmentFiles;
  /** Address of the centre. */
  readonly centre: string;
  /** As `parseEnrolmentCode` gives it. */
  readonly code: string;
  /** Opens the identity, or is to open it once it is made. */
  readonly passphrase: string;
  /** The centre's fingerprint, as its operator told it; null: whatever centre answers is believed, and shown. */
  readonly fingerprint: string | null;
  readonly random: RandomBytes;
}

export interface EnrolmentOutcome {
  readonly licence: Licence;
  /** Public key of the centre. */
  readonly centre: Uint8Array;
  /** `unchanged`: what is on the disk ends as late. */
  readonly outcome: 'taken' | 'unchanged';
}

/**
 * Makes the identity where there is none, shows the centre the code, and keeps the licence. Each step is on disk before the next:
 * cut off anywhere, the same call finishes it.
 * @throws EnrolmentError; KeyStoreError
 */
export async function enrol(options: EnrolOptions): Promise<EnrolmentOutcome> {
  const { files, centre, code, passphrase, fingerprint, random } = options;
  const identity = await openOrCreate(files.identity, passphrase, random);
  try {
    const held = await HeldLicence.open(files.licence, holderOf(files, identity), random);
    const answer = await requestEnrolment(centre, code, identity);
    if (fingerprint !== null) assertFingerprint(answer, fingerprint);
    return outcomeOf(held, await held.take(answer, fingerprint === null ? 'as-before' : 'by-fingerprint'));
  } finally {
    identity.close();
  }
}

/** @throws EnrolmentError `licence-missing` where there is none to renew, and as {@link enrol}; KeyStoreError */
export async function renew(
  options: Pick<EnrolOptions, 'files' | 'centre' | 'passphrase' | 'random'>,
): Promise<EnrolmentOutcome> {
  const { files, centre, passphrase, random } = options;
  const identity = await openIdentity(files.identity, passphrase);
  try {
    const held = await HeldLicence.open(files.licence, holderOf(files, identity), random);
    if (held.licence === null) {
      const message = `${files.licence}: no licence to renew; enrol the terminal by "retap terminal enrol"`;
      throw new EnrolmentError('licence-missing', message);
    }
    return outcomeOf(held, await held.take(await requestRenewal(centre, held.licence, identity), 'as-before'));
  } finally {
    identity.close();
  }
}

const holderOf = ({ terminal }: EnrolmentFiles, { publicKey }: Identity) => ({ terminal, publicKey });

function outcomeOf({ licence, centre }: HeldLicence, outcome: 'taken' | 'unchanged'): EnrolmentOutcome {
  if (licence === null || centre === null) throw new Error('a licence was taken and is not there');
  return { licence, centre, outcome };
}

async function openOrCreate(file: string, passphrase: string, random: RandomBytes): Promise<Identity> {
  try {
    return await openIdentity(file, passphrase);
  } catch (error) {
    if (!(error instanceof KeyStoreError) || error.code !== 'key-store-missing') throw error;
    return createIdentity(file, passphrase, random);
  }
}
