/** AES-CMAC (NIST SP 800-38B) down to what a key must do for it: encrypt whole blocks in a chain. */

export const BLOCK = 16;
export const ZERO_BLOCK: Uint8Array = new Uint8Array(BLOCK);

/** K1 masks a last block that is whole, K2 one that was padded (SP 800-38B section 6.1). */
export interface Subkeys {
  readonly whole: Uint8Array;
  readonly padded: Uint8Array;
}

/** @param encryptedZeros L = E(K, 0¹²⁸) */
export function subkeysOf(encryptedZeros: Uint8Array): Subkeys {
  // K1 = L · x, K2 = L · x², in GF(2¹²⁸)
  const whole = doubled(encryptedZeros);
  return { whole, padded: doubled(whole) };
}

function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(BLOCK);
  let carry = 0;
  for (let at = BLOCK - 1; at >= 0; at -= 1) {
    const byte = block[at] ?? 0;
    result[at] = (byte << 1) | carry;
    carry = byte >> 7;
  }
  if (carry === 1) result[BLOCK - 1] = (result[BLOCK - 1] ?? 0) ^ 0x87;
  return result;
}

/**
 * The message as blocks, the last one padded and masked (SP 800-38B section 6.2): their CBC encryption with IV 0 ends in the
 * CMAC. A new array, of at least one block.
 */
export function maskedBlocks(message: Uint8Array, { whole, padded }: Subkeys): Uint8Array {
  const isWhole = message.length > 0 && message.length % BLOCK === 0;
  const blocks = new Uint8Array(isWhole ? message.length : message.length - (message.length % BLOCK) + BLOCK);
  blocks.set(message);
  if (!isWhole) blocks[message.length] = 0x80;
  // Mₙ = Mₙ ⊕ K1, or (Mₙ ‖ 10…0) ⊕ K2
  const mask = isWhole ? whole : padded;
  const last = blocks.length - BLOCK;
  for (let at = 0; at < BLOCK; at += 1) blocks[last + at] = (blocks[last + at] ?? 0) ^ (mask[at] ?? 0);
  return blocks;
}
