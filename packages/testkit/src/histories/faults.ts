/** What goes wrong in a realistic history, each with its own probability per tap (per medium where it says so). */
import { amountOf, type JournalRecord, type TransactionRecord } from '@retap/model';
import type { Random } from '../random.ts';
import type { Card } from './card.ts';

export interface Faults {
  /** The record never arrives. */
  readonly lost: number;
  /** It arrives twice. */
  readonly duplicated: number;
  /** Another record with the same identity and other values, perhaps of another medium, arrives. */
  readonly conflicting: number;
  /** More credit on the card than was ever loaded. */
  readonly forgedBalance: number;
  /** The record's amount is not what the card was debited. */
  readonly forgedAmount: number;
  /** The card is copied; from then on either is presented. */
  readonly cloned: number;
  /** The card is put back to an earlier image of itself. */
  readonly stale: number;
  /** The record does not say the counter. */
  readonly noMediumSerial: number;
  /** The medium is opened once more. */
  readonly opensAgain: number;
  /** Per medium: its `open` never arrives. */
  readonly noOpen: number;
  /** The record has the time of an earlier record. */
  readonly sameTime: number;
  /** The terminal writes the record down twice, under two serials. */
  readonly twin: number;
  readonly wrongLastTerminal: number;
  /** `time ≤ lastTime`. */
  readonly timeBack: number;
  /** A validation of a product the card never held. */
  readonly unknownProduct: number;
  /** A purchase of a product id the card holds already. */
  readonly repeatedProduct: number;
  /** The log names a commit that never was, or leaves one out. */
  readonly forgedLog: number;
  /** Reported `unsuccessful`, and committed. */
  readonly falseUnsuccessful: number;
  /** Per terminal: its clock is off by up to an hour. */
  readonly wrongClock: number;
}

/** Torn and failed taps, skewed clocks and delays there are all the same; nothing of this is a fault. */
export const NO_FAULTS: Faults = {
  lost: 0,
  duplicated: 0,
  conflicting: 0,
  forgedBalance: 0,
  forgedAmount: 0,
  cloned: 0,
  stale: 0,
  noMediumSerial: 0,
  opensAgain: 0,
  noOpen: 0,
  sameTime: 0,
  twin: 0,
  wrongLastTerminal: 0,
  timeBack: 0,
  unknownProduct: 0,
  repeatedProduct: 0,
  forgedLog: 0,
  falseUnsuccessful: 0,
  wrongClock: 0,
};

/** Several faults in most histories of some dozen records, and most records still in order. */
export const FAULTS: Faults = {
  lost: 0.06,
  duplicated: 0.06,
  conflicting: 0.03,
  forgedBalance: 0.02,
  forgedAmount: 0.02,
  cloned: 0.02,
  stale: 0.02,
  noMediumSerial: 0.05,
  opensAgain: 0.01,
  noOpen: 0.1,
  sameTime: 0.03,
  twin: 0.02,
  wrongLastTerminal: 0.02,
  timeBack: 0.02,
  unknownProduct: 0.02,
  repeatedProduct: 0.1,
  forgedLog: 0.05,
  falseUnsuccessful: 0.1,
  wrongClock: 0.1,
};

/** The card as its holder tampers with it before he presents it. */
export function tamperedCard(card: Card, earlier: readonly Card[], faults: Faults, random: Random): Card {
  if (earlier.length > 0 && random.chance(faults.stale)) return random.pick(earlier);
  if (random.chance(faults.forgedBalance)) return { ...card, balance: card.balance + random.between(1, 5000) };
  return card;
}

/** The record as a faulty or dishonest terminal writes it down. */
export function tamperedRecord<R extends Exclude<JournalRecord, { type: 'open' }>>(
  honest: R,
  written: readonly JournalRecord[],
  faults: Faults,
  random: Random,
): R {
  let record = honest;
  if (written.length > 0 && random.chance(faults.sameTime)) record = { ...record, time: random.pick(written).time };
  if (random.chance(faults.timeBack)) record = { ...record, time: Math.max(0, record.lastTime - random.int(60_000)) };
  if (random.chance(faults.wrongLastTerminal)) record = { ...record, lastTerminal: random.between(1, 8) };
  if (record.mediumSerial !== undefined && random.chance(faults.noMediumSerial)) {
    const { mediumSerial: _, ...rest } = record;
    record = rest as R;
  }
  if (record.log !== undefined && random.chance(faults.forgedLog)) {
    record = { ...record, log: forgedLog(record.log, written, random) };
  }
  if (record.type !== 'observation' && random.chance(faults.forgedAmount)) {
    record = { ...record, amount: amountOf(record.amount + random.between(-300, 300)) };
  }
  return record;
}

type Log = TransactionRecord['log'] & object;

function forgedLog(log: Log, written: readonly JournalRecord[], random: Random): Log {
  const without = log.filter(() => random.chance(0.7));
  if (written.length === 0 || random.chance(0.3)) return without;
  const { time, terminal, balance } = random.pick(written);
  return [{ time, terminal, amount: amountOf(0), balance }, ...without];
}

/** Another record under the identity of this one: of another medium, of another value, or of another remark only. */
export function conflictingRecord(record: JournalRecord, media: readonly string[], random: Random): JournalRecord {
  const medium = random.chance(0.4) ? random.pick(media) : record.medium;
  if (record.type === 'open') return { ...record, medium, time: record.time + random.between(1, 1000) };
  if (record.type !== 'observation' && random.chance(0.3)) return { ...record, reason: 'corrected' };
  return { ...record, medium, balance: amountOf(record.balance + random.between(1, 300)) };
}
