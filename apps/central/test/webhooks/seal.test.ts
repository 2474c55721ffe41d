import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { sealBy } from '../../src/webhooks/seal.ts';

const signerOf = (seed: number) => ({
  publicKey: new Uint8Array(32),
  sign: (bytes: Uint8Array) => new Uint8Array(64).fill(seed + bytes.length),
});
const secret = new Uint8Array(32).fill(9);

describe('a secret at rest', () => {
  test('is opened by the identity that sealed it, and by no other', async () => {
    const seal = await sealBy(signerOf(1), randomBytes);
    const sealed = seal.seal(secret);
    expect(Buffer.from(sealed).includes(Buffer.from(secret))).toBe(false);
    expect(Uint8Array.from((await sealBy(signerOf(1), randomBytes)).open(sealed))).toEqual(secret);
    const other = await sealBy(signerOf(2), randomBytes);
    expect(() => other.open(sealed)).toThrow();
  });

  test('of which any byte was changed is opened by nobody', async () => {
    const seal = await sealBy(signerOf(1), randomBytes);
    const sealed = seal.seal(secret);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed, (byte, i) => (i === at ? byte ^ 1 : byte));
      expect(() => seal.open(changed)).toThrow();
    }
  });
});
