import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/records/$record',
  access: 'see-media',
  words: WORDS,
  load: async () => ({ default: (await import('./record.tsx')).RecordPage }),
};
