/** The record of a tap: what was read (L, Z), what was decided (f, a, w), under the next serial. */
import type { MediumChange, MediumReading } from '@retap/card';
import type {
  CommitProof,
  CommitStatus,
  MediumAccount,
  ObservationRecord,
  OpenRecord,
  PurchaseRecord,
  RecordIdentity,
  Time,
  TransactionRecord,
  TransactionType,
  ValidationRecord,
} from '@retap/model';

/** What a type of transaction alone has, and what few have of any. */
type Rare =
  | 'product'
  | 'productId'
  | 'mediumSerial'
  | 'log'
  | 'proof'
  | 'action'
  | 'reason'
  | 'counterparty'
  | 'refersTo';
type Merged = PurchaseRecord & Omit<ValidationRecord, 'type'>;
/** A transaction on which what not all have is still to be put, key by key: to spread a record costs as much as to write it to the journal. */
type Unfinished = Omit<Merged, Rare | 'type'> & {
  readonly type: TransactionType;
} & { -readonly [Key in Rare]?: Merged[Key] };

/** The record as it is before its outcome is known. */
export function intentOf(identity: RecordIdentity, reading: MediumReading, change: MediumChange): TransactionRecord {
  const { account, isLogRead } = reading;
  const { type, after, amount, product, productId, action } = change;
  const record: Unfinished = {
    terminal: identity.terminal,
    serial: identity.serial,
    type,
    medium: account.medium,
    time: after.lastTime,
    lastTime: account.lastTime,
    lastTerminal: account.lastTerminal,
    amount,
    balance: after.balance,
    status: 'unverified',
  };
  record.mediumSerial = after.mediumSerial;
  if (type === 'purchase') record.product = given(product, type);
  if (type === 'validation') record.productId = given(productId, type);
  if (isLogRead) record.log = account.log;
  if (action) record.action = action;
  return record as TransactionRecord;
}

function given<Value>(value: Value | undefined, type: TransactionType): Value {
  if (value === undefined) throw new Error(`a ${type} without product`);
  return value;
}

/** The intent as its outcome makes it. */
export function settledOf(intent: TransactionRecord, status: CommitStatus, proof?: CommitProof): TransactionRecord {
  const { terminal, serial, type, medium, time, lastTime, lastTerminal, amount, balance } = intent;
  const { mediumSerial, product, productId, log, action, reason, counterparty, refersTo } = intent as Partial<Merged>;
  const record: Unfinished = { terminal, serial, type, medium, time, lastTime, lastTerminal, amount, balance, status };
  if (mediumSerial !== undefined) record.mediumSerial = mediumSerial;
  if (product !== undefined) record.product = product;
  if (productId !== undefined) record.productId = productId;
  if (log !== undefined) record.log = log;
  if (action !== undefined) record.action = action;
  if (reason !== undefined) record.reason = reason;
  if (counterparty !== undefined) record.counterparty = counterparty;
  if (refersTo !== undefined) record.refersTo = refersTo;
  if (proof !== undefined) record.proof = proof;
  return record as TransactionRecord;
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
