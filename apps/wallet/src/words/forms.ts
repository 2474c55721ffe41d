/** Numbers, money and times as the reader's language and the phone's currency write them. */
import { decimalOf, digitsOf } from './amount.ts';

export interface Forms {
  /** Of minor units, behind the decimal mark. */
  readonly digits: number;
  /** As somebody would type it: without the currency. */
  typed(amount: number): string;
  /** Whole minor units, as the currency writes them. */
  money(amount: number): string;
  /** With its sign in front also when it is positive. */
  change(amount: number): string;
  number(count: number): string;
  /** Date and time of day, in the phone's time zone. */
  moment(time: number): string;
  bytes(count: number): string;
}

const KILO = 1024;

export function formsOf(locale: string, currency: string): Forms {
  const digits = digitsOf(currency);
  const style = { style: 'currency', currency } as const;
  const money = new Intl.NumberFormat(locale, style);
  const change = new Intl.NumberFormat(locale, { ...style, signDisplay: 'exceptZero' });
  const number = new Intl.NumberFormat(locale);
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const unit = (name: string) => new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumFractionDigits: 1 });
  const mark = number.formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
  const exact = (amount: number) => decimalOf(amount, digits) as `${number}`;
  return {
    digits,
    typed: (amount) => decimalOf(amount, digits).replace('.', mark),
    money: (amount) => money.format(exact(amount)),
    change: (amount) => change.format(exact(amount)),
    number: (count) => number.format(count),
    moment: (time) => moment.format(time),
    bytes(count) {
      if (count < KILO) return unit('byte').format(count);
      return count < KILO * KILO ? unit('kilobyte').format(count / KILO) : unit('megabyte').format(count / KILO / KILO);
    },
  };
}
