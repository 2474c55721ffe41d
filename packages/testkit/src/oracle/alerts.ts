/** Spec, "Alerts": one function per row of the table, in its order, each with the row's condition. */
import { effectivePurchases, matchedValidations, pendingValidations, purchaseOf } from './account.ts';
import {
  confirmed,
  effective,
  effectiveTransactions,
  evidence,
  nodes,
  opens,
  predecessor,
  root,
  transactions,
} from './chain.ts';
import { type Evidence, type Identity, inIdentityOrder, type OracleRecord, type Transaction } from './records.ts';

export interface OracleConfiguration {
  readonly asOf: number;
  readonly maxDelay: number;
  readonly clockTolerance: number;
  readonly minimumBalance: number;
}

export interface OracleAlert {
  readonly kind: string;
  readonly medium?: string;
  readonly terminal?: number;
  readonly serial?: number;
  readonly time?: number;
  readonly amount?: number;
  readonly from?: number;
  readonly to?: number;
  readonly transactions?: readonly Identity[];
}

type Medium = readonly OracleRecord[];

/** "*X is late* means `asOf > X.time + maxDelay`." */
export function isLate(X: { readonly time: number }, { asOf, maxDelay }: OracleConfiguration): boolean {
  return asOf > X.time + maxDelay;
}

function ofRecord(kind: string, { medium, terminal, serial }: OracleRecord): OracleAlert {
  return { kind, medium, terminal, serial };
}

/**
 * "two effective transactions, both with `time > lastTime`, whose intervals `(lastTime, time]` overlap …; or two
 * effective transactions with the same `mediumSerial`. One alert per medium, listing every transaction in such a pair,
 * in `(terminal, serial)` order"
 */
function clonedMedium(medium: string, records: Medium): OracleAlert[] {
  const inSuchAPair = (A: Transaction, B: Transaction): boolean => {
    const bothForward = A.time > A.lastTime && B.time > B.lastTime;
    // (a, b] and (c, d] overlap ⇔ max(a, c) < min(b, d)
    const overlap = Math.max(A.lastTime, B.lastTime) < Math.min(A.time, B.time);
    const sameMediumSerial = A.mediumSerial !== undefined && A.mediumSerial === B.mediumSerial;
    return (bothForward && overlap) || sameMediumSerial;
  };
  const all = effectiveTransactions(records);
  const listed = inIdentityOrder(all.filter((A) => all.some((B) => B !== A && inSuchAPair(A, B))));
  if (listed.length === 0) return [];
  return [
    { kind: 'cloned-medium', medium, transactions: listed.map(({ terminal, serial }) => ({ terminal, serial })) },
  ];
}

/** "evidence E, not effective, while some node B has `E.lastTime < B.time` and `B.time + clockTolerance ≤ E.time`" */
function staleMedium(records: Medium, { clockTolerance }: OracleConfiguration): OracleAlert[] {
  const chain = nodes(records);
  return evidence(records)
    .filter((E) => !effective(records, E))
    .filter((E) => chain.some((B) => E.lastTime < B.time && B.time + clockTolerance <= E.time))
    .map((E) => ofRecord('stale-medium', E));
}

/** "late evidence E without a known predecessor: `terminal = E.lastTerminal` …, `time = E.lastTime`" */
function missingTransaction(medium: string, records: Medium, configuration: OracleConfiguration): OracleAlert[] {
  return evidence(records)
    .filter((E) => isLate(E, configuration) && predecessor(records, E) === null)
    .map((E) => ({ kind: 'missing-transaction', medium, terminal: E.lastTerminal, time: E.lastTime }));
}

/** "(an observation has amount 0)" */
function amountOfEvidence(E: Evidence): number {
  return E.type === 'observation' ? 0 : E.amount;
}

/** "evidence E with predecessor P and `E.balance − E.amount − P.balance = amount ≠ 0`" */
function balanceMismatch(records: Medium): OracleAlert[] {
  return evidence(records).flatMap((E) => {
    const P = predecessor(records, E);
    if (P === null) return [];
    const amount = E.balance - amountOfEvidence(E) - P.balance;
    return amount === 0 ? [] : [{ ...ofRecord('balance-mismatch', E), amount }];
  });
}

/**
 * "evidence E with predecessor P, both with `mediumSerial` (a root has 0), and E's is not P's plus one (an
 * observation: not P's)"
 */
function mediumSerialMismatch(records: Medium): OracleAlert[] {
  return evidence(records).flatMap((E) => {
    const P = predecessor(records, E);
    if (P === null) return [];
    const serialOfP = P.type === 'open' ? 0 : P.mediumSerial;
    if (serialOfP === undefined || E.mediumSerial === undefined) return [];
    const expected = E.type === 'observation' ? serialOfP : serialOfP + 1;
    return E.mediumSerial === expected ? [] : [ofRecord('medium-serial-mismatch', E)];
  });
}

