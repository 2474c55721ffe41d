/** Conditions that hang on a predecessor or on the nodes around: each is found anew for whatever the round touched. */
import {
  type AlertKind,
  chainFaults,
  commitCounter,
  hasInvalidSign,
  isInOrder,
  isStale,
  predecessorOf,
} from '@retap/model';
import { type Evidence, type Fact, isEvidenceFact, isTransactionFact, momentOf, readMomentOf } from '../fact.ts';
import type { Case } from './case.ts';
import type { Settled } from './chain.ts';

const CHAIN_KINDS: readonly AlertKind[] = [
  'missing-transaction',
  'balance-mismatch',
  'medium-serial-mismatch',
  'terminal-chain-mismatch',
  'invalid-time',
];
const COMMIT_KINDS: readonly AlertKind[] = ['commit-contradiction', 'invalid-amount'];

export async function checkChain(careful: Case, { linked, entering, leaving }: Settled): Promise<void> {
  const { hood, changes } = careful;
  for (const evidence of linked) {
    forget(careful, evidence, CHAIN_KINDS);
    const predecessor = predecessorOf(evidence, hood.committableAt(readMomentOf(evidence)));
    if (predecessor) {
      const { terminal, balance } = predecessor;
      const preceding = { terminal, balance, mediumSerial: commitCounter(predecessor) };
      for (const fault of chainFaults(evidence, preceding)) {
        changes.conditions.push({ owner: evidence, kind: fault.kind, amount: 'amount' in fault ? fault.amount : null });
      }
    } else {
      const missing = { terminal: evidence.lastTerminal, time: evidence.lastTime };
      changes.conditions.push({ owner: evidence, kind: 'missing-transaction', since: evidence.time, missing });
    }
    if (!isInOrder(evidence)) changes.conditions.push({ owner: evidence, kind: 'invalid-time' });
  }
  for (const fact of [...entering, ...leaving].filter(isTransactionFact)) {
    forget(careful, fact, COMMIT_KINDS);
    if (!fact.effective) continue;
    if (fact.status === 'unsuccessful') changes.conditions.push({ owner: fact, kind: 'commit-contradiction' });
    if (hasInvalidSign(fact)) changes.conditions.push({ owner: fact, kind: 'invalid-amount' });
  }
}

/** Evidence that read a state which some node had left behind `clockTolerance` before. */
export async function checkStale(careful: Case, { entering, leaving }: Settled): Promise<void> {
  const { hood, fresh, changes, clockTolerance } = careful;
  const moved = [...entering, ...leaving];
  const concerned = new Set<Evidence>([
    ...fresh.filter(isEvidenceFact),
    ...moved.filter(isEvidenceFact),
    ...(await hood.idleAround(moved.map(momentOf))),
  ]);
  const idle = [...concerned].filter((evidence) => !evidence.effective);
  await hood.loadNeighbours('after', idle.map(readMomentOf));
  for (const evidence of concerned) forget(careful, evidence, ['stale-medium']);
  for (const evidence of idle) {
    const time = hood.timeAfter(readMomentOf(evidence)); // if not even the earliest is old enough, no later one is
    if (time !== null && isStale(evidence, { time }, clockTolerance)) {
      changes.conditions.push({ owner: evidence, kind: 'stale-medium' });
    }
  }
}

/** What arrived in this round has no conditions yet. */
export function forget({ changes, isFresh }: Case, owner: Fact, kinds: readonly AlertKind[]): void {
  if (isFresh.has(owner)) return;
  for (const kind of kinds) changes.conditionsGone.push({ terminal: owner.terminal, serial: owner.serial, kind });
}
