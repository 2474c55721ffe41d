/** Forms of single values in a configuration file. Each says what would fit, for the person who wrote something else. */
import { type Amount, amountOf } from '@retap/model';
import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `30s`, `10m`, `24h`; in milliseconds. */
export const duration = z
  .string({ error: 'give a duration in quotes, as "30s", "10m" or "24h"' })
  .regex(/^\d{1,9}(d|h|m|s|ms)$/, { error: 'give a duration as "30s", "10m" or "24h"' })
  .transform((text) => {
    const [, count, unit] = /^(\d+)(\D+)$/.exec(text) ?? [];
    return Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  });

const minorUnits = (error: string) => z.int({ error }).transform((value): Amount => amountOf(value));

/** An amount that may be zero, in minor units. */
export const amount = minorUnits('give whole minor units without quotes, as 250 for 2.50').refine(
  (value) => value >= 0,
  {
    error: 'an amount is zero or more',
  },
);

/** A balance, which may be below zero. */
export const balance = minorUnits('give whole minor units without quotes, as 250 or -250');

export const terminalNumber = z
  .int({ error: 'give the number that the terminal was enrolled under, as 17' })
  .min(1, { error: 'a terminal number is 1 or more' })
  .max(2 ** 31 - 1, { error: 'a terminal number is 2147483647 or less' });

/** @param what what is counted, for the message */
export const countOf = (what: string) =>
  z
    .int({ error: `give a whole number of ${what}, from 1` })
    .min(1, { error: `give a whole number of ${what}, from 1` });

/** A name that must not be empty. @param what for the message */
export const text = (what: string) => z.string({ error: `give ${what}, in quotes` }).min(1, { error: `give ${what}` });

/** @param meaning what it names, for the message */
export const file = (meaning: string) => text(`the path of ${meaning}, relative to this file`);

/** A medium's name: the serial number of a card's chip. In small letters it would be no medium's, and denied by nobody. */
export const mediumName = z
  .string({ error: 'give the name of a medium in quotes, as "04A1B2C3D4E5F6"' })
  .regex(/^[0-9A-F]{14}$/, {
    error: 'give the name of a medium as it stands in records: 14 hexadecimal digits in capitals, as "04A1B2C3D4E5F6"',
  });

/** As long as a card has room for. */
export const productCode = z
  .string({ error: 'give the code of a product in quotes, as "month"' })
  .regex(/^[\w.-]{1,16}$/, { error: 'a product code has up to 16 letters, digits, ".", "-" or "_"' });

/** What is shown to people, in each language of the screen. */
export const words = z.strictObject(
  { sl: text('the name in Slovene'), en: text('the name in English') },
  { error: 'give the name in both languages, as { "sl": "Vožnja", "en": "Ride" }' },
);
