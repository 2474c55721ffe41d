/** Numbers, money and times as the reader's language and the site write them. */
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import { useSettings } from '../settings.ts';
import { decimalOf } from './amount.ts';
import { useLanguage } from './language.tsx';

export interface Forms {
  /** Whole minor units, as the currency writes them. */
  money(amount: number): string;
  /** With its sign in front also when it is positive, as of what was added. */
  change(amount: number): string;
  number(count: number): string;
  /** @param share 0 … 1 */
  share(share: number): string;
  /** Date and time in the site's time zone, to the second. */
  moment(time: number): ReactNode;
  momentText(time: number): string;
  /** The time of day alone. */
  clock(time: number): string;
  day(time: number): string;
  /** Day and month alone, where there is little room. */
  shortDay(time: number): string;
  /** In its two largest units. @param ms milliseconds */
  duration(ms: number): string;
}

export function useForms(): Forms {
  const { locale } = useLanguage();
  const { currency, timeZone } = useSettings();
  return useMemo(() => formsOf(locale, timeZone, currency), [locale, timeZone, currency]);
}

interface Currency {
  readonly code: string;
  /** Of minor units, behind the decimal mark. */
  readonly digits: number;
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
] as const;

export function formsOf(locale: string, timeZone: string, currency: Currency): Forms {
  const fraction = { minimumFractionDigits: currency.digits, maximumFractionDigits: currency.digits };
  const style = { style: 'currency', currency: currency.code, ...fraction } as const;
  const moneyForm = new Intl.NumberFormat(locale, style);
  const changeForm = new Intl.NumberFormat(locale, { ...style, signDisplay: 'exceptZero' });
  const numberForm = new Intl.NumberFormat(locale);
  const shareForm = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 2 });
  const momentForm = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium', timeZone });
  const clockForm = new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone });
  const dayForm = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone });
  const shortDayForm = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone });
  const exact = (amount: number) => decimalOf(amount, currency.digits) as `${number}`;
  const duration = (ms: number) => {
    const at = Math.max(
      0,
      UNITS.findIndex(([, size]) => ms >= size),
    );
    const first = ms < 1_000 ? UNITS.length - 1 : at;
    let left = Math.max(0, ms);
    const parts: string[] = [];
    for (const [unit, size] of UNITS.slice(first, first + 2)) {
      const count = Math.floor(left / size);
      left -= count * size;
      if (count > 0 || parts.length === 0) {
        parts.push(new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'short' }).format(count));
      }
    }
    return parts.join(' ');
  };
  return {
    money: (amount) => moneyForm.format(exact(amount)),
    change: (amount) => changeForm.format(exact(amount)),
    number: (count) => numberForm.format(count),
    share: (share) => shareForm.format(share),
    moment: (time) => {
      const iso = new Date(time).toISOString();
      return (
        <time dateTime={iso} title={iso}>
          {momentForm.format(time)}
        </time>
      );
    },
    momentText: (time) => momentForm.format(time),
    clock: (time) => clockForm.format(time),
    day: (time) => dayForm.format(time),
    shortDay: (time) => shortDayForm.format(time),
    duration,
  };
}
