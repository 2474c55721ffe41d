/** One of each thing that phones and the centre sign, and how each is written and read. */
import { createPrivateKey, sign } from 'node:crypto';
import { amountOf } from '@retap/model';
import {
  type Certificate,
  encodeCertificate,
  encodeOrder,
  encodePresentation,
  encodeRequest,
  encodeStanding,
  encodeWish,
  type Order,
  openCertificate,
  openOrder,
  openPresentation,
  openRequest,
  openStanding,
  openWish,
  type PaymentRequest,
  type PhoneStanding,
  type Presentation,
  type Wish,
} from '@retap/protocol';

/** PKCS #8 head of an Ed25519 private key (RFC 8410, section 7): 32 bytes of the key follow. */
export const KEY = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${'F0'.repeat(32)}`, 'hex'),
  ...{ format: 'der', type: 'pkcs8' },
});
const signed = (bytes: Uint8Array): Uint8Array => Uint8Array.from(sign(null, bytes, KEY));

const certificate: Certificate = {
  ...{ terminal: 1_000_000_007, publicKey: Uint8Array.from({ length: 32 }, (_, i) => 7 * i), kind: 'merchant' },
  ...{ name: 'Čajnica <b>Lili</b>', currency: 'EUR', issuedAt: 1_780_000_000_000, expiresAt: 1_780_604_800_000 },
  limits: {
    ...{ paymentMax: amountOf(5_000), offlineMax: amountOf(15_000), offlineCount: 30, balanceMax: amountOf(500_000) },
  },
  ...{ mediumSerial: 42, balance: amountOf(12_345) },
};
const request: PaymentRequest = {
  ...{ terminal: 1_000_000_007, number: 3, time: 1_780_000_000_000, validUntil: 1_780_000_300_000 },
  ...{ amount: amountOf(350), product: { code: 'day', validUntil: 1_780_086_400_000, maxUses: 2 }, note: '2 × kava' },
};
const order: Order = {
  ...{ terminal: 1_000_000_007, serial: 2, kind: 'refund', amount: amountOf(350), why: 'reclaim' },
};
const presentation: Presentation = {
  ...{ terminal: 1_000_000_008, time: 1_780_000_000_000, productId: '1000000008-12', uses: 1 },
  ...{ lastTime: 1_779_999_999_000, lastTerminal: 1_000_000_008, balance: amountOf(650), mediumSerial: 11 },
};
const standing: PhoneStanding = {
  ...{ terminal: 1_000_000_008, saidAt: 1_780_000_000_000, lastSerial: 12, link: 'AB'.repeat(32) },
  ...{ balance: amountOf(650), mediumSerial: 11, actionSerial: 1, deniedDigest: new Uint8Array(32).fill(9) },
};
const wish: Wish = {
  ...{ terminal: 1_000_000_008, id: '0123456789ABCDEF0123456789ABCDEF', kind: 'top-up' },
  ...{ amount: amountOf(2_000), serial: 0, code: '' },
};

/** What is written, and how. `read` throws a ProtocolError of `code` for whatever is none. */
export interface Kind<Value> {
  readonly name: string;
  readonly code: string;
  readonly value: Value;
  write(value: Value): Promise<Uint8Array>;
  read(bytes: Uint8Array): { readonly value: Value; readonly toBeSigned: Uint8Array; readonly signature: Uint8Array };
  /** Changes after which it is none, though it is signed. */
  readonly wrong: readonly Partial<Value>[];
}

/** The value of each kind is its own: whoever goes through them need not know which. */
// biome-ignore lint/suspicious/noExplicitAny: see above
export const KINDS: readonly Kind<any>[] = [
  {
    ...{ name: 'certificate', code: 'certificate-malformed', value: certificate },
    write: (value: Certificate) => encodeCertificate(value, signed),
    read: (bytes) => (({ certificate: value, ...rest }) => ({ value, ...rest }))(openCertificate(bytes)),
    wrong: [
      ...[{ terminal: 0 }, { publicKey: new Uint8Array(31) }, { kind: 'bank' }, { name: '' }, { name: 'a\u202eb' }],
      ...[{ currency: 'eur' }, { balance: -1 }, { limits: { ...certificate.limits, offlineCount: -1 } }],
    ],
  },
  {
    ...{ name: 'request', code: 'request-malformed', value: request },
    write: (value: PaymentRequest) => encodeRequest(value, signed),
    read: (bytes) => (({ request: value, ...rest }) => ({ value, ...rest }))(openRequest(bytes)),
    wrong: [
      ...[{ number: 0 }, { amount: 0 }, { validUntil: request.time - 1 }, { note: 'a\nb' }, { note: 'x'.repeat(121) }],
      ...[{ product: { code: 'two words' } }, { product: { code: 'day', maxUses: 0 } }],
    ],
  },
  {
    ...{ name: 'order', code: 'order-malformed', value: order },
    write: (value: Order) => encodeOrder(value, signed),
    read: (bytes) => (({ order: value, ...rest }) => ({ value, ...rest }))(openOrder(bytes)),
    wrong: [{ serial: 0 }, { amount: 0 }, { kind: 'block' }, { kind: 'product' }, { why: ' ' }],
  },
  {
    ...{ name: 'presentation', code: 'presentation-malformed', value: presentation },
    write: (value: Presentation) => encodePresentation(value, signed),
    read: (bytes) => (({ presentation: value, ...rest }) => ({ value, ...rest }))(openPresentation(bytes)),
    wrong: [{ productId: 'two words' }, { uses: -1 }, { lastTerminal: 0 }, { time: -1 }],
  },
  {
    ...{ name: 'standing', code: 'standing-malformed', value: standing },
    write: (value: PhoneStanding) => encodeStanding(value, signed),
    read: (bytes) => (({ standing: value, ...rest }) => ({ value, ...rest }))(openStanding(bytes)),
    wrong: [{ deniedDigest: new Uint8Array(31) }, { saidAt: -1 }, { lastSerial: -1 }, { actionSerial: -1 }],
  },
  {
    ...{ name: 'wish', code: 'wish-malformed', value: wish },
    write: (value: Wish) => encodeWish(value, signed),
    read: (bytes) => (({ wish: value, ...rest }) => ({ value, ...rest }))(openWish(bytes)),
    wrong: [{ kind: 'gift' }, { amount: 0 }, { serial: 1 }, { code: 'A' }, { id: 'AB' }],
  },
];
