/** What wallets really show: a request, a payment, its receipt and a ticket, signed by keys of their own. */
import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  type Certificate,
  encodeCertificate,
  encodeMessage,
  encodePresentation,
  encodeRequest,
  encodeSignedPayload,
  messageText,
  type PhoneKind,
  type Sign,
  signedBatch,
} from '@retap/protocol';

const NOW = 1_767_225_600_000;
const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 86_400_000;
const LINK = 'A1B2C3D4'.repeat(8);
const PAYER = 1_000_000_007;
const PAYEE = 1_000_000_012;
const LIMITS = {
  paymentMax: amountOf(5_000),
  offlineMax: amountOf(15_000),
  offlineCount: 50,
  balanceMax: amountOf(15_000),
};

interface Signer {
  readonly publicKey: Uint8Array;
  readonly sign: Sign;
}

/** PKCS #8 before the 32 bytes of an Ed25519 key (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The same key for the same number: the same codes in every run. */
function signer(number: number): Signer {
  const der = Buffer.concat([PKCS8_HEAD, Buffer.alloc(32, number)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    publicKey: Uint8Array.from(spki.subarray(-32)),
    sign: async (bytes) => Uint8Array.from(sign(null, bytes, privateKey)),
  };
}

/** Texts as they are drawn, by what they are. */
export async function shownTexts(): Promise<Readonly<Record<'request' | 'payment' | 'receipt' | 'ticket', string>>> {
  const [centre, payer, payee] = [signer(1), signer(2), signer(3)];
  const certificateOf = (terminal: number, kind: PhoneKind, name: string, { publicKey }: Signer) => {
    const account = { mediumSerial: 41, balance: amountOf(7_350) };
    const times = { issuedAt: NOW - 3_600_000, expiresAt: NOW + WEEK_MS };
    const certificate: Certificate = {
      ...{ terminal, publicKey, kind, name, currency: 'EUR', limits: LIMITS },
      ...{ ...times, ...account },
    };
    return encodeCertificate(certificate, centre.sign);
  };
  const certificates = {
    payer: await certificateOf(PAYER, 'person', 'Marija Kovačič', payer),
    payee: await certificateOf(PAYEE, 'merchant', 'Pekarna Na Ovinku, Celje', payee),
  };
  const batchOf = async (record: JournalRecord, { sign: by }: Signer) =>
    signedBatch(
      encodeSignedPayload({ terminal: record.terminal, from: record.serial, before: LINK, records: [record] }),
      record.terminal,
      by,
    );
  const reading = { time: NOW, lastTime: NOW - 86_400_000, status: 'successful' as const };
  const paid = {
    ...{ terminal: PAYER, serial: 58, medium: `P${PAYER}`, lastTerminal: PAYER, mediumSerial: 47, ...reading },
    ...{ amount: amountOf(-1_250), balance: amountOf(6_100), counterparty: `P${PAYEE}`, reason: 'payment-318' },
  };
  const payment = await batchOf({ type: 'debit', ...paid }, payer);
  const product = { code: 'day-ticket', validFrom: NOW, validUntil: NOW + 86_400_000, maxUses: 1 };
  const purchase = await batchOf({ type: 'purchase', ...paid, product: { id: `${PAYER}-58`, ...product } }, payer);
  const receipt = await batchOf(
    {
      ...{ type: 'refill', terminal: PAYEE, serial: 2_204, medium: `P${PAYEE}`, lastTerminal: PAYEE, ...reading },
      ...{ mediumSerial: 2_201, amount: amountOf(1_250), balance: amountOf(148_300), counterparty: `P${PAYER}` },
      ...{ refersTo: { terminal: PAYER, serial: 58 }, reason: 'received' },
    },
    payee,
  );
  const request = await encodeRequest(
    {
      ...{ terminal: PAYEE, number: 318, time: NOW, validUntil: NOW + 10 * MINUTE_MS, amount: amountOf(1_250) },
      ...{ product: null, note: '2 × kava, 1 × rogljiček' },
    },
    payee.sign,
  );
  const presentation = await encodePresentation(
    {
      ...{ terminal: PAYER, time: NOW + MINUTE_MS, productId: `${PAYER}-58`, uses: 0, lastTime: NOW },
      ...{ lastTerminal: PAYER, balance: amountOf(6_100), mediumSerial: 47 },
    },
    payer.sign,
  );
  const text = (message: Parameters<typeof encodeMessage>[0]): string => messageText(encodeMessage(message));
  return {
    request: text({ kind: 'request', request, certificate: certificates.payee }),
    payment: text({ kind: 'record', batch: payment, certificate: certificates.payer }),
    receipt: text({ kind: 'record', batch: receipt, certificate: certificates.payee }),
    ticket: text({
      ...{ kind: 'ticket', purchase, certificate: certificates.payer, receipt },
      ...{ sellerCertificate: certificates.payee, presentation },
    }),
  };
}
