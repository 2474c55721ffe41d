/**
 * What one phone shows another: by QR code, by text that is pasted, by a link. One CBOR array; what is in it is signed each for
 * itself, so nothing here need be believed.
 */
import { ProtocolError } from '../error.ts';
import { decodeCbor, encodeCbor, isArray } from '../signed/cbor.ts';
import { base45, fromBase45 } from './base45.ts';

export type PhoneMessage =
  /** Please pay me. */
  | { readonly kind: 'request'; readonly request: Uint8Array; readonly certificate: Uint8Array }
  /**
   * One record of a phone's journal, as a signed batch, with the certificate of whoever signed it. A debit or purchase is a payment to the
   * phone that it names; a refill that refers to one is its receipt.
   */
  | { readonly kind: 'record'; readonly batch: Uint8Array; readonly certificate: Uint8Array }
  /** A ticket: what was bought, the seller's receipt, each with its certificate, and how the phone stands now. */
  | {
      readonly kind: 'ticket';
      readonly purchase: Uint8Array;
      readonly certificate: Uint8Array;
      readonly receipt: Uint8Array;
      readonly sellerCertificate: Uint8Array;
      readonly presentation: Uint8Array;
    };

export const PHONE_MESSAGE_MAX = 4_096;
/** Before the letters of a QR code. */
const TEXT_HEAD = 'RETAP1:';
/** Before the letters of a link, in its fragment: what stands there is sent to no server. */
const LINK_HEAD = '#m=';

export function encodeMessage(message: PhoneMessage): Uint8Array<ArrayBuffer> {
  switch (message.kind) {
    case 'request':
      return encodeCbor([1, message.request, message.certificate]);
    case 'record':
      return encodeCbor([2, message.batch, message.certificate]);
    case 'ticket': {
      const { purchase, certificate, receipt, sellerCertificate, presentation } = message;
      return encodeCbor([3, purchase, certificate, receipt, sellerCertificate, presentation]);
    }
  }
}

/** @throws ProtocolError `message-malformed` */
export function openMessage(bytes: Uint8Array): PhoneMessage {
  const fields = bytes.length <= PHONE_MESSAGE_MAX ? decodeCbor(bytes)?.value : undefined;
  const [kind, ...parts] = isArray(fields) ? fields : [];
  if (!parts.every((each): each is Uint8Array => each instanceof Uint8Array)) throw malformed();
  const [a, b, c, d, e] = parts;
  if (kind === 1 && a && b && parts.length === 2) return { kind: 'request', request: a, certificate: b };
  if (kind === 2 && a && b && parts.length === 2) return { kind: 'record', batch: a, certificate: b };
  if (kind === 3 && a && b && c && d && e && parts.length === 5) {
    return { kind: 'ticket', purchase: a, certificate: b, receipt: c, sellerCertificate: d, presentation: e };
  }
  throw malformed();
}

/** For a QR code in its alphanumeric mode. */
export function messageText(bytes: Uint8Array): string {
  return TEXT_HEAD + base45(bytes);
}

/** @param address of the wallet's page */
export function messageLink(address: string, bytes: Uint8Array): string {
  const letters = btoa(String.fromCharCode(...bytes));
  return address + LINK_HEAD + letters.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes in what was scanned, pasted or opened: the text of a QR code, or a link. Null where it is neither. */
export function messageBytesIn(text: string): Uint8Array<ArrayBuffer> | null {
  const trimmed = text.trim();
  if (trimmed.startsWith(TEXT_HEAD)) return fromBase45(trimmed.slice(TEXT_HEAD.length));
  const at = trimmed.indexOf(LINK_HEAD);
  return at < 0 ? null : fromBase64Url(trimmed.slice(at + LINK_HEAD.length));
}

function fromBase64Url(letters: string): Uint8Array<ArrayBuffer> | null {
  if (!/^[0-9A-Za-z_-]*$/.test(letters)) return null;
  try {
    const binary = atob(letters.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  } catch {
    return null;
  }
}

function malformed(): ProtocolError {
  return new ProtocolError(
    'message-malformed',
    'this is nothing that a wallet shows: scan it again, or ask for a new one',
  );
}
