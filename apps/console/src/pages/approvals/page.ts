import { catalogue } from '../../words/catalogue.ts';
import type { Page } from '../page.ts';

export const page: Page = {
  path: '/approvals',
  access: 'see-proposals',
  words: catalogue({ en: { title: 'Approvals' }, sl: { title: 'Odobritve' } }),
  load: async () => ({ default: (await import('./approvals.tsx')).Approvals }),
  group: 'steer',
  key: 'p',
};
