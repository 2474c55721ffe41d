/** The record of a tap: what was read (L, Z), what was decided (f, a, w), under the next serial. */
import type {
  LogEntry,
  MediumAccount,
  ObservationRecord,
  OpenRecord,
  RecordIdentity,
  Time,
  TransactionRecord,
} from '@retap/model';
import type { Decision } from './decision.ts';

/** The record as it is before its outcome is known. */
export function intentOf(
  identity: RecordIdentity,
  account: MediumAccount,
  decision: Decision,
  log: readonly LogEntry[] | null,
): TransactionRecord {
  const { after, amount, product, productId } = decision;
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
    ...(log && { log }),
  } as const;
  if (decision.type === 'refill' || decision.type === 'debit') return { ...base, type: decision.type };
  if (product) return { ...base, type: 'purchase', product };
  if (productId !== undefined) return { ...base, type: 'validation', productId };
  throw new Error(`a ${decision.type} without product`);
}

/** What a terminal read and did not change, with the medium's own log. */
export function observationOf(identity: RecordIdentity, account: MediumAccount, time: Time): ObservationRecord {
  const { medium, balance, lastTime, lastTerminal, mediumSerial, log } = account;
  return { ...identity, type: 'observation', medium, time, lastTime, lastTerminal, balance, mediumSerial, log };
}

export function openingOf(identity: RecordIdentity, first: MediumAccount): OpenRecord {
  const { medium, balance, lastTime: time } = first;
  return { ...identity, type: 'open', medium, time, amount: balance, balance, status: 'successful' };
}
