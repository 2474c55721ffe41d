/** What a transaction was for, as its record says. */
import type { JournalRecord } from '@retap/model';

/** By the record's `reason`, as phones write it. */
const WORDS = {
  received: 'received',
  refund: 'refund',
  ticket: 'ticket',
  'top-up': 'topUp',
  'cash-out': 'cashOut',
  reclaim: 'reclaim',
  moved: 'moved',
} as const;

export type PurposeWord = 'payment' | (typeof WORDS)[keyof typeof WORDS];

/** A reason that is none of ours stands as it is. Null where the record says nothing of it. */
export function purposeOf(record: JournalRecord): PurposeWord | { readonly reason: string } | null {
  if (record.type === 'open' || record.type === 'observation') return null;
  const { reason, counterparty } = record;
  if (reason === undefined) return counterparty === undefined ? null : 'payment';
  if (/^payment-\d+$/.test(reason)) return 'payment';
  return Object.hasOwn(WORDS, reason) ? WORDS[reason as keyof typeof WORDS] : { reason };
}
