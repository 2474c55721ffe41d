/** What a ticket is good for. */
import type { Product } from '@retap/model';
import { useMoney } from '../wallet.tsx';
import { catalogue } from '../words/catalogue.ts';
import { useSay } from '../words/language.tsx';

const words = catalogue({
  en: {
    until: 'valid until {time}',
    uses: '{count, plural, one {# use} other {# uses}}',
    used: '{used} of {count, plural, one {# use} other {# uses}} made',
    always: 'valid without end',
  },
  sl: {
    until: 'velja do {time}',
    uses: '{count, plural, one {# uporaba} two {# uporabi} few {# uporabe} other {# uporab}}',
    used: 'izrabljeno {used} od {count, plural, one {# uporabe} other {# uporab}}',
    always: 'velja brez konca',
  },
});

/** @param uses that were made; undefined: it is not bought yet */
export function TicketTerms({ product, uses }: { readonly product: Omit<Product, 'id'>; readonly uses?: number }) {
  const say = useSay(words);
  const { moment } = useMoney();
  const { validUntil, maxUses } = product;
  const parts = [
    ...(validUntil === undefined ? [] : [say('until', { time: moment(validUntil) })]),
    ...(maxUses === undefined
      ? []
      : [uses === undefined ? say('uses', { count: maxUses }) : say('used', { used: uses, count: maxUses })]),
  ];
  return <span>{parts.length === 0 ? say('always') : parts.join(', ')}</span>;
}
