/** What a phone's record says of value that passes between phones, and between a phone and the centre. */
import {
  DEFAULT_CONFIGURATION,
  type JournalRecord,
  type MediumName,
  type RecordIdentity,
  type TerminalNumber,
  type Time,
} from '@retap/model';
import { CENTRE, phoneMedium, phoneOfMedium } from '@retap/protocol';

/**
 * The centre gives greater numbers to phones, and to nothing else. The number decides and not the registry, for what is kept of a record
 * must come of the record alone: a rebuild, or a batch that is read before somebody settles the registry, makes the same of it.
 */
const NUMBERS_BELOW = 1_000_000_000;

/** How long after the end of its validity a payment may be given back without a word of whoever was to be paid. */
export const RECLAIM_DELAY_MS = DEFAULT_CONFIGURATION.maxDelay;

export function isPhone(terminal: TerminalNumber): boolean {
  return terminal > NUMBERS_BELOW;
}

interface Fact extends RecordIdentity {
  readonly medium: MediumName;
  readonly time: Time;
}

export interface TransferOut extends Fact {
  readonly what: 'out';
  /** What went out: above 0. */
  readonly amount: number;
  /** Null: the centre. */
  readonly payee: TerminalNumber | null;
  readonly kind: 'payment' | 'refund' | 'cash-out';
  readonly refersTo: RecordIdentity | null;
  readonly status: string;
}

export interface TransferIn extends Fact {
  readonly what: 'in';
  readonly amount: number;
  /** What covers it: an order, or else the payment that it refers to; neither: nothing does. */
  readonly order: { readonly serial: number; readonly kind: string } | null;
  readonly payment: RecordIdentity | null;
  readonly status: string;
}

/** What no phone writes. */
export interface Stray extends Fact {
  readonly what: 'stray';
}

/**
 * Null: the record moves nothing that another has to agree with. Only a phone's own records, on its own medium, are transfers: what
 * another terminal writes on a phone's medium is no word of the phone, and what a phone writes on another's is not its to write.
 */
export function transferOf(record: JournalRecord): TransferOut | TransferIn | Stray | null {
  const { terminal, serial, medium, time } = record;
  if (!isPhone(terminal) || record.type === 'observation') return null;
  const fact = { terminal, serial, medium, time };
  if (medium !== phoneMedium(terminal)) return { what: 'stray', ...fact };
  switch (record.type) {
    case 'open':
      return record.balance === 0 ? null : { what: 'stray', ...fact };
    case 'refill': {
      const { amount, status, action, refersTo } = record;
      const order = action ?? null;
      return { what: 'in', ...fact, amount, status, order, payment: order ? null : (refersTo ?? null) };
    }
    case 'debit':
    case 'purchase': {
      const { amount, status, counterparty, refersTo = null } = record;
      const payee = counterparty === undefined || counterparty === CENTRE ? null : phoneOfMedium(counterparty);
      // What brings nothing to anybody whom we could ask is a loss of its own.
      if (amount >= 0 || (payee === null && counterparty !== CENTRE)) return null;
      const isRefund = record.type === 'debit' && record.reason === 'refund' && refersTo !== null;
      const kind = isRefund ? 'refund' : payee === null && record.type === 'debit' ? 'cash-out' : 'payment';
      return { what: 'out', ...fact, amount: -amount, payee, kind, refersTo: isRefund ? refersTo : null, status };
    }
    default:
      return null;
  }
}