/** "evidence E whose predecessor's `terminal ≠ E.lastTerminal` (eq. 12)" */
function terminalChainMismatch(records: Medium): OracleAlert[] {
  return evidence(records).flatMap((E) => {
    const P = predecessor(records, E);
    return P !== null && P.terminal !== E.lastTerminal ? [ofRecord('terminal-chain-mismatch', E)] : [];
  });
}

/** "reported `unsuccessful`, yet confirmed" */
function commitContradiction(records: Medium): OracleAlert[] {
  return transactions(records)
    .filter((B) => B.status === 'unsuccessful' && confirmed(records, B))
    .map((B) => ofRecord('commit-contradiction', B));
}

/** "evidence with `time ≤ lastTime` (eq. 9)" */
function invalidTime(records: Medium): OracleAlert[] {
  return evidence(records)
    .filter((E) => E.time <= E.lastTime)
    .map((E) => ofRecord('invalid-time', E));
}

/** "any record with `time > asOf + clockTolerance`" */
function futureTime(records: Medium, { asOf, clockTolerance }: OracleConfiguration): OracleAlert[] {
  return records.filter((X) => X.time > asOf + clockTolerance).map((X) => ofRecord('future-time', X));
}

/**
 * "node with `balance < minimumBalance`, or effective refill with `amount ≤ 0`, debit `> 0`, purchase `> 0`,
 * validation `≠ 0`"
 */
function invalidAmount(records: Medium, { minimumBalance }: OracleConfiguration): OracleAlert[] {
  return nodes(records)
    .filter(
      (n) =>
        n.balance < minimumBalance ||
        (n.type === 'refill' && n.amount <= 0) ||
        (n.type === 'debit' && n.amount > 0) ||
        (n.type === 'purchase' && n.amount > 0) ||
        (n.type === 'validation' && n.amount !== 0),
    )
    .map((n) => ofRecord('invalid-amount', n));
}

/** "a late pending validation" */
function validationWithoutPurchase(records: Medium, configuration: OracleConfiguration): OracleAlert[] {
  return pendingValidations(records)
    .filter((V) => isLate(V, configuration))
    .map((V) => ofRecord('validation-without-purchase', V));
}

/** "a matched validation before `validFrom`, at or after `validUntil`, or beyond `maxUses` (counting in order)" */
function invalidValidation(records: Medium): OracleAlert[] {
  const matched = matchedValidations(records);
  return matched
    .filter((V, position) => {
      const { validFrom, validUntil, maxUses } = purchaseOf(records, V.productId)?.product ?? {};
      const use = matched.slice(0, position + 1).filter((other) => other.productId === V.productId).length;
      return (
        (validFrom !== undefined && V.time < validFrom) ||
        (validUntil !== undefined && V.time >= validUntil) ||
        (maxUses !== undefined && use > maxUses)
      );
    })
    .map((V) => ofRecord('invalid-validation', V));
}

/** "an effective purchase whose product `id` an earlier one (`time, terminal, serial`) on this medium has" */
function duplicateProduct(records: Medium): OracleAlert[] {
  const inOrder = effectivePurchases(records);
  return inOrder
    .filter((P, position) => inOrder.slice(0, position).some((earlier) => earlier.product.id === P.product.id))
    .map((P) => ofRecord('duplicate-product', P));
}

/** "no root, and the medium's earliest record is late" */
function unknownMedium(medium: string, records: Medium, configuration: OracleConfiguration): OracleAlert[] {
  const earliestTime = Math.min(...records.map((X) => X.time));
  return root(records) === null && isLate({ time: earliestTime }, configuration)
    ? [{ kind: 'unknown-medium', medium }]
    : [];
}

/** "more than one `open`" */
function duplicateOpen(medium: string, records: Medium): OracleAlert[] {
  return opens(records).length > 1 ? [{ kind: 'duplicate-open', medium }] : [];
}

export function mediumAlerts(medium: string, records: Medium, configuration: OracleConfiguration): OracleAlert[] {
  return [
    ...clonedMedium(medium, records),
    ...staleMedium(records, configuration),
    ...missingTransaction(medium, records, configuration),
    ...balanceMismatch(records),
    ...mediumSerialMismatch(records),
    ...terminalChainMismatch(records),
    ...commitContradiction(records),
    ...invalidTime(records),
    ...futureTime(records, configuration),
    ...invalidAmount(records, configuration),
    ...validationWithoutPurchase(records, configuration),
    ...invalidValidation(records),
    ...duplicateProduct(records),
    ...unknownMedium(medium, records, configuration),
    ...duplicateOpen(medium, records),
  ];
}
