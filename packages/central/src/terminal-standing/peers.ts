/** Whether a terminal tears far more taps than others like it: a reader that is worn out shows so before it is dead. */
import type { RegisteredRole } from '@retap/protocol';
import type { Torn } from './facts.ts';
import { FAR_MIN, FAR_TIMES, PEER_TRANSACTIONS_MIN, type UnverifiedRate } from './port.ts';

export type PeerRates = ReadonlyMap<RegisteredRole, number>;

const shareOf = ({ unverified, transactions }: Torn): number => unverified / transactions;

/** Median share of unverified transactions for each role, over those that have transactions enough to tell. */
export function peerRates(fleet: Iterable<Torn>): PeerRates {
  const shares = new Map<RegisteredRole, number[]>();
  for (const torn of fleet) {
    if (torn.transactions < PEER_TRANSACTIONS_MIN) continue;
    const own = shares.get(torn.role) ?? [];
    own.push(shareOf(torn));
    shares.set(torn.role, own);
  }
  return new Map([...shares].map(([role, own]) => [role, medianOf(own)]));
}

/** Of an even count the lower one, for a share that some terminal has. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] as number;
}

export function rateAmong(peers: PeerRates, torn: Torn): UnverifiedRate {
  const { role, unverified, transactions } = torn;
  const median = peers.get(role) ?? null;
  const isFar = median !== null && unverified >= FAR_MIN && shareOf(torn) > FAR_TIMES * median;
  return { unverified, transactions, peers: median, isFar };
}
