/** Tariffs as CBOR, and back. What comes back may be anything: `document.ts` writes it again and compares. */
import type { Amount } from '@retap/model';
import { type Cbor, isArray } from '../signed/cbor.ts';
import { isWhole, NUMBER_MAX, TIME_MAX } from '../signed/whole.ts';
import {
  type Fare,
  type Names,
  TARIFF_CODES_MAX,
  TARIFF_NAME_MAX,
  TARIFF_OFFERS_MAX,
  TARIFF_PARTS_MAX,
  TARIFF_ROLES,
  TARIFF_TERMINALS_MAX,
  TARIFF_USES_MAX,
  TARIFFS_MAX,
  type Tariff,
  type TariffOffer,
  type TariffPart,
  type TariffProduct,
} from './tariff.ts';

/** As long as a card has room for. */
const CODE = /^[\w.-]{1,16}$/;
const CURRENCY = /^[A-Z]{3}$/;
/** What a screen would show as nothing, or in another place. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const AMOUNT_MAX = 2 ** 40;

/** In the order in which they are written; a kind, once used, keeps its place for ever. */
const OFFER_KINDS = ['debit', 'purchase', 'refill', 'validation'] as const;

export function packTariffs(tariffs: readonly Tariff[]): Cbor {
  return tariffs.map(({ validFrom, currency, fares, products, parts }) => [
    validFrom,
    currency,
    fares.map(({ code, name, amount }) => [code, name.sl, name.en, amount]),
    products.map(({ code, name, price, validFor, maxUses }) => [
      ...[code, name.sl, name.en, price, validFor ?? null, maxUses ?? null],
    ]),
    parts.map(({ role, terminals, defaultOffer, offers }) => [
      ...[TARIFF_ROLES.indexOf(role), terminals, defaultOffer ?? 0, offers.map(packOffer)],
    ]),
  ]);
}

function packOffer(offer: TariffOffer): Cbor {
  const place = OFFER_KINDS.indexOf(offer.kind);
  if (offer.kind === 'debit') return [place, offer.fare];
  if (offer.kind === 'purchase') return [place, offer.product];
  const { sl, en } = offer.name;
  return offer.kind === 'refill' ? [place, sl, en, offer.amount] : [place, sl, en, ...offer.codes];
}

/** Null where one is none, or they do not stand in their order, each once. */
export function unpackTariffs(values: readonly Cbor[]): readonly Tariff[] | null {
  if (values.length > TARIFFS_MAX) return null;
  const tariffs = all(values, tariffIn);
  return tariffs && isAscending(tariffs, ({ validFrom }) => validFrom) ? tariffs : null;
}

function tariffIn(value: Cbor): Tariff | null {
  const [validFrom, currency, fareValues, productValues, partValues] = isArray(value) ? value : [];
  const isShaped =
    isWhole(validFrom, 0, TIME_MAX) &&
    typeof currency === 'string' &&
    CURRENCY.test(currency) &&
    isArray(fareValues) &&
    isArray(productValues) &&
    isArray(partValues) &&
    Math.max(fareValues.length, productValues.length) <= TARIFF_CODES_MAX &&
    partValues.length <= TARIFF_PARTS_MAX;
  if (!isShaped) return null;
  const fares = all(fareValues, fareIn);
  const products = all(productValues, productIn);
  const parts = all(partValues, partIn);
  if (!fares || !products || !parts) return null;
  const tariff = { validFrom, currency, fares, products, parts };
  return isCoherent(tariff) ? tariff : null;
}

/** Codes once each and in order, no offer of what there is not, and of each terminal at most one part. */
function isCoherent({ fares, products, parts }: Tariff): boolean {
  const codeOf = ({ code }: { readonly code: string }): string => code;
  if (!isAscending(fares, codeOf) || !isAscending(products, codeOf)) return false;
  const has = { fares: new Set(fares.map(codeOf)), products: new Set(products.map(codeOf)) };
  const isOffered = (offer: TariffOffer): boolean =>
    (offer.kind !== 'debit' || has.fares.has(offer.fare)) &&
    (offer.kind !== 'purchase' || has.products.has(offer.product));
  if (!parts.every(({ offers }) => offers.every(isOffered))) return false;
  const placeOf = ({ role, terminals }: TariffPart): number =>
    TARIFF_ROLES.indexOf(role) * 2 ** 32 + (terminals[0] ?? 0);
  if (!isAscending(parts, placeOf)) return false;
  const named = parts.flatMap(({ role, terminals }) => terminals.map((terminal) => `${role} ${terminal}`));
  return named.length <= TARIFF_TERMINALS_MAX && new Set(named).size === named.length;
}

