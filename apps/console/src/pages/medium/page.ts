import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/media/$medium',
  access: 'see-media',
  words: WORDS,
  load: async () => ({ default: (await import('./medium.tsx')).Medium }),
};
