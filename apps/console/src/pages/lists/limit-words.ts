/** What each limit of an offline terminal is called; approvals say it too. */
import { catalogue } from '../../words/catalogue.ts';

export const LIMIT_WORDS = catalogue({
  en: {
    minimumBalance: 'Least balance after a debit',
    maximumBalance: 'Highest balance after a refill',
    tapAmountMax: 'Most in one tap',
    dayTapsMax: 'Taps of one medium at one terminal a day',
    dayAmountMax: 'What one medium spends at one terminal a day',
    unsentRecordsMax: 'Records that may wait unsent',
    unsentAmountMax: 'Value that may wait unsent',
    unsentAgeMax: 'Age of the oldest unsent record',
    days: '{days, plural, one {# day} other {# days}}',
    none: 'as configured at the terminal',
  },
  sl: {
    minimumBalance: 'Najmanjše stanje po bremenitvi',
    maximumBalance: 'Največje stanje po polnjenju',
    tapAmountMax: 'Največ v enem dotiku',
    dayTapsMax: 'Dotikov enega nosilca na enem terminalu na dan',
    dayAmountMax: 'Kolikor porabi en nosilec na enem terminalu na dan',
    unsentRecordsMax: 'Zapisov, ki smejo čakati na pošiljanje',
    unsentAmountMax: 'Vrednost, ki sme čakati na pošiljanje',
    unsentAgeMax: 'Starost najstarejšega neposlanega zapisa',
    days: '{days, plural, one {# dan} two {# dneva} few {# dni} other {# dni}}',
    none: 'kakor je nastavljen terminal',
  },
});
