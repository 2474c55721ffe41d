/** What a terminal asks of the centre about itself: to be enrolled by a code, and its licence to be renewed. */
import { createHash } from 'node:crypto';
import { fingerprint, hasFingerprint, type Identity } from '@retap/keys';
import {
  encodeEnrolment,
  encodeRenewal,
  enrolmentCodeBytes,
  enrolmentToBeSigned,
  type Licence,
  type LicenceAnswer,
  ProtocolError,
  parseLicenceAnswer,
  renewalToBeSigned,
} from '@retap/protocol';
import { askCentre, type CentreAnswer, faultText } from '../centre.ts';
import { EnrolmentError } from './fault.ts';

const JSON_TYPE = 'application/json';

/**
 * Shows the centre a code and that the key is held. Asked again with the same code and key it answers alike: a lost answer loses
 * nothing.
 * @param code as `parseEnrolmentCode` gives it
 * @throws EnrolmentError `centre-unreachable`, `centre-foreign`, `enrolment-refused`
 */
export async function requestEnrolment(centre: string, code: string, identity: Identity): Promise<LicenceAnswer> {
  const { publicKey } = identity;
  const digest = createHash('sha256').update(enrolmentCodeBytes(code)).digest();
  const signature = identity.sign(enrolmentToBeSigned(digest, publicKey));
  const body = encodeEnrolment({ code, publicKey, signature });
  return answerIn(await askCentre({ centre, path: 'enrolments', contentType: JSON_TYPE, body }), centre);
}

/** @throws EnrolmentError `centre-unreachable`, `centre-foreign`, `enrolment-refused` */
export async function requestRenewal(
  centre: string,
  { terminal, expiresAt }: Licence,
  identity: Identity,
  signal?: AbortSignal,
): Promise<LicenceAnswer> {
  const body = encodeRenewal({ terminal, expiresAt, signature: identity.sign(renewalToBeSigned(terminal, expiresAt)) });
  const request = {
    centre,
    path: 'licences/renewal',
    contentType: JSON_TYPE,
    body,
    ...(signal && { signal }),
  } as const;
  return answerIn(await askCentre(request), centre);
}

/** @throws EnrolmentError `centre-foreign` where the centre is not the one whose fingerprint was told */
export function assertFingerprint({ centre }: LicenceAnswer, told: string): void {
  if (hasFingerprint(centre, told)) return;
  const message = `the centre that answered has the fingerprint ${fingerprint(centre)}, not ${told}: nothing was stored; ask the operator, somebody may be in between`;
  throw new EnrolmentError('centre-foreign', message);
}

function answerIn(answer: CentreAnswer, centre: string): LicenceAnswer {
  if (answer.kind === 'fault') {
    const message = `${centre}: ${faultText(answer.cause)}; run it again, it goes on where it was`;
    throw new EnrolmentError('centre-unreachable', message);
  }
  if (answer.kind === 'refused') throw refusal(answer, centre);
  try {
    return parseLicenceAnswer(answer.body);
  } catch (cause) {
    if (!(cause instanceof ProtocolError)) throw cause;
    throw new EnrolmentError('centre-foreign', `${centre}: what answered is no centre of Retap; see its address`, {
      cause,
    });
  }
}

function refusal({ code, message, status }: CentreAnswer & { kind: 'refused' }, centre: string): EnrolmentError {
  if (code === null)
    return new EnrolmentError('centre-foreign', `${centre}: ${message} (status ${status}); see its address`);
  // It is only busy, or starting: what it was asked stands.
  if (status >= 500 || status === 429) {
    return new EnrolmentError('centre-unreachable', `${centre}: ${message} (${code}); run it again later`);
  }
  return new EnrolmentError('enrolment-refused', `${centre}: ${message} (${code})`);
}
