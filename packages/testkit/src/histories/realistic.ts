/** A few media and terminals over hours or days, as a city has them: a hidden card for each medium, and taps on it. */
import { amountOf, DEFAULT_CONFIGURATION, type JournalRecord, type TransactionRecord } from '@retap/model';
import type { Random } from '../random.ts';
import { type Card, committed, openedCard, readingOf, usableProduct } from './card.ts';
import { conflictingRecord, type Faults, tamperedCard, tamperedRecord } from './faults.ts';
import type { History } from './history.ts';

const START = 1_448_956_800_000; // 1 December 2015, 08:00 UTC
const SECOND = 1000;
const HOUR = 3_600 * SECOND;

/** One medium: the card, its copies, and what it was before. */
interface Holder {
  readonly medium: string;
  readonly cards: Card[];
  readonly earlier: Card[];
}

interface City {
  readonly random: Random;
  readonly faults: Faults;
  readonly holders: readonly Holder[];
  readonly terminals: Terminal[];
  /** In order of execution, lost ones included. */
  readonly written: JournalRecord[];
  /** True time. */
  time: number;
}

interface Terminal {
  readonly terminal: number;
  /** Milliseconds its clock is ahead. */
  readonly skew: number;
  serial: number;
  lastTime: number;
}

export function realisticHistory(random: Random, size: number, faults: Faults): Omit<History, 'name'> {
  const configuration = DEFAULT_CONFIGURATION;
  const city = newCity(random, faults, configuration.clockTolerance);
  for (const holder of city.holders) open(city, holder);
  while (city.written.length < size) visit(city, random.pick(city.holders));
  return {
    records: delivered(city),
    asOf:
      city.time +
      random.pick([0, HOUR, configuration.maxDelay / 2, configuration.maxDelay, 2 * configuration.maxDelay]),
    configuration,
  };
}

function newCity(random: Random, faults: Faults, clockTolerance: number): City {
  const holders = Array.from({ length: random.between(1, 4) }, (_, n) => ({
    medium: `04a1b2c3d4e5${n}`,
    cards: [],
    earlier: [],
  }));
  const terminals = Array.from({ length: random.between(2, 6) }, (_, n) => ({
    terminal: n + 1,
    // A quarter to either side, so that any two clocks differ by less than the tolerance.
    skew: random.chance(faults.wrongClock)
      ? random.between(-HOUR, HOUR)
      : random.between(-clockTolerance / 4, clockTolerance / 4),
    serial: 0,
    lastTime: 0,
  }));
  return { random, faults, holders, terminals, written: [], time: START };
}

/** "`time` is strictly increasing over its records, and greater than the `lastTime` it read" */
function stamp(city: City, terminal: Terminal, lastTime: number) {
  const time = Math.max(city.time + terminal.skew, terminal.lastTime + 1, lastTime + 1);
  terminal.lastTime = time;
  terminal.serial += 1;
  return { terminal: terminal.terminal, serial: terminal.serial, time };
}

function open(city: City, holder: Holder): void {
  const amount = amountOf(city.random.between(0, 50) * 100);
  const identity = stamp(city, city.random.pick(city.terminals), 0);
  const record = {
    ...identity,
    type: 'open',
    medium: holder.medium,
    amount,
    balance: amount,
    status: 'successful',
  } as const;
  city.written.push(record);
  city.time += SECOND;
  if (holder.cards.length === 0)
    holder.cards.push(openedCard(record, city.random.chance(0.7), city.random.chance(0.5)));
}

/** Somebody presents a medium, and again where the first tap did not succeed. */
function visit(city: City, holder: Holder): void {
  const { random, faults, terminals } = city;
  city.time += random.chance(0.5) ? random.between(1, 300) * SECOND : random.between(1, 10) * HOUR;
  if (random.chance(faults.opensAgain)) open(city, holder);
  if (random.chance(faults.cloned)) holder.cards.push(random.pick(holder.cards));
  const which = random.int(holder.cards.length);
  let terminal = random.pick(terminals);
  while (!tap(city, holder, which, terminal) && random.chance(0.7)) {
    city.time += random.between(1, 5) * SECOND;
    if (random.chance(0.4)) terminal = random.pick(terminals);
  }
}

