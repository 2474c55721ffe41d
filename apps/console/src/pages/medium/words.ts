import { catalogue } from '../../words/catalogue.ts';

export const WORDS = catalogue({ en: { title: 'Medium' }, sl: { title: 'Nosilec' } });
