import { catalogue } from '../words/catalogue.ts';

export const RECORD_WORDS = catalogue({
  en: {
    record: 'Record',
    medium: 'Medium',
    terminal: 'Terminal',
    type: 'Type',
    time: 'Time of the tap',
    amount: 'Amount',
    balance: 'Balance after',
    status: 'How it stands',
    reported: 'As reported',
    receipt: 'Batch',
    waiting: 'not reconciled yet',
  },
  sl: {
    record: 'Zapis',
    medium: 'Nosilec',
    terminal: 'Terminal',
    type: 'Vrsta',
    time: 'Čas dotika',
    amount: 'Znesek',
    balance: 'Stanje po tem',
    status: 'Kako velja',
    reported: 'Kot je sporočeno',
    receipt: 'Pošiljka',
    waiting: 'še ni usklajeno',
  },
});
