/** What a phone says of itself to the centre when it comes online, signed: who it is, how far its journal goes, what it wants. */
import { type Amount, amountOf, type TerminalNumber, type Time } from '@retap/model';
import { fromHexDigits, hexDigits } from '../enrolment/hex.ts';
import { ProtocolError } from '../error.ts';
import { type Cbor, encodeCbor } from '../signed/cbor.ts';
import type { Sign } from '../signed/cose.ts';
import type { Sign1Form } from '../signed/sign1.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { encodeSignedList, openSignedList } from './signed-list.ts';

/** How its own account and journal stand. An older one than the centre has is a phone restored from a copy. */
export interface PhoneStanding {
  readonly terminal: TerminalNumber;
  /** By the phone's clock. It makes no record before this time any more, and takes no payment made before it that is out of date then. */
  readonly saidAt: Time;
  /** Serial of its last record, and the link of the journal's chain after it: 64 upper-case hexadecimal digits. */
  readonly lastSerial: number;
  readonly link: string;
  readonly balance: Amount;
  readonly mediumSerial: number;
  /** Of the last order that was carried out; 0: none. */
  readonly actionSerial: number;
  /** SHA-256 of the deny list that it holds, {@link deniedBytes}: the same list is not sent again. */
  readonly deniedDigest: Uint8Array;
}

/** What the digest of a deny list is of, in whatever order its numbers come. */
export function deniedBytes(denied: readonly TerminalNumber[]): Uint8Array<ArrayBuffer> {
  return encodeCbor([...denied].sort((a, b) => a - b));
}

export const WISH_KINDS = [
  /** Value loaded. */
  'top-up',
  /** A payment of its own that nobody took, given back. */
  'reclaim',
  /** The balance of a phone that is lost, moved here: the code of that phone. */
  'move',
] as const;
export type WishKind = (typeof WISH_KINDS)[number];

/** What the owner wants. Its id is minted and kept before it is sent: the same one again is the same wish. */
export interface Wish {
  readonly terminal: TerminalNumber;
  /** 32 upper-case hexadecimal digits. */
  readonly id: string;
  readonly kind: WishKind;
  /** Of a top-up; else 0. */
  readonly amount: Amount;
  /** Of a reclaim: serial of the payment; else 0. */
  readonly serial: number;
  /** Of a move: the recovery code of the lost phone; else empty. */
  readonly code: string;
}

interface Signed {
  readonly toBeSigned: Uint8Array;
  readonly signature: Uint8Array;
}

const VERSION = 1;
const AMOUNT_MAX = 2 ** 40;
const LINK = /^[0-9A-F]{64}$/;
const STANDING: Sign1Form = { context: 'retap phone standing 1', hasKeyName: true, bytesMax: 512 };
const WISH: Sign1Form = { context: 'retap phone wish 1', hasKeyName: true, bytesMax: 512 };

export function encodeStanding(standing: PhoneStanding, sign: Sign): Promise<Uint8Array<ArrayBuffer>> {
  const { terminal, saidAt, lastSerial, link, balance, mediumSerial, actionSerial, deniedDigest } = standing;
  if (!LINK.test(link)) throw new RangeError(`"${link}" is no link of a hash chain`);
  const fields = [VERSION, saidAt, lastSerial, fromHexDigits(link), balance, mediumSerial, actionSerial, deniedDigest];
  return encodeSignedList(STANDING, terminal, fields, sign);
}

/** @throws ProtocolError `standing-malformed` */
export function openStanding(bytes: Uint8Array): Signed & { readonly standing: PhoneStanding } {
  const opened = openSignedList(STANDING, bytes);
  const standing = opened && standingIn(opened.keyName, opened.fields);
  if (!opened || !standing) throw new ProtocolError('standing-malformed', 'not how a phone says that it stands');
  const { toBeSigned, signature } = opened;
  return { standing, toBeSigned, signature };
}

function standingIn(terminal: number, fields: readonly Cbor[]): PhoneStanding | null {
  const [version, saidAt, lastSerial, link, balance, mediumSerial, actionSerial, deniedDigest, ...more] = fields;
  const isStanding =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    isWhole(saidAt, 0, TIME_MAX) &&
    isWhole(lastSerial, 0, NUMBER_MAX) &&
    link instanceof Uint8Array &&
    link.length === 32 &&
    isWhole(balance, -AMOUNT_MAX, AMOUNT_MAX) &&
    isWhole(mediumSerial, 0, NUMBER_MAX) &&
    isWhole(actionSerial, 0, NUMBER_MAX) &&
    deniedDigest instanceof Uint8Array &&
    deniedDigest.length === 32 &&
    more.length === 0;
  if (!isStanding) return null;
  return {
    ...{ terminal, saidAt, lastSerial, link: hexDigits(link) },
    ...{ balance: amountOf(balance), mediumSerial, actionSerial, deniedDigest: Uint8Array.from(deniedDigest) },
  };
}

export function encodeWish(
  { terminal, id, kind, amount, serial, code }: Wish,
  sign: Sign,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSignedList(WISH, terminal, [VERSION, fromHexDigits(id), kind, amount, serial, code], sign);
}

/** @throws ProtocolError `wish-malformed` */
export function openWish(bytes: Uint8Array): Signed & { readonly wish: Wish } {
  const opened = openSignedList(WISH, bytes);
  const wish = opened && wishIn(opened.keyName, opened.fields);
  if (!opened || !wish) throw new ProtocolError('wish-malformed', 'not a wish as this version of Retap knows them');
  const { toBeSigned, signature } = opened;
  return { wish, toBeSigned, signature };
}

function wishIn(terminal: number, fields: readonly Cbor[]): Wish | null {
  const [version, id, word, amount, serial, code, ...more] = fields;
  const kind = WISH_KINDS.find((each) => each === word);
  const isWish =
    version === VERSION &&
    isWhole(terminal, 1, NUMBER_MAX) &&
    id instanceof Uint8Array &&
    id.length === 16 &&
    kind !== undefined &&
    isWhole(amount, kind === 'top-up' ? 1 : 0, kind === 'top-up' ? AMOUNT_MAX : 0) &&
    isWhole(serial, kind === 'reclaim' ? 1 : 0, kind === 'reclaim' ? NUMBER_MAX : 0) &&
    typeof code === 'string' &&
    code.length <= 64 &&
    (kind === 'move') === (code !== '') &&
    more.length === 0;
  return isWish ? { terminal, id: hexDigits(id), kind, amount: amountOf(amount), serial, code } : null;
}
