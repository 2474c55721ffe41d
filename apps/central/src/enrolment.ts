/** What devices ask about themselves: to be enrolled by a code, and their licence to be renewed (docs/enrolment.md). */
import { createHash } from 'node:crypto';
import type { Central, RegistryRefusal, RegistryRefusalCode } from '@retap/central';
import {
  ENROLMENT_BYTES_MAX,
  encodeLicence,
  encodeLicenceAnswer,
  enrolmentCodeBytes,
  enrolmentToBeSigned,
  type Licence,
  parseEnrolment,
  parseRenewal,
  renewalToBeSigned,
} from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse, tooMany } from './answers.ts';
import type { Api } from './api/api.ts';
import { Attempts } from './attempts.ts';
import type { Held } from './body.ts';

/** The centre's own key pair: an identity of packages/keys. */
export interface LicenceSigner {
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

export interface EnrolmentOptions {
  readonly registry: Central['registry'];
  readonly signer: LicenceSigner;
  readonly held: Held;
  readonly clientOf: (c: Context) => string;
  /** A clock for throttling, in milliseconds. */
  readonly now: () => number;
}

const WINDOW_MS = 10 * 60_000;
const FAILURES_OF_CLIENT_MAX = 20;
const FAILURES_OF_CODE_MAX = 5;

export function addEnrolmentRoutes(api: Api, { registry, signer, held, clientOf, now }: EnrolmentOptions): void {
  const clients = new Attempts(FAILURES_OF_CLIENT_MAX, WINDOW_MS, now);
  const codes = new Attempts(FAILURES_OF_CODE_MAX, WINDOW_MS, now);

  /** Answers with the licence, or why there is none; failures count for the client. */
  const answer = async (c: Context, decide: (body: Uint8Array) => Promise<Licence | RegistryRefusal | number>) => {
    const client = clientOf(c);
    const waitMs = clients.begin(client);
    if (waitMs > 0) return tooMany(c, waitMs);
    const decided = await held.during(c.req.raw, ENROLMENT_BYTES_MAX, decide);
    if (typeof decided === 'number') return tooMany(c, decided);
    if ('refusal' in decided) return refuse(c, statusOf(decided.refusal), decided.refusal, WORDS[decided.refusal]);
    clients.succeeded(client);
    const licence = await encodeLicence(decided, (bytes) => signer.sign(bytes));
    return c.body(encodeLicenceAnswer({ licence, centre: signer.publicKey }), 200, {
      'content-type': 'application/json',
    });
  };

  api.add(
    {
      method: 'post',
      path: '/enrolments',
      operationId: 'enrol',
      summary: 'A device becomes the terminal that the code was made for',
      tag: 'enrolment',
      access: 'terminal',
      takes: ['application/json'],
      answers: { ...LICENCE_ANSWERS, 409: { description: 'The code was used, with another key' } },
    },
    ({ c }) =>
      answer(c, async (body) => {
        const { code, publicKey, signature } = parseEnrolment(body);
        const codeDigest = createHash('sha256').update(enrolmentCodeBytes(code)).digest();
        const name = codeDigest.toString('hex');
        const waitMs = codes.begin(name);
        if (waitMs > 0) return waitMs;
        const toBeSigned = enrolmentToBeSigned(codeDigest, publicKey);
        const decided = await registry.enrol({ codeDigest, publicKey, signature, toBeSigned });
        if (!('refusal' in decided)) codes.succeeded(name);
        return decided;
      }),
  );
  api.add(
    {
      method: 'post',
      path: '/licences/renewal',
      operationId: 'renewLicence',
      summary: 'A terminal’s licence is valid for the centre’s days again',
      tag: 'enrolment',
      access: 'terminal',
      takes: ['application/json'],
      answers: LICENCE_ANSWERS,
    },
    ({ c }) =>
      answer(c, (body) => {
        const { terminal, expiresAt, signature } = parseRenewal(body);
        return registry.renewSigned({
          terminal,
          expiresAt,
          signature,
          toBeSigned: renewalToBeSigned(terminal, expiresAt),
        });
      }),
  );
}

const LICENCE_ANSWERS = {
  200: {
    description: 'The licence, signed by the centre, and the centre’s public key',
    schema: z.object({ licence: z.string(), centre: z.string() }),
  },
  401: { description: 'Not signed by the key that asks' },
  403: { description: 'No licence, and why' },
  413: { description: 'Too large' },
} as const;

function statusOf(refusal: RegistryRefusalCode): 401 | 403 | 409 {
  if (refusal === 'signature-invalid') return 401;
  return refusal === 'enrolment-code-used' ? 409 : 403;
}

const WORDS: Readonly<Record<RegistryRefusalCode, string>> = {
  'signature-invalid': 'the signature is not by the key that asks',
  'enrolment-code-unknown': 'no such code was given out, or another one was given out after it; ask the operator',
  'enrolment-code-expired': 'the code has expired; ask the operator for another one',
  'enrolment-code-used': 'the code was used, with another key; ask the operator for another one, and who used this one',
  'terminal-unknown': 'the terminal is not enrolled here',
  'terminal-suspended': 'the terminal is suspended; the operator can resume it',
  'terminal-revoked': 'the terminal is revoked for ever; enrol the device under a new number',
  'licence-expired': 'the licence has expired; the operator can renew it',
  'terminal-was-active': 'the number was active before; its serials are taken',
  'terminal-not-active': 'the terminal is not active',
  'terminal-not-suspended': 'the terminal is not suspended',
  'centre-open': 'this centre is open and enrols nobody',
  'terminal-mismatch': 'it is about another terminal',
  'batch-unsigned': 'it is not signed',
};
