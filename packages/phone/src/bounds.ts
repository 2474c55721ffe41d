/** What a certificate lets its phone do: the payer keeps to it, and whoever is paid holds the payer to it. */
import { type Amount, amountOf, type MediumAccount, type TransactionRecord } from '@retap/model';
import type { Certificate } from '@retap/protocol';
import type { Allowance } from './outcome.ts';
import type { PhoneRefusal } from './refusal.ts';

/** What of a commit the bounds are about. */
export type Spent = Pick<TransactionRecord, 'amount' | 'balance'> & { readonly mediumSerial: number };

/** Null where a payment is within the bounds of its payer's certificate. */
export function boundBroken(spent: Spent, { limits, mediumSerial, balance }: Certificate): PhoneRefusal | null {
  // −a ≤ payment limit
  if (-spent.amount > limits.paymentMax) return 'payment-limit';
  // W₀ − w ≤ offline limit: what the account has less than when the centre saw it
  if (balance - spent.balance > limits.offlineMax) return 'offline-limit';
  // i − i₀ ≤ offline count
  return spent.mediumSerial - mediumSerial > limits.offlineCount ? 'offline-count' : null;
}

/** What the owner may still pay before going online. */
export function allowanceOf(account: MediumAccount, certificate: Certificate): Allowance {
  const { limits, expiresAt } = certificate;
  const offline = Math.max(0, limits.offlineMax - (certificate.balance - account.balance));
  const count = Math.max(0, limits.offlineCount - (account.mediumSerial - certificate.mediumSerial));
  const payment = count === 0 ? 0 : Math.max(0, Math.min(offline, limits.paymentMax, account.balance));
  return { payment: amountOf(payment), offline: amountOf(offline), count, until: expiresAt };
}

/** Null where whoever is paid may hold as much. */
export function balanceLimitBroken(after: Amount, { limits }: Certificate): PhoneRefusal | null {
  return after > limits.balanceMax ? 'balance-limit' : null;
}

/**
 * Whether a record can be a commit of the account that the certificate describes, as far as the two tell. A phone that was put
 * back to an old state, and got its certificate later, gives itself away here.
 */
export function isPossible(record: TransactionRecord, { terminal, mediumSerial, balance }: Certificate): boolean {
  const i = record.mediumSerial;
  if (record.status !== 'successful' || i === undefined || i <= mediumSerial || record.balance < 0) return false;
  // All commits of a phone's account are by the phone itself; t > L (eq. 9).
  if (record.lastTerminal !== terminal || record.time <= record.lastTime) return false;
  // The first commit after the certificate begins at the balance that it names.
  return i > mediumSerial + 1 || record.balance - record.amount === balance;
}
