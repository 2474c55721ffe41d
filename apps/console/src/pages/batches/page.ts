import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/batches',
  access: 'see-alerts',
  words: WORDS,
  load: async () => ({ default: (await import('./batches.tsx')).Batches }),
  group: 'look',
  key: 'b',
};
