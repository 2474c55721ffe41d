import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { AesKey, KeyOfValue } from '../src/port.ts';

const BLOCK = 16;

/** AES-128 by node:crypto, for tests: the value is in memory. CMAC is by hand (NIST SP 800-38B section 6.2). */
export const keyOfValue: KeyOfValue = (value) => new KeyInMemory(value);

class KeyInMemory implements AesKey {
  readonly #value: Uint8Array;

  constructor(value: Uint8Array) {
    if (value.length !== BLOCK) throw new RangeError(`an AES-128 key has 16 bytes, not ${value.length}`);
    this.#value = Uint8Array.from(value);
  }

  encrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    return Uint8Array.from(createCipheriv('aes-128-cbc', this.#value, iv).setAutoPadding(false).update(data));
  }

  decrypt(iv: Uint8Array, data: Uint8Array): Uint8Array {
    return Uint8Array.from(createDecipheriv('aes-128-cbc', this.#value, iv).setAutoPadding(false).update(data));
  }

  cmac(message: Uint8Array): Uint8Array {
    const zero = new Uint8Array(BLOCK);
    // K1 = 2·E(K, 0), K2 = 2·K1 in GF(2¹²⁸)
    const k1 = doubled(this.encrypt(zero, zero));
    const isWhole = message.length > 0 && message.length % BLOCK === 0;
    const blocks = new Uint8Array(Math.max(1, Math.ceil(message.length / BLOCK)) * BLOCK);
    blocks.set(message);
    if (!isWhole) blocks[message.length] = 0x80;
    const last = blocks.subarray(-BLOCK);
    for (const [index, byte] of (isWhole ? k1 : doubled(k1)).entries()) last[index]! ^= byte;
    return this.encrypt(zero, blocks).slice(-BLOCK);
  }

  derive(input: Uint8Array): AesKey {
    return new KeyInMemory(this.cmac(input));
  }

  discard(): void {
    this.#value.fill(0);
  }
}

function doubled(block: Uint8Array): Uint8Array {
  const shifted = block.map((byte, index) => ((byte << 1) | ((block[index + 1] ?? 0) >> 7)) & 0xff);
  if (block[0]! & 0x80) shifted[BLOCK - 1]! ^= 0x87;
  return shifted;
}
