/**
 * Who a machine is: an Ed25519 key pair made on it, whose private part never leaves it. A terminal signs its batches by one, the
 * centre its licences.
 *
 * While it is open the private key is in this process's memory. Node cannot keep memory from being swapped out (mlock) or
 * from being read by root, so the machine's swap must be off or encrypted.
 */
import { type KeyObject, sign } from 'node:crypto';
import type { RandomBytes } from '@retap/card';
import { privateKeyOf, publicKeyOf, SEED_BYTES } from './ed25519.ts';
import { KeyStoreError } from './fault.ts';
import { readPrivate, writePrivate } from './private-file.ts';
import { type Cost, openedText, sealedText } from './sealed-file.ts';

const FORMAT = 'retap identity 1';
const WHAT = 'identity';

export interface Identity {
  /** 32 bytes, as they travel. */
  readonly publicKey: Uint8Array;
  /** Signature of 64 bytes; always the same for the same bytes (RFC 8032, 5.1.6). */
  sign(bytes: Uint8Array): Uint8Array;
  /** Gives the private key up; it signs nothing afterwards. */
  close(): void;
}

/**
 * Makes a key pair and its file, mode 0600, written whole or not at all.
 * @param random fit for keys
 * @throws KeyStoreError `key-store-exists`, `key-store-unwritable`
 */
export async function createIdentity(path: string, passphrase: string, random: RandomBytes): Promise<Identity> {
  const seed = Uint8Array.from(random(SEED_BYTES));
  const key = privateKeyOf(seed);
  await writePrivate(path, await identityText(seed, passphrase, random), null, random);
  return new HeldIdentity(key);
}

/**
 * Opens an identity's file; takes a quarter of a second, by design.
 * @throws KeyStoreError `key-store-missing`, `key-store-unreadable`, `key-store-permissions`, `key-store-damaged`,
 * `key-store-passphrase`
 */
export async function openIdentity(path: string, passphrase: string): Promise<Identity> {
  const seed = await openedText(FORMAT, await readPrivate(path, WHAT), passphrase);
  if (seed === 'passphrase') {
    throw new KeyStoreError('key-store-passphrase', `${path}: the passphrase does not open this identity; try again`);
  }
  if (seed === 'damaged' || seed.length !== SEED_BYTES) {
    const message = `${path}: this is no identity, or it is damaged; restore it from its backup, or enrol with another`;
    throw new KeyStoreError('key-store-damaged', message);
  }
  const key = privateKeyOf(seed);
  seed.fill(0);
  return new HeldIdentity(key);
}

/** The text of an identity's file. @param seed overwritten */
export function identityText(seed: Uint8Array, passphrase: string, random: RandomBytes, cost?: Cost): Promise<string> {
  return sealedText(FORMAT, seed, passphrase, random, cost);
}

class HeldIdentity implements Identity {
  readonly publicKey: Uint8Array;
  #key: KeyObject | null;

  constructor(key: KeyObject) {
    this.#key = key;
    this.publicKey = publicKeyOf(key);
  }

  sign(bytes: Uint8Array): Uint8Array {
    if (this.#key === null) throw new Error('this identity is closed');
    return Uint8Array.from(sign(null, bytes, this.#key));
  }

  close(): void {
    this.#key = null;
  }
}