/** One tap. Says whether the terminal saw it succeed. */
function tap(city: City, holder: Holder, which: number, terminal: Terminal): boolean {
  const { random, faults, written } = city;
  const card = tamperedCard(holder.cards[which] as Card, holder.earlier, faults, random);
  holder.cards[which] = card;
  const identity = stamp(city, terminal, card.lastTime);
  if (random.chance(0.1)) {
    const observation = { ...identity, type: 'observation', ...readingOf(card, random.chance(0.5)) } as const;
    written.push(tamperedRecord(observation, written, faults, random));
    return true;
  }
  const outcome = drawOutcome(city);
  const record = tamperedRecord(
    { ...transaction(city, card, identity), status: outcome.status },
    written,
    faults,
    random,
  );
  written.push(record);
  if (random.chance(faults.twin)) written.push({ ...record, serial: ++terminal.serial });
  if (outcome.commits) {
    holder.earlier.push(card);
    holder.cards[which] = committed(card, record);
  }
  return outcome.status === 'successful';
}

/** Eq. (8): what the terminal saw, and what the card did. */
function drawOutcome({ random, faults }: City) {
  const status = random.pick(['successful', 'successful', 'successful', 'unsuccessful', 'unverified'] as const);
  if (status === 'successful') return { status, commits: true };
  if (status === 'unverified') return { status, commits: random.chance(0.5) };
  return { status, commits: random.chance(faults.falseUnsuccessful) };
}

type Identity = ReturnType<typeof stamp>;

function transaction(city: City, card: Card, identity: Identity): TransactionRecord {
  const { random, faults } = city;
  const read = readingOf(card, random.chance(0.3));
  const counted = card.counts && { mediumSerial: card.mediumSerial + 1 };
  const base = { ...identity, ...read, ...counted, ...(random.chance(0.2) && remarks(random)) };
  const after = (value: number) => ({
    amount: amountOf(value),
    balance: amountOf(card.balance + value),
    status: 'successful' as const,
  });
  const product = random.chance(faults.unknownProduct) ? { id: 'never-bought' } : usableProduct(card, identity.time);
  const price = random.between(1, 6) * 100;
  if (product !== null && random.chance(0.5))
    return { ...base, ...after(0), type: 'validation', productId: product.id };
  if (card.balance < price) return { ...base, ...after(random.between(5, 30) * 100), type: 'refill' };
  if (random.chance(0.2))
    return { ...base, ...after(-price), type: 'purchase', product: newProduct(city, card, identity.time) };
  return { ...base, ...after(-price), type: 'debit' };
}

/** What carries no weight in the definitions, and must be kept all the same. */
function remarks(random: Random): Partial<TransactionRecord> {
  return {
    ...(random.chance(0.3) && { reason: 'REFUND' }),
    ...(random.chance(0.3) && { counterparty: 'merchant-17' }),
    ...(random.chance(0.3) && { refersTo: { terminal: random.between(1, 6), serial: random.between(1, 9) } }),
    ...(random.chance(0.3) && { action: { serial: random.between(1, 9), kind: 'BLOCK' } }),
    ...(random.chance(0.3) && { proof: { counter: random.int(1000), mac: '00ff7a12', previousReader: '01' } }),
  };
}

function newProduct({ random, faults }: City, card: Card, time: number) {
  const repeats = card.products.length > 0 && random.chance(faults.repeatedProduct);
  return {
    id: repeats ? random.pick(card.products).product.id : `product-${card.mediumSerial + 1}`,
    code: random.pick(['DAY', 'TEN-RIDES', 'HOUR']),
    ...(random.chance(0.5) && { validFrom: time }),
    ...(random.chance(0.5) && { validUntil: time + random.between(1, 24) * HOUR }),
    ...(random.chance(0.5) && { maxUses: random.between(1, 4) }),
  };
}

/** What of all that was written arrives, with what arrives besides. */
function delivered({ random, faults, holders, written }: City): JournalRecord[] {
  const neverOpened = new Set(holders.filter(() => random.chance(faults.noOpen)).map((holder) => holder.medium));
  const media = holders.map((holder) => holder.medium);
  return written.flatMap((record) => {
    if (random.chance(faults.lost) || (record.type === 'open' && neverOpened.has(record.medium))) return [];
    const arriving = [record];
    if (random.chance(faults.duplicated)) arriving.push(record);
    if (random.chance(faults.conflicting)) arriving.push(conflictingRecord(record, media, random));
    return arriving;
  });
}
