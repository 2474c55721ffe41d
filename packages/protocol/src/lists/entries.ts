/** The entries of lists as CBOR, and back. What comes back may be anything: `document.ts` writes it again and compares. */
import { fromHexDigits, hexDigits } from '../enrolment/hex.ts';
import { type Cbor, isArray } from '../signed/cbor.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import { LIMIT_NAMES, LISTED_ACTION_KINDS, type List, type ListedAction, type ListedLimits } from './list.ts';
import { packTariffs } from './tariff-entries.ts';

const NAME = /^[0-9A-Za-z._-]{1,64}$/;
const AMOUNT_MAX = 2 ** 40;

/** Names of cards are pairs of upper-case hexadecimal digits; as bytes they take half the room. */
const HEXADECIMAL_PAIRS = /^(?:[0-9A-F]{2})+$/;

export function packEntries(list: List): Cbor {
  if (list.kind === 'deny') return list.entries.map(packMedium);
  if (list.kind === 'actions') return list.entries.map(packAction);
  if (list.kind === 'tariff') return packTariffs(list.entries);
  const { entries } = list;
  return LIMIT_NAMES.flatMap((name, place) => {
    const limit = entries[name];
    return limit === undefined ? [] : [[place, limit]];
  });
}

export function packMedium(medium: string): Cbor {
  return HEXADECIMAL_PAIRS.test(medium) ? fromHexDigits(medium) : medium;
}

export function packAction(action: ListedAction): Cbor {
  const { medium, serial, kind } = action;
  const head = [packMedium(medium), serial, LISTED_ACTION_KINDS.indexOf(kind)];
  if (action.kind === 'refill' || action.kind === 'refund') return [...head, action.amount];
  if (action.kind !== 'product') return head;
  const { code, validFrom, validUntil, maxUses } = action.product;
  return [...head, [code, validFrom ?? null, validUntil ?? null, maxUses ?? null]];
}

/** Null where one is none, or they do not stand in their order, each once. */
export function unpackDeny(values: readonly Cbor[]): readonly string[] | null {
  const media = values.map(mediumIn);
  return isAscending(media, (medium) => [medium]) ? media : null;
}

export function unpackActions(values: readonly Cbor[]): readonly ListedAction[] | null {
  const actions = values.map(actionIn);
  return isAscending(actions, (action) => [action.medium, action.serial]) ? actions : null;
}

/** Medium and number of actions, by which a difference says which are gone. */
export function unpackKeys(values: readonly Cbor[]): readonly (readonly [medium: string, serial: number])[] | null {
  const keys = values.map((value): readonly [string, number] | null => {
    const [name, serial, ...rest] = isArray(value) ? value : [];
    const medium = mediumIn(name);
    return medium !== null && isWhole(serial, 1, NUMBER_MAX) && rest.length === 0 ? [medium, serial] : null;
  });
  return isAscending(keys, (key) => key) ? keys : null;
}

export function unpackLimits(values: readonly Cbor[]): ListedLimits | null {
  const limits: { -readonly [Name in keyof ListedLimits]: number } = {};
  for (const value of values) {
    const [place, limit] = isArray(value) ? value : [];
    const name = typeof place === 'number' ? LIMIT_NAMES[place] : undefined;
    if (name === undefined || !isLimit(name, limit)) return null;
    limits[name] = limit;
  }
  return limits;
}

/** A balance may be below zero; what counts or bounds may not. */
function isLimit(name: (typeof LIMIT_NAMES)[number], value: unknown): value is number {
  const least = name === 'minimumBalance' || name === 'maximumBalance' ? -AMOUNT_MAX : 0;
  return isWhole(value, least, name === 'unsentAgeMax' ? TIME_MAX : AMOUNT_MAX);
}

function actionIn(value: Cbor): ListedAction | null {
  const [name, serial, place, more, ...rest] = isArray(value) ? value : [];
  const medium = mediumIn(name);
  const kind = typeof place === 'number' ? LISTED_ACTION_KINDS[place] : undefined;
  if (medium === null || kind === undefined || !isWhole(serial, 1, NUMBER_MAX) || rest.length > 0) return null;
  if (kind === 'block' || kind === 'unblock') return more === undefined ? { medium, serial, kind } : null;
  if (kind !== 'product') return isWhole(more, 1, AMOUNT_MAX) ? { medium, serial, kind, amount: more as never } : null;
  const product = productIn(more);
  return product && { medium, serial, kind, product };
}

type ListedProduct = (ListedAction & { readonly kind: 'product' })['product'];

function productIn(value: Cbor | undefined): ListedProduct | null {
  const [code, validFrom, validUntil, maxUses, ...rest] = isArray(value) ? value : [];
  if (typeof code !== 'string' || !NAME.test(code) || rest.length > 0) return null;
  const isTime = (time: Cbor | undefined): time is number | null => time === null || isWhole(time, 0, TIME_MAX);
  if (!isTime(validFrom) || !isTime(validUntil) || (maxUses !== null && !isWhole(maxUses, 1, NUMBER_MAX))) return null;
  return {
    code,
    ...(validFrom !== null && { validFrom }),
    ...(validUntil !== null && { validUntil }),
    ...(maxUses !== null && { maxUses }),
  };
}

function mediumIn(value: Cbor | undefined): string | null {
  const medium = value instanceof Uint8Array ? hexDigits(value) : value;
  return typeof medium === 'string' && NAME.test(medium) ? medium : null;
}

/** Whether none is null, and each stands after the one before. */
function isAscending<Entry>(
  entries: readonly (Entry | null)[],
  key: (entry: Entry) => readonly (string | number)[],
): entries is readonly Entry[] {
  return entries.every((entry, index) => {
    if (entry === null) return false;
    const before = entries[index - 1];
    return before === undefined || before === null || isBefore(key(before), key(entry));
  });
}

function isBefore(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  const place = a.findIndex((value, index) => value !== b[index]);
  return place >= 0 && (a[place] as string) < (b[place] as string);
}
