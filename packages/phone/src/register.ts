/** A phone gets a number and an account. */
import { amountOf, firstAccount, type OpenRecord } from '@retap/model';
import {
  encodeRegistration,
  openCertificate,
  type PhoneKind,
  type PhoneRegistered,
  parseRegistered,
  phoneMedium,
  registrationToBeSigned,
} from '@retap/protocol';
import { entryOf, firstLink, nextLink } from './chain.ts';
import { Phone } from './phone.ts';
import type { PhoneDocument, PhoneOptions } from './port.ts';

export interface Registrant {
  readonly kind: PhoneKind;
  readonly name: string;
  /** SHA-256 of the recovery code. */
  readonly recoveryDigest: Uint8Array;
  /** Of an invitation; null: none. */
  readonly code: string | null;
}

/** The answer is no certificate of the key that asked. */
export class RegistrationError extends Error {
  override readonly name = 'RegistrationError';
  readonly code = 'registration-mismatch';
}

/**
 * Asks for a number, and opens the account: its `open` is the first record of the phone's journal. Whatever breaks in between, the same
 * key gets the same number again.
 * @param post brings the request to `POST /phones` and gives the answer's body @throws RegistrationError, ProtocolError, what `post` throws
 */
export async function registerPhone(
  options: PhoneOptions,
  registrant: Registrant,
  post: (body: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>,
): Promise<Phone> {
  const { key, lock, store } = options;
  const asked = { ...registrant, publicKey: key.publicKey };
  const signature = await key.sign(registrationToBeSigned(asked));
  const registered = parseRegistered(await post(encodeRegistration({ ...asked, signature })));
  await assertOurs(registered, options);
  await lock(async () => {
    if ((await store.version()) === 0) await open(registered, registrant, options);
  });
  const phone = await Phone.open(options);
  if (!phone) throw new Error('registered, and nothing is stored');
  return phone;
}

async function assertOurs({ terminal, certificate, centre }: PhoneRegistered, options: PhoneOptions): Promise<void> {
  const opened = openCertificate(certificate);
  const isOurs =
    opened.certificate.terminal === terminal &&
    opened.certificate.publicKey.every((byte, at) => byte === options.key.publicKey[at]) &&
    (await options.verify(centre, opened.toBeSigned, opened.signature));
  if (!isOurs)
    throw new RegistrationError('the answer is no certificate for this phone; try again, over another network');
}

async function open(
  { terminal, certificate, centre }: PhoneRegistered,
  { kind, name }: Registrant,
  { store, clock, sha256 }: PhoneOptions,
): Promise<void> {
  const account = firstAccount(phoneMedium(terminal), amountOf(0), clock(), terminal);
  const { medium, balance, lastTime: time } = account;
  const record: OpenRecord = {
    terminal,
    serial: 1,
    type: 'open',
    medium,
    time,
    amount: balance,
    balance,
    status: 'successful',
  };
  const entry = entryOf(record, await firstLink(terminal, sha256));
  const document: PhoneDocument = {
    ...{ version: 1, terminal, kind, name, centre, certificate, account },
    ...{ lastSerial: 1, lastRecordTime: time, link: await nextLink(entry, sha256) },
    ...{ requestNumber: 0, openRequest: null, actionSerial: 0, isBlocked: false, standing: 'active' as const },
    ...{ denied: [], wishes: [], saidAt: 0, heardAt: null, clockOffset: null },
    ...{ mebibytePrice: amountOf(0), bytesSent: 0, bytesReceived: 0 },
  };
  await store.commit({ document, journal: [entry] });
}
