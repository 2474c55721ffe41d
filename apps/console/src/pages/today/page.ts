import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/',
  access: 'see-totals',
  words: WORDS,
  load: async () => ({ default: (await import('./today.tsx')).Today }),
  group: 'watch',
  key: 't',
};
