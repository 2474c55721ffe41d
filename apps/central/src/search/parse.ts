/** What somebody typed into the search box, in the words of both languages. Pure: what there is of it, others look up. */
import type { RecordQuery } from '@retap/central';
import type { CommitStatus, RecordIdentity, TransactionType } from '@retap/model';
import { type Day, parseDay, plusDays } from '../zone/days.ts';

/** What a list of records is narrowed by. `days`: from the first to the second, which is excluded. */
export interface SearchFilters extends Pick<RecordQuery, 'status' | 'type' | 'terminal' | 'medium'> {
  readonly days?: readonly [from: Day | null, until: Day | null];
  readonly amountMin?: number;
  readonly amountMax?: number;
}

/** Something that may be there under the number or name. */
export type Lookup =
  | { readonly kind: 'medium'; readonly prefix: string }
  | { readonly kind: 'terminal'; readonly terminal: number }
  | ({ readonly kind: 'record' } & RecordIdentity)
  | { readonly kind: 'batch'; readonly receipt: number }
  | { readonly kind: 'alert'; readonly id: number };

export interface ParsedSearch {
  readonly filters: SearchFilters;
  readonly lookups: readonly Lookup[];
  /** The words that made the filters, as they were typed. */
  readonly filterText: string;
  /** Words that mean nothing here. */
  readonly notUnderstood: readonly string[];
}

export interface SearchContext {
  readonly today: Day;
  /** How many digits of an amount stand after the point: amounts are typed as they are shown. */
  readonly digits: number;
}

type Mutable<Whole> = { -readonly [Key in keyof Whole]: Whole[Key] };

const STATUSES: Readonly<Record<string, CommitStatus | 'observation'>> = {
  successful: 'successful',
  unsuccessful: 'unsuccessful',
  unverified: 'unverified',
  observation: 'observation',
  uspešna: 'successful',
  neuspešna: 'unsuccessful',
  nepreverjena: 'unverified',
  dvom: 'unverified',
  opažanje: 'observation',
};
const TYPES: Readonly<Record<string, TransactionType | 'open' | 'observation'>> = {
  open: 'open',
  refill: 'refill',
  debit: 'debit',
  purchase: 'purchase',
  validation: 'validation',
  observation: 'observation',
  topup: 'refill',
  pay: 'debit',
  buy: 'purchase',
  checkin: 'validation',
  odprtje: 'open',
  polnjenje: 'refill',
  plačilo: 'debit',
  nakup: 'purchase',
  prijava: 'validation',
  opažanje: 'observation',
};
const FIELDS: Readonly<Record<string, 'status' | 'type' | 'terminal' | 'medium' | 'amount' | 'date'>> = {
  ...{ status: 'status', type: 'type', terminal: 'terminal', medium: 'medium', amount: 'amount', date: 'date' },
  ...{ stanje: 'status', vrsta: 'type', nosilec: 'medium', znesek: 'amount', datum: 'date' },
};
/** Before a number or a name: `batch 12`. */
const KINDS: Readonly<Record<string, Lookup['kind']>> = {
  ...{ medium: 'medium', terminal: 'terminal', record: 'record', batch: 'batch', alert: 'alert' },
  ...{ nosilec: 'medium', zapis: 'record', paket: 'batch', pošiljka: 'batch', opozorilo: 'alert' },
};
const NAME = /^[0-9A-Za-z._-]{1,64}$/;
const NUMBER_MAX = 2 ** 31 - 1;

export function parseSearch(text: string, context: SearchContext): ParsedSearch {
  const words = text.trim().split(/\s+/).filter(Boolean);
  const filters: Mutable<SearchFilters> = {};
  const lookups: Lookup[] = [];
  const filtering: string[] = [];
  const notUnderstood: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const kind = meant(KINDS, word);
    const next = words[at + 1];
    const named = kind && next !== undefined ? lookupOf(kind, next) : null;
    if (named) {
      lookups.push(named);
      at += 1;
    } else if (narrow(filters, word, context)) {
      filtering.push(word);
    } else {
      const found = lookupsOf(word);
      lookups.push(...found);
      if (found.length === 0) notUnderstood.push(word);
    }
  }
  return { filters, lookups, filterText: filtering.join(' '), notUnderstood };
}

/** Of what was typed not everything that an object has is a word of ours. */
function meant<Meaning>(words: Readonly<Record<string, Meaning>>, word: string): Meaning | undefined {
  const known = word.toLowerCase();
  return Object.hasOwn(words, known) ? words[known] : undefined;
}

