/** One pass over accounts and transactions: totals of all, and the first few of what is open. */
import {
  type Account,
  type Amount,
  amountOf,
  type CommitStatus,
  type MediumName,
  type ResolvedTransaction,
  type SynchronizationRow,
  ZERO,
} from '@retap/model';
import { Sample } from './sample.ts';

export interface Holdings {
  readonly accounts: Sample<Account>;
  readonly gaps: Sample<{ readonly medium: MediumName; readonly row: SynchronizationRow }>;
  readonly pending: Sample<{
    readonly medium: MediumName;
    readonly validation: Account['pendingValidations'][number];
  }>;
  /** Sum of all balances W′. */
  readonly balance: Amount;
  readonly outOfSync: number;
}

export async function gatherAccounts(accounts: AsyncIterable<Account>): Promise<Holdings> {
  const found = {
    accounts: new Sample<Account>(),
    gaps: new Sample<{ medium: MediumName; row: SynchronizationRow }>(),
    pending: new Sample<{ medium: MediumName; validation: Account['pendingValidations'][number] }>(),
    balance: ZERO,
    outOfSync: 0,
  };
  for await (const account of accounts) {
    const { medium, balance, synchronization, pendingValidations } = account;
    found.accounts.add(account);
    found.balance = amountOf(found.balance + balance);
    if (synchronization.length > 0) found.outOfSync += 1;
    for (const row of synchronization) found.gaps.add({ medium, row });
    for (const validation of pendingValidations) found.pending.add({ medium, validation });
  }
  return found;
}

export interface Outcomes {
  readonly counts: Readonly<Record<CommitStatus, number>>;
  readonly inDoubt: Sample<ResolvedTransaction>;
}

export async function gatherTransactions(transactions: AsyncIterable<ResolvedTransaction>): Promise<Outcomes> {
  const counts = { successful: 0, unsuccessful: 0, unverified: 0 };
  const inDoubt = new Sample<ResolvedTransaction>();
  for await (const transaction of transactions) {
    counts[transaction.status] += 1;
    if (transaction.status === 'unverified') inDoubt.add(transaction);
  }
  return { counts, inDoubt };
}
