import type { Page } from '../page.ts';
import { WORDS } from './words.ts';

export const page: Page = {
  path: '/alerts',
  access: 'see-alerts',
  words: WORDS,
  load: async () => ({ default: (await import('./alerts.tsx')).Alerts }),
  group: 'watch',
  key: 'a',
};
