import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/unverified',
  access: 'see-media',
  words: WORDS,
  load: async () => ({ default: (await import('./unverified.tsx')).Unverified }),
  group: 'watch',
  key: 'd',
};
