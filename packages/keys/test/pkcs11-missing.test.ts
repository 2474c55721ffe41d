import { expect, test, vi } from 'vitest';
import { openTokenKeyStore } from '../src/index.ts';

vi.mock('pkcs11js', () => {
  throw new Error("Cannot find package 'pkcs11js'");
});

test('without the optional package only tokens are out of reach, and it says which package', async () => {
  const opening = openTokenKeyStore({ module: 'a.so', token: 'gate', pin: '12345' });
  await expect(opening).rejects.toMatchObject({
    code: 'pkcs11-missing',
    message: expect.stringMatching(/pkcs11js, which is not installed; run npm install pkcs11js/),
  });
});