function fareIn(value: Cbor): Fare | null {
  const [code, sl, en, amount, ...rest] = isArray(value) ? value : [];
  const name = namesIn(sl, en);
  const isFare = isCode(code) && name !== null && isWhole(amount, 1, AMOUNT_MAX) && rest.length === 0;
  return isFare ? { code, name, amount: amount as Amount } : null;
}

function productIn(value: Cbor): TariffProduct | null {
  const [code, sl, en, price, validFor, maxUses, ...rest] = isArray(value) ? value : [];
  const name = namesIn(sl, en);
  const isProduct =
    isCode(code) &&
    name !== null &&
    isWhole(price, 0, AMOUNT_MAX) &&
    (validFor === null || isWhole(validFor, 1, TIME_MAX)) &&
    (maxUses === null || isWhole(maxUses, 1, TARIFF_USES_MAX)) &&
    rest.length === 0;
  if (!isProduct) return null;
  const conditions = { ...(validFor !== null && { validFor }), ...(maxUses !== null && { maxUses }) };
  return { code, name, price: price as Amount, ...conditions };
}

function partIn(value: Cbor): TariffPart | null {
  const [place, terminals, defaultOffer, offerValues, ...rest] = isArray(value) ? value : [];
  const role = typeof place === 'number' ? TARIFF_ROLES[place] : undefined;
  const isShaped =
    role !== undefined &&
    isArray(terminals) &&
    terminals.length <= TARIFF_TERMINALS_MAX &&
    isArray(offerValues) &&
    offerValues.length >= 1 &&
    offerValues.length <= TARIFF_OFFERS_MAX &&
    isWhole(defaultOffer, role === 'validator' ? 1 : 0, offerValues.length) &&
    rest.length === 0;
  if (!isShaped) return null;
  const numbers = all(terminals, (terminal) => (isWhole(terminal, 1, NUMBER_MAX) ? terminal : null));
  const offers = all(offerValues, offerIn);
  if (!numbers || !offers || !isAscending(numbers, (number) => number)) return null;
  return { role, terminals: numbers, ...(defaultOffer > 0 && { defaultOffer }), offers };
}

function offerIn(value: Cbor): TariffOffer | null {
  const [place, first, second, ...rest] = isArray(value) ? value : [];
  const kind = typeof place === 'number' ? OFFER_KINDS[place] : undefined;
  if (kind === undefined) return null;
  if (kind === 'debit' || kind === 'purchase') {
    if (!isCode(first) || second !== undefined) return null;
    return kind === 'debit' ? { kind, fare: first } : { kind, product: first };
  }
  const name = namesIn(first, second);
  if (name === null) return null;
  if (kind === 'refill') {
    const [amount, ...more] = rest;
    return isWhole(amount, 1, AMOUNT_MAX) && more.length === 0 ? { kind, amount: amount as Amount, name } : null;
  }
  const codes = rest.length <= TARIFF_CODES_MAX ? all(rest, (code) => (isCode(code) ? code : null)) : null;
  return codes && codes.length > 0 && new Set(codes).size === codes.length ? { kind, codes, name } : null;
}

function namesIn(sl: Cbor | undefined, en: Cbor | undefined): Names | null {
  return isName(sl) && isName(en) ? { sl, en } : null;
}

function isName(value: Cbor | undefined): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= TARIFF_NAME_MAX && !UNSHOWN.test(value);
}

function isCode(value: Cbor | undefined): value is string {
  return typeof value === 'string' && CODE.test(value);
}

function all<Value>(values: readonly Cbor[], of: (value: Cbor) => Value | null): readonly Value[] | null {
  const found: Value[] = [];
  for (const value of values) {
    const one = of(value);
    if (one === null) return null;
    found.push(one);
  }
  return found;
}

function isAscending<Value>(values: readonly Value[], keyOf: (value: Value) => number | string): boolean {
  return values.every((value, index) => {
    const before = values[index - 1];
    return before === undefined || keyOf(before) < keyOf(value);
  });
}