/** Adds what the word asks for. @returns false where it is no filter */
function narrow(filters: Mutable<SearchFilters>, word: string, context: SearchContext): boolean {
  const [, name, operator, value] = /^(\p{L}+)(:|>=|<=|>|<|=)(.+)$/u.exec(word) ?? [];
  const field = name === undefined ? undefined : meant(FIELDS, name);
  if (field !== undefined && operator !== undefined && value !== undefined) {
    return narrowField(filters, field, operator === ':' ? '=' : operator, value, context);
  }
  const status = meant(STATUSES, word);
  if (status !== undefined) filters.status = status;
  const days = daysOf(word, context.today);
  if (days !== null) filters.days = days;
  const amount = /[.,]/.test(word) ? minorUnits(word, context.digits) : null;
  if (amount !== null && days === null) [filters.amountMin, filters.amountMax] = [amount, amount];
  return status !== undefined || days !== null || amount !== null;
}

function narrowField(
  filters: Mutable<SearchFilters>,
  field: (typeof FIELDS)[string],
  operator: string,
  value: string,
  { today, digits }: SearchContext,
): boolean {
  if (field === 'amount') return narrowAmount(filters, operator, minorUnits(value, digits));
  if (field === 'date') return narrowDays(filters, operator, daysOf(value, today));
  if (operator !== '=') return false;
  const [status, type] = [meant(STATUSES, value), meant(TYPES, value)];
  if (field === 'status' && status) filters.status = status;
  else if (field === 'type' && type) filters.type = type;
  else if (field === 'terminal' && numberIn(value) !== null) filters.terminal = numberIn(value) as number;
  else if (field === 'medium' && NAME.test(value)) filters.medium = value;
  else return false;
  return true;
}

function narrowAmount(filters: Mutable<SearchFilters>, operator: string, amount: number | null): boolean {
  if (amount === null) return false;
  if (operator === '=' || operator.startsWith('>')) filters.amountMin = operator === '>' ? amount + 1 : amount;
  if (operator === '=' || operator.startsWith('<')) filters.amountMax = operator === '<' ? amount - 1 : amount;
  return true;
}

function narrowDays(filters: Mutable<SearchFilters>, operator: string, days: readonly [Day, Day] | null): boolean {
  if (days === null) return false;
  const [from, until] = filters.days ?? [null, null];
  const [first, after] = days;
  if (operator === '=') filters.days = days;
  else if (operator.startsWith('>')) filters.days = [operator === '>' ? after : first, until];
  else filters.days = [from, operator === '<' ? first : after];
  return true;
}

/** A day, or from one to another with `..` between. */
function daysOf(text: string, today: Day): readonly [Day, Day] | null {
  const [first, last] = text.split('..');
  const from = dayIn(first ?? '', today);
  const to = last === undefined ? from : dayIn(last, today);
  return from && to ? [from, plusDays(to, 1)] : null;
}

function dayIn(text: string, today: Day): Day | null {
  const word = text.toLowerCase();
  if (word === 'today' || word === 'danes') return today;
  if (word === 'yesterday' || word === 'včeraj') return plusDays(today, -1);
  const [, day, month, year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text) ?? [];
  return parseDay(year === undefined ? text : `${year}-${month}-${day}`);
}

/** Null where it is no amount. A sign says nothing: what is paid and what is topped up is told by the type. */
function minorUnits(text: string, digits: number): number | null {
  const [, whole, fraction = ''] = /^[-−+]?(\d{1,12})(?:[.,](\d{1,4}))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  return Number(whole + fraction.padEnd(digits, '0'));
}

function numberIn(text: string): number | null {
  const number = Number(text);
  return /^\d{1,10}$/.test(text) && number >= 1 && number <= NUMBER_MAX ? number : null;
}

function lookupOf(kind: Lookup['kind'], text: string): Lookup | null {
  if (kind === 'medium') return NAME.test(text) ? { kind, prefix: text } : null;
  if (kind === 'record') return recordIn(text);
  const number = numberIn(text);
  if (number === null) return null;
  if (kind === 'terminal') return { kind, terminal: number };
  return kind === 'batch' ? { kind, receipt: number } : { kind, id: number };
}

function recordIn(text: string): Lookup | null {
  const [terminal, serial] = text.split('-').map(numberIn);
  const isIdentity = /^\d+-\d+$/.test(text) && terminal && serial;
  return isIdentity ? { kind: 'record', terminal, serial } : null;
}

/** All that a bare word may be the number or name of. */
function lookupsOf(text: string): Lookup[] {
  const kinds = ['record', 'terminal', 'batch', 'medium'] as const;
  return kinds.flatMap((kind) => lookupOf(kind, text) ?? []);
}
