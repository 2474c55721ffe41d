/** `retap lists show tariff`: what terminals sell, as a person reads it. */
import type { Time } from '@retap/model';
import { type Tariff, type TariffOffer, type TariffPart, type TariffProduct, tariffAt } from '@retap/protocol';
import { formatAmount, formatTime, printable } from '../text.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

export function tariffLines(tariffs: readonly Tariff[], now: Time): string[] {
  const current = tariffAt(tariffs, now);
  return tariffs.flatMap((tariff) => {
    const { validFrom, currency, fares, products, parts } = tariff;
    const state = tariff === current ? 'in force' : validFrom > now ? 'to come' : 'past';
    return [
      `  from ${formatTime(validFrom)}, ${currency}, ${state}`,
      ...fares.map(({ code, amount, name }) => `    fare ${code}: ${formatAmount(amount)}, ${printable(name.en)}`),
      ...products.map(productLine),
      ...parts.map(partLine),
    ];
  });
}

/** What of a set of tariffs stands in the history: which there were, and from when on. */
export function tariffEntry(entry: string): string {
  const tariffs: readonly Tariff[] = JSON.parse(entry);
  return tariffs.length === 0 ? 'none' : tariffs.map(({ validFrom }) => `from ${formatTime(validFrom)}`).join(', ');
}

function productLine({ code, price, name, validFor, maxUses }: TariffProduct): string {
  const conditions = [
    ...(validFor === undefined ? [] : [`for ${validFor % DAY === 0 ? `${validFor / DAY} d` : `${validFor / HOUR} h`}`]),
    ...(maxUses === undefined ? [] : [`${maxUses} uses`]),
  ];
  return `    product ${code}: ${[formatAmount(price), printable(name.en), ...conditions].join(', ')}`;
}

function partLine({ role, terminals, defaultOffer, offers }: TariffPart): string {
  const who = terminals.length === 0 ? role : `${role} ${terminals.join(', ')}`;
  const what = offers.map((offer, index) => {
    const number = index + 1;
    return `${number}${number === defaultOffer ? ' (default)' : ''} ${offerText(offer)}`;
  });
  return `    ${who}: ${what.join('; ')}`;
}

function offerText(offer: TariffOffer): string {
  switch (offer.kind) {
    case 'debit':
      return offer.fare;
    case 'purchase':
      return offer.product;
    case 'refill':
      return `refill of ${formatAmount(offer.amount)}`;
    case 'validation':
      return `validation of ${offer.codes.join(', ')}`;
  }
}
