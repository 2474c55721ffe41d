import { catalogue } from '../../words/catalogue.ts';
import type { Page } from '../page.ts';

export const page: Page = {
  path: '/lists',
  access: 'see-lists',
  words: catalogue({ en: { title: 'Lists and tariffs' }, sl: { title: 'Seznami in ceniki' } }),
  load: async () => ({ default: (await import('./lists.tsx')).ListsPage }),
  group: 'steer',
  key: 'l',
};
