/** Forms of option values; what does not fit is refused with the option's name and what would fit. */

import { originFault, Ranges } from '@retap/central-service';
import { type Amount, amountOf, DEFAULT_CONFIGURATION } from '@retap/model';
import { InvalidArgumentError, Option } from 'commander';

const ISO = new RegExp(
  '^(?<year>\\d{4})(?:-(?<month>\\d{2})-(?<day>\\d{2})|(?<month2>\\d{2})(?<day2>\\d{2}))' +
    '(?:[T ](?<hour>\\d{2})(?::?(?<minute>\\d{2})(?::?(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9}))?)?)?' +
    '(?<offset>Z|[+-]\\d{2}(?::?\\d{2})?)?)?$',
  'i',
);

/** Farthest time a date can have, in milliseconds from the epoch either way. */
const TIME_MAX = 8.64e15;

/** `TIME`: ISO 8601, UTC where it has no offset; or, all digits, milliseconds since the Unix epoch. */
export function parseTime(text: string): number {
  if (/^\d+$/.test(text)) {
    const time = Number(text);
    if (time <= TIME_MAX) return time;
    throw new InvalidArgumentError('It is beyond what a date can be.');
  }
  const time = isoTime(text);
  if (time !== null) return time;
  throw new InvalidArgumentError('Give a time as 2026-03-05, 2026-03-05T14:30:00Z or milliseconds since 1970.');
}

function isoTime(text: string): number | null {
  const parts = ISO.exec(text)?.groups;
  if (!parts) return null;
  const part = (name: string): number => Number(parts[name] ?? parts[`${name}2`] ?? 0);
  const [year, month, day] = [part('year'), part('month'), part('day')];
  const [hour, minute, second] = [part('hour'), part('minute'), part('second')];
  const isMidnight = hour === 24 && minute === 0 && second === 0 && part('fraction') === 0;
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // Date turns 30 February into 2 March: what was written is not what would be meant.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const milliseconds = Number((parts.fraction ?? '').padEnd(3, '0').slice(0, 3));
  const offset = offsetMs(parts.offset);
  if (offset === null) return null;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1_000 + milliseconds - offset;
}

function offsetMs(offset: string | undefined): number | null {
  if (offset === undefined || offset.toUpperCase() === 'Z') return 0;
  const digits = offset.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 23 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };

/** `DURATION`: `3d`, `72h`, `30m`, `120s`, `1500ms`; in milliseconds. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d+)(d|h|m|s|ms)$/.exec(text) ?? [];
  const duration = Number(count) * (UNIT_MS[unit ?? ''] ?? Number.NaN);
  if (duration <= TIME_MAX) return duration;
  throw new InvalidArgumentError('Give a duration as 3d, 72h, 30m, 120s or 1500ms.');
}

/** An option that is a duration: its help says the default as somebody would give it. @param given as `7d`; none: it has no default */
export function durationOption(flags: string, meaning: string, given?: string): Option {
  const option = new Option(flags, meaning).argParser(parseDuration);
  return given === undefined ? option : option.default(parseDuration(given), given);
}

/** `N` of money: whole minor units, which may be negative. */
export function parseAmount(text: string): Amount {
  const amount = /^[+-]?\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(amount)) return amountOf(amount);
  throw new InvalidArgumentError('Give whole minor units, as 500 or -500.');
}

/** A whole number in a range. */
export function countFrom(low: number, high: number): (text: string) => number {
  return (text) => {
    const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= low && count <= high) return count;
    throw new InvalidArgumentError(`Give a whole number from ${low} to ${high}.`);
  };
}

/** `URL` of a centre. */
export function parseCentre(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new InvalidArgumentError('Give the address of the centre, as http://127.0.0.1:8080.');
}

/** `RANGES` of addresses, separated by commas. */
export function parseRanges(text: string): readonly string[] {
  const ranges = text.split(',').map((range) => range.trim());
  try {
    new Ranges(ranges);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
  return ranges;
}

/** `URL` where people reach the centre. */
export function parseOrigin(text: string): string {
  const fault = originFault(text);
  if (fault === null) return text;
  throw new InvalidArgumentError(`${fault[0]?.toUpperCase()}${fault.slice(1)}.`);
}

export const PERSON_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** `NAME` of a person, as the page and the audit log have it. */
export function parsePersonName(text: string): string {
  if (PERSON_NAME.test(text)) return text;
  throw new InvalidArgumentError('Give 1 to 63 of a-z 0-9 . _ -, the first a letter or a digit.');
}

/** A share of all, 0 … 1. */
export function parseShare(text: string): number {
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (share >= 0 && share <= 1) return share;
  throw new InvalidArgumentError('Give a share from 0 to 1, as 0.001.');
}

export function asOfOption(): Option {
  const meaning = 'the time at which lateness is decided: ISO 8601 (UTC without an offset) or epoch ms; default: now';
  return new Option('--as-of <TIME>', meaning).argParser(parseTime);
}

export function maxDelayOption(): Option {
  return durationOption('--max-delay <DURATION>', 'how long a record may be under way', '72h');
}

export function clockToleranceOption(): Option {
  const meaning = 'largest difference between two clocks; fixed when a database is made, at 120s unless given';
  return durationOption('--clock-tolerance <DURATION>', meaning);
}

export function minimumBalanceOption(): Option {
  return new Option('--minimum-balance <N>', 'least balance allowed, in minor units')
    .argParser(parseAmount)
    .default(DEFAULT_CONFIGURATION.minimumBalance, '0');
}

/** `--format`: what a person reads, or what a program does. */
export function formatOption(): Option {
  return new Option('--format <FORMAT>', 'for a person or for a program').choices(['text', 'json']).default('text');
}
