import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/batches/$receipt',
  access: 'see-alerts',
  words: WORDS,
  load: async () => ({ default: (await import('./batch.tsx')).Batch }),
};
