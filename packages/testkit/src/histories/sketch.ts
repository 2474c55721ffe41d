/**
 * Adversarial records are drawn as sketches: small integers, so that equal times, terminals, amounts and serials, and
 * with them every tie and contradiction the specification settles, come up all the time.
 */
import { amountOf, type CommitStatus, type JournalRecord, type LogEntry, type Product } from '@retap/model';

export interface Sketch {
  readonly type: JournalRecord['type'];
  readonly medium: string;
  readonly terminal: number;
  /** Serial after the terminal's last: 1 the next, 2 leaves a hole, 0 the same identity once more (a conflict, or a duplicate). */
  readonly serialStep: number;
  readonly time: number;
  /**
   * Goes on from the record so many before it on its medium (1: the last), that is: reads its time and terminal as
   * last commit, and its balance and counter. Null: the values below, as they are.
   */
  readonly after: number | null;
  readonly lastTime: number;
  readonly lastTerminal: number;
  readonly amount: number;
  /** Added to what follows from `after`, where that is given. */
  readonly balance: number;
  readonly status: CommitStatus;
  /** Likewise; null: the record has none. */
  readonly mediumSerial: number | null;
  readonly product: Product;
  readonly log: readonly { readonly time: number; readonly terminal: number }[] | null;
}

/** The records of sketches, in their order, which is also the order of the serials of each terminal. */
export function recordsOf(sketches: readonly Sketch[]): JournalRecord[] {
  const records: JournalRecord[] = [];
  const lastSerials = new Map<number, number>();
  for (const sketch of sketches) {
    const serial = Math.max(1, (lastSerials.get(sketch.terminal) ?? 0) + sketch.serialStep);
    lastSerials.set(sketch.terminal, serial);
    const onMedium = records.filter((record) => record.medium === sketch.medium);
    const before = sketch.after === null ? null : (onMedium.at(-sketch.after) ?? null);
    records.push(recordOf(sketch, serial, before));
  }
  return records;
}

function recordOf(sketch: Sketch, serial: number, before: JournalRecord | null): JournalRecord {
  const { type, medium, terminal, time, status, product } = sketch;
  const identity = { terminal, serial, medium, time };
  const amount = amountOf(sketch.amount);
  if (type === 'open') return { ...identity, type, amount, balance: amount, status: 'successful' };
  const change = type === 'observation' ? 0 : sketch.amount;
  const reading = {
    ...identity,
    lastTime: before === null ? sketch.lastTime : before.time,
    lastTerminal: before === null ? sketch.lastTerminal : before.terminal,
    balance: amountOf(before === null ? sketch.balance : before.balance + change + sketch.balance),
    ...(sketch.mediumSerial !== null && { mediumSerial: counterOf(sketch.mediumSerial, before, type) }),
    ...(sketch.log !== null && { log: sketch.log.map(logEntryOf) }),
  };
  if (type === 'observation') return { ...reading, type };
  if (type === 'purchase') return { ...reading, type, amount, status, product };
  if (type === 'validation') return { ...reading, type, amount, status, productId: product.id };
  return { ...reading, type, amount, status };
}

function counterOf(sketched: number, before: JournalRecord | null, type: JournalRecord['type']): number {
  if (before === null) return sketched;
  const read = before.type === 'open' ? 0 : (before.mediumSerial ?? 0);
  return read + (type === 'observation' ? 0 : 1) + sketched;
}

function logEntryOf(entry: { readonly time: number; readonly terminal: number }): LogEntry {
  return { ...entry, amount: amountOf(0), balance: amountOf(0) }; // the definitions read neither
}
