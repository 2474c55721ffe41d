/** Limits as somebody types and reads them. */

import { amountIn, decimalOf } from '../../words/amount.ts';
import type { Forms } from '../../words/forms.tsx';
import type { LimitName, Limits } from './types.ts';

/** What a limit counts: money in minor units, things, or milliseconds. */
export const LIMITS: Readonly<Record<LimitName, 'money' | 'count' | 'age'>> = {
  minimumBalance: 'money',
  maximumBalance: 'money',
  tapAmountMax: 'money',
  dayTapsMax: 'count',
  dayAmountMax: 'money',
  unsentRecordsMax: 'count',
  unsentAmountMax: 'money',
  unsentAgeMax: 'age',
};
export const LIMIT_NAMES = Object.keys(LIMITS) as readonly LimitName[];

const HOUR = 3_600_000;

export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(LIMITS, name);
}

export function limitText(name: LimitName, value: number, forms: Pick<Forms, 'money' | 'number' | 'duration'>): string {
  const counted = LIMITS[name];
  if (counted === 'money') return forms.money(value);
  return counted === 'age' ? forms.duration(value) : forms.number(value);
}

/** In its field: money with its decimals, an age in hours. */
export function typedOf(name: LimitName, value: number, digits: number): string {
  if (LIMITS[name] === 'money') return decimalOf(value, digits);
  return String(LIMITS[name] === 'age' ? value / HOUR : value);
}

/** @returns the limits, or the name of the first that is none */
export function limitsTyped(form: FormData, digits: number): Limits | { readonly wrong: LimitName } {
  const limits: { -readonly [Name in LimitName]?: number } = {};
  for (const name of LIMIT_NAMES) {
    const text = String(form.get(name) ?? '').trim();
    if (text === '') continue;
    const value = valueTyped(name, text, digits);
    if (value === null) return { wrong: name };
    limits[name] = value;
  }
  return limits;
}

function valueTyped(name: LimitName, text: string, digits: number): number | null {
  if (LIMITS[name] === 'money') return amountIn(text, digits);
  const number = Number(text.replace(',', '.'));
  const value = LIMITS[name] === 'age' ? Math.round(number * HOUR) : number;
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}
