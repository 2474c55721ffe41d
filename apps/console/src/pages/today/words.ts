import { catalogue } from '../../words/catalogue.ts';

export const WORDS = catalogue({ en: { title: 'Today' }, sl: { title: 'Danes' } });
