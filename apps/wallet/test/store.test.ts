/** The store in memory keeps the contract too: what is proven with it holds for the wallet's. */
import { MemoryPhoneStore } from '@retap/phone';
import { expect, test } from 'vitest';
import { CONTRACT } from './store/contract.ts';

test.each(Object.entries(CONTRACT))('in memory: %s', async (_name, run) => {
  await expect(run(new MemoryPhoneStore())).resolves.toBeUndefined();
});
