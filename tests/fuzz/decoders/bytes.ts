/** Bytes and keys that decoders of several kinds need. Always the same. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
/** Each byte as one character: every text of 8 bits has bytes, and no damage is undone by decoding. */
export const latinOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
export const json = (value: unknown): Uint8Array => bytesOf(JSON.stringify(value));

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Ed25519, whose private part is so many times this byte. */
export function keyOf(byte: number): { readonly key: KeyObject; readonly sign: (bytes: Uint8Array) => Uint8Array } {
  const der = Buffer.concat([PKCS8, Buffer.alloc(32, byte)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { key, sign: (bytes) => Uint8Array.from(sign(null, bytes, key)) };
}

/** Errors whose class is one of these are answers. */
export function refusedBy(...classes: readonly (new (...args: never[]) => Error)[]): (error: unknown) => boolean {
  return (error) => classes.some((one) => error instanceof one);
}
