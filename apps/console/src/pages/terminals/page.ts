import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/terminals',
  access: 'see-terminals',
  words: WORDS,
  load: async () => ({ default: (await import('./terminals.tsx')).Terminals }),
  group: 'watch',
  key: 'm',
};
