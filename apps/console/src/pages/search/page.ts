import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/search',
  access: 'see-media',
  words: WORDS,
  load: async () => ({ default: (await import('./search.tsx')).Search }),
  group: 'look',
  key: 'r',
};
