import { catalogue } from '../../words/catalogue.ts';
import type { Page } from '../page.ts';

export const page: Page = {
  path: '/audit',
  access: 'read-audit',
  words: catalogue({ en: { title: 'Audit log' }, sl: { title: 'Revizijska sled' } }),
  load: async () => ({ default: (await import('./audit.tsx')).Audit }),
  group: 'govern',
  key: 'x',
};
