import { catalogue } from '../../words/catalogue.ts';
import type { Page } from '../page.ts';

const words = catalogue({ en: { title: 'Users and roles' }, sl: { title: 'Uporabniki in vloge' } });

export const page: Page = {
  path: '/people',
  access: 'manage-people',
  words,
  load: async () => ({ default: (await import('./people.tsx')).People }),
  group: 'govern',
  key: 'u',
};

export const personPage: Page = {
  path: '/people/$person',
  access: 'manage-people',
  words,
  load: async () => ({ default: (await import('./person.tsx')).Person }),
};
