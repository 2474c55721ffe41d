import { catalogue } from '../words/catalogue.ts';

/** Reasons as phones write them, and what stands with them. */
export const PURPOSE_WORDS = catalogue({
  en: {
    purpose: 'What for',
    payment: 'Payment',
    received: 'Received',
    refund: 'Refund',
    ticket: 'Ticket used',
    topUp: 'Topped up',
    cashOut: 'Paid out',
    reclaim: 'Payment given back',
    moved: 'Balance moved from a lost phone',
    centre: 'the centre',
    to: 'to {other}',
    from: 'from {other}',
    about: '(for {record})',
    order: '(order {serial})',
  },
  sl: {
    purpose: 'Namen',
    payment: 'Plačilo',
    received: 'Prejeto',
    refund: 'Vračilo',
    ticket: 'Uporaba vozovnice',
    topUp: 'Polnjenje',
    cashOut: 'Izplačilo',
    reclaim: 'Vrnjeno plačilo',
    moved: 'Stanje, preneseno z izgubljenega telefona',
    centre: 'središče',
    to: '– prejemnik: {other}',
    from: '– plačnik: {other}',
    about: '(za {record})',
    order: '(nalog {serial})',
  },
});
