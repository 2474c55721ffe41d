/** The record of a tap: what was read (L, Z), what was decided (f, a, w), under the next serial. */
import type { MediumChange, MediumReading } from '@retap/card';
import type {
  MediumAccount,
  ObservationRecord,
  OpenRecord,
  RecordIdentity,
  Time,
  TransactionRecord,
} from '@retap/model';

/** The record as it is before its outcome is known. */
export function intentOf(identity: RecordIdentity, reading: MediumReading, change: MediumChange): TransactionRecord {
  const { account, isLogRead } = reading;
  const { type, after, amount, product, productId, action } = change;
  const base = {
    terminal: identity.terminal,
    serial: identity.serial,
    medium: account.medium,
    time: after.lastTime,
    lastTime: account.lastTime,
    lastTerminal: account.lastTerminal,
    amount,
    balance: after.balance,
    status: 'unverified',
    mediumSerial: after.mediumSerial,
    ...(isLogRead && { log: account.log }),
    ...(action && { action }),
  } as const;
  if (type === 'refill' || type === 'debit') return { ...base, type };
  if (type === 'purchase' && product) return { ...base, type, product };
  if (type === 'validation' && productId !== undefined) return { ...base, type, productId };
  throw new Error(`a ${type} without product`);
}

/** What a terminal read and did not change, with the medium's own log where it was read. */
export function observationOf(identity: RecordIdentity, reading: MediumReading, time: Time): ObservationRecord {
  const { medium, balance, lastTime, lastTerminal, mediumSerial, log } = reading.account;
  const base = {
    ...identity,
    type: 'observation',
    medium,
    time,
    lastTime,
    lastTerminal,
    balance,
    mediumSerial,
  } as const;
  return reading.isLogRead ? { ...base, log } : base;
}

export function openingOf(identity: RecordIdentity, first: MediumAccount): OpenRecord {
  const { medium, balance, lastTime: time } = first;
  return { ...identity, type: 'open', medium, time, amount: balance, balance, status: 'successful' };
}
