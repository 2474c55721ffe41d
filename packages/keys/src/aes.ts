/** AES-128 by node:crypto, with the value in memory. */
import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from 'node:crypto';
import type { AesKey, KeyOfValue } from '@retap/card';
import { BLOCK, maskedBlocks, type Subkeys, subkeysOf, ZERO_BLOCK } from './cmac.ts';

/** A key whose value is known. The value is copied; `discard` overwrites the copy. @param value 16 bytes */
export const softwareKey: KeyOfValue = (value) => {
  if (value.length !== BLOCK) throw new Error(`an AES-128 key has ${BLOCK} bytes, not ${value.length}`);
  return new SoftwareKey(Uint8Array.from(value));
};

/**
 * A tap is some sixty operations of one to four blocks, and to set up a cipher takes several times as long as they do. So each
 * direction has one cipher that runs on and on; what it chains from its last operation is taken out of the next
 * first block, and the IV put in.
 */
class SoftwareKey implements AesKey {
  readonly #value: Uint8Array;
  #encryption: RunningEncryption | null = null;
  #decryption: RunningDecryption | null = null;
  #subkeys: Subkeys | null = null;
  #isDiscarded = false;

  /** @param value taken over, not copied */
  constructor(value: Uint8Array) {
    this.#value = value;
  }

  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    checkForm(iv, data);
    return this.#running().run(iv, Uint8Array.from(data));
  }

  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    checkForm(iv, data);
    this.#checkUsable();
    this.#decryption ??= new RunningDecryption(this.#value);
    return this.#decryption.run(iv, data);
  }

  cmac(message: Uint8Array): Uint8Array {
    const encryption = this.#running();
    this.#subkeys ??= subkeysOf(encryption.run(ZERO_BLOCK, new Uint8Array(BLOCK)));
    return encryption.run(ZERO_BLOCK, maskedBlocks(message, this.#subkeys)).slice(-BLOCK);
  }

  derive(input: Uint8Array): AesKey {
    return new SoftwareKey(this.cmac(input));
  }

  discard(): void {
    this.#isDiscarded = true;
    this.#value.fill(0);
    this.#subkeys?.whole.fill(0);
    this.#subkeys?.padded.fill(0);
    this.#encryption?.end();
    this.#decryption?.end();
    this.#encryption = null;
    this.#decryption = null;
    this.#subkeys = null;
  }

  #running(): RunningEncryption {
    this.#checkUsable();
    this.#encryption ??= new RunningEncryption(this.#value);
    return this.#encryption;
  }

  #checkUsable(): void {
    if (this.#isDiscarded) throw new Error('a discarded key was used');
  }
}

class RunningEncryption {
  readonly #cipher: Cipher;
  /** Last block of ciphertext: what the cipher adds to its next block. */
  #chained: Uint8Array = ZERO_BLOCK;

  constructor(value: Uint8Array) {
    this.#cipher = createCipheriv('aes-128-cbc', value, ZERO_BLOCK).setAutoPadding(false);
  }

  /** @param data overwritten */
  run(iv: Uint8Array, data: Uint8Array): Uint8Array {
    if (data.length === 0) return data;
    // E(K, (P₁ ⊕ IV ⊕ chained) ⊕ chained) = E(K, P₁ ⊕ IV)
    exchange(data, iv, this.#chained);
    const encrypted = bytesOf(this.#cipher.update(data));
    this.#chained = encrypted.slice(-BLOCK);
    return encrypted;
  }

  /** Node frees the cipher's key schedule here, and OpenSSL overwrites what it frees. */
  end(): void {
    this.#cipher.final();
  }
}

class RunningDecryption {
  readonly #decipher: Decipher;
  #chained: Uint8Array = ZERO_BLOCK;

  constructor(value: Uint8Array) {
    this.#decipher = createDecipheriv('aes-128-cbc', value, ZERO_BLOCK).setAutoPadding(false);
  }

  run(iv: Uint8Array, data: Uint8Array): Uint8Array {
    if (data.length === 0) return new Uint8Array(0);
    const decrypted = bytesOf(this.#decipher.update(data));
    // (D(K, C₁) ⊕ chained) ⊕ chained ⊕ IV = D(K, C₁) ⊕ IV
    exchange(decrypted, iv, this.#chained);
    this.#chained = data.slice(-BLOCK);
    return decrypted;
  }

  end(): void {
    this.#decipher.final();
  }
}

/** Adds `iv` and `chained` to the first block. */
function exchange(data: Uint8Array, iv: Uint8Array, chained: Uint8Array): void {
  for (let at = 0; at < BLOCK; at += 1) data[at] = (data[at] ?? 0) ^ (iv[at] ?? 0) ^ (chained[at] ?? 0);
}

/** The same memory without Buffer's methods, whose `slice` does not copy as a Uint8Array's does. */
function bytesOf(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

function checkForm(iv: Uint8Array, data: Uint8Array): void {
  if (iv.length !== BLOCK) throw new Error(`an IV has ${BLOCK} bytes, not ${iv.length}`);
  if (data.length % BLOCK !== 0) throw new Error(`CBC without padding takes whole blocks, not ${data.length} bytes`);
}
