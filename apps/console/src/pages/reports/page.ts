import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/reports',
  access: 'see-totals',
  words: WORDS,
  load: async () => ({ default: (await import('./reports.tsx')).Reports }),
  group: 'look',
  key: 'o',
};
