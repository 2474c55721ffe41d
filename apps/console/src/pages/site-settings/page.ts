import { catalogue } from '../../words/catalogue.ts';
import type { Page } from '../page.ts';

export const page: Page = {
  path: '/settings',
  access: 'manage-people',
  words: catalogue({ en: { title: 'Settings' }, sl: { title: 'Nastavitve' } }),
  load: async () => ({ default: (await import('./settings.tsx')).Settings }),
  group: 'govern',
  key: 'e',
};
