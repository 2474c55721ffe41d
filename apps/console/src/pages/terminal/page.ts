import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/terminals/$terminal',
  access: 'see-terminals',
  words: WORDS,
  load: async () => ({ default: (await import('./terminal.tsx')).Terminal }),
};
