/**
 * The straight path: a record that extends its medium's chain, decided from the account row alone.
 *
 * Nothing that is later than everything known and follows the only commit at the tip can be the predecessor of anything,
 * overlap anything, settle anything or make anything stale; the maxima in the row prove each of these. Whatever they
 * cannot prove takes the careful path, so a maximum that is too large costs time and never exactness.
 */
import { chainFaults, hasInvalidSign, synchronizationRow } from '@retap/model';
import { type AccountRow, count, newAccount, tipOf } from './account.ts';
import type { Changes } from './changes.ts';
import { type Fact, isEvidenceFact } from './fact.ts';
import type { Products } from './products.ts';

/** Whether all of these records of one medium, in order of `(time, terminal, serial)`, go straight, one after the other. */
export function areStraight(stored: AccountRow | undefined, fresh: readonly Fact[]): boolean {
  const [only] = fresh;
  if (fresh.length === 1 && only && stored) return isStraight(stored, only); // nearly all: no copy to try it on
  const account = stored ? { ...stored } : newAccount(0);
  return fresh.every((fact) => {
    const straight = isStraight(account, fact);
    if (straight) extend(account, fact);
    return straight;
  });
}

function isStraight(account: AccountRow, fact: Fact): boolean {
  const { tip } = account;
  if (fact.type === 'open') return account.records === 0;
  return (
    tip !== null &&
    account.tipAlone &&
    fact.lastTime === tip.time &&
    fact.lastTerminal === tip.terminal &&
    fact.time > account.maxTime && // later than all: no overlap, no node after it, nothing stale by it
    account.maxLastTime <= tip.time && // nobody waits for it
    account.doubtLastTime < tip.time && // no torn or failed tap to be settled by it
    (!fact.hasLog || account.doubtLastTime === -1) &&
    (fact.type === 'observation' ||
      (fact.status === 'successful' &&
        (fact.mediumSerial === undefined || fact.mediumSerial > account.maxMediumSerial)))
  );
}

function extend(account: AccountRow, fact: Fact): void {
  count(account, fact);
  if (fact.type === 'observation') return;
  if (fact.type !== 'open') account.lastStraight = fact.time;
  account.tip = tipOf(fact);
  account.tipAlone = true;
  if (fact.type === 'open') account.root = { time: fact.time, terminal: fact.terminal, serial: fact.serial };
}

/** Applies records that {@link areStraight}. */
export function goStraight(account: AccountRow, fresh: readonly Fact[], products: Products, changes: Changes): void {
  for (const fact of fresh) {
    const { tip } = account;
    if (isEvidenceFact(fact) && tip !== null) {
      const predecessor = { ...tip, balance: tip.balance as Fact['balance'], amount: fact.amount };
      for (const fault of chainFaults(fact, predecessor)) {
        changes.conditions.push({ owner: fact, kind: fault.kind, amount: 'amount' in fault ? fault.amount : null });
      }
      if (fact.type === 'observation') {
        changes.uncommitted.push(fact);
      } else {
        const row = synchronizationRow(fact, predecessor, tip);
        if (row) changes.synchronization.push({ node: fact, row });
        if (hasInvalidSign(fact)) changes.conditions.push({ owner: fact, kind: 'invalid-amount' });
        products.extend(fact, changes);
      }
    }
    extend(account, fact);
  }
  changes.accounts.push(account);
}
