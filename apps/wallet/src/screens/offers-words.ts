import { catalogue } from '../words/catalogue.ts';

export const offersWords = catalogue({
  en: {
    title: 'My products',
    empty: 'Nothing yet. What you sell stands on your screen for one touch.',
    name: 'Name',
    price: 'Price',
    isTicket: 'It is a ticket',
    validFor: 'Valid for',
    hours: 'hours',
    days: 'days',
    uses: 'Number of uses',
    usesHint: 'Leave it empty where the time alone counts.',
    add: 'Add',
    remove: 'Remove {name}',
    fault: 'A product has a name and a price; a ticket has a time, or a number of uses.',
  },
  sl: {
    title: 'Moji izdelki',
    empty: 'Še nič. Kar prodajate, bo na zaslonu za en dotik.',
    name: 'Ime',
    price: 'Cena',
    isTicket: 'To je vozovnica',
    validFor: 'Velja',
    hours: 'ur',
    days: 'dni',
    uses: 'Število uporab',
    usesHint: 'Pustite prazno, če šteje samo čas.',
    add: 'Dodaj',
    remove: 'Odstrani {name}',
    fault: 'Izdelek ima ime in ceno; vozovnica ima čas ali število uporab.',
  },
});
