/** Spec, "Definitions, per medium": 1 to 6, each as it is written there. Every function takes all records of one medium. */
import {
  type Evidence,
  inIdentityOrder,
  inTimeOrder,
  type Open,
  type OracleRecord,
  type Transaction,
} from './records.ts';

type Medium = readonly OracleRecord[];

/**
 * The same function, each answer kept as long as its records: the definitions below call each other for every pair of
 * records, and a medium of a hundred records would take minutes without.
 */
function remembered<X extends object, Answer>(definition: (records: Medium, X: X) => Answer) {
  const answers = new WeakMap<Medium, Map<X, Answer>>();
  return (records: Medium, X: X): Answer => {
    const ofRecords = answers.get(records) ?? new Map<X, Answer>();
    answers.set(records, ofRecords);
    const known = ofRecords.get(X);
    if (known !== undefined) return known;
    const answer = definition(records, X);
    ofRecords.set(X, answer);
    return answer;
  };
}

export function opens(records: Medium): Open[] {
  return records.filter((record) => record.type === 'open');
}

/** "**Root**: its `open` (the earliest by `time, terminal, serial`, if several; the others count only for `duplicate-open`)." */
export function root(records: Medium): Open | null {
  return inTimeOrder(opens(records))[0] ?? null;
}

/** "**Transactions**: `refill`, `debit`, `purchase`, `validation`, whatever their status." */
export function transactions(records: Medium): Transaction[] {
  return records.filter((record) => record.type !== 'open' && record.type !== 'observation');
}

/** "**Evidence**: transactions and observations." */
export function evidence(records: Medium): Evidence[] {
  return records.filter((record) => record.type !== 'open');
}

/**
 * "1. **Predecessor** of evidence E: among the transactions and the root other than E with `X.time = E.lastTime`
 * (eq. 11), those with `X.terminal = E.lastTerminal` (eq. 12) count; if there is none, those that are the root or were
 * reported `successful`. Of those that count, the one with the smallest `(terminal, serial)`. Possibly none is known."
 */
export const predecessor = remembered((records: Medium, E: Evidence): Transaction | Open | null => {
  const R = root(records);
  const candidates: (Transaction | Open)[] = [...transactions(records), ...(R === null ? [] : [R])];
  const atLastTime = candidates.filter((X) => X !== E && X.time === E.lastTime);
  const byLastTerminal = atLastTime.filter((X) => X.terminal === E.lastTerminal);
  const rootOrSuccessful = atLastTime.filter((X) => X === R || X.status === 'successful');
  const thoseThatCount = byLastTerminal.length > 0 ? byLastTerminal : rootOrSuccessful;
  return inIdentityOrder(thoseThatCount)[0] ?? null;
});

/** "whose `time` and `terminal` stand in the `log`" of E. */
function standsInLog(B: Transaction, E: Evidence): boolean {
  return (E.log ?? []).some((entry) => entry.time === B.time && entry.terminal === B.terminal);
}

/**
 * "2. **Confirmed**: a transaction that is the predecessor of some evidence, whatever that evidence's own status, or
 * whose `time` and `terminal` stand in the `log` of some evidence. The medium itself carried its commit."
 */
export function confirmed(records: Medium, B: Transaction): boolean {
  return evidence(records).some((E) => standsInLog(B, E) || predecessor(records, E) === B);
}

/** "3. **Effective**: a transaction reported `successful`, or confirmed. (Observations are never effective.)" */
export const effective = remembered((records: Medium, E: Evidence): boolean => {
  if (E.type === 'observation') return false;
  return E.status === 'successful' || confirmed(records, E);
});

/**
 * "4. **Refuted**: a transaction B, reported `unverified` and not effective, for which other evidence E with
 * `E.lastTime = B.lastTime` exists such that E is effective (two commits cannot follow the same one); or E is of the
 * same terminal with a greater serial; or `E.time ≥ B.time + clockTolerance` (the medium was seen, after B, as it was
 * before B). Or: some evidence has a `log` with an entry earlier than `B.time`, a `lastTime` later than `B.time`, and
 * no entry with B's `time` and `terminal`."
 */
function refuted(records: Medium, B: Transaction, clockTolerance: number): boolean {
  if (B.status !== 'unverified' || effective(records, B)) return false;
  const byAnotherReading = evidence(records).some(
    (E) =>
      E !== B &&
      E.lastTime === B.lastTime &&
      (effective(records, E) ||
        (E.terminal === B.terminal && E.serial > B.serial) ||
        E.time >= B.time + clockTolerance),
  );
  const byLog = evidence(records).some(
    (E) => E.log?.some((entry) => entry.time < B.time) && E.lastTime > B.time && !standsInLog(B, E),
  );
  return byAnotherReading || byLog;
}

/**
 * "5. **Resolved status**: effective → `successful`; else reported `unsuccessful`, or refuted → `unsuccessful`; else
 * `unverified`."
 */
export function resolvedStatus(records: Medium, B: Transaction, clockTolerance: number): Transaction['status'] {
  if (effective(records, B)) return 'successful';
  if (B.status === 'unsuccessful' || refuted(records, B, clockTolerance)) return 'unsuccessful';
  return 'unverified';
}

export function effectiveTransactions(records: Medium): Transaction[] {
  return transactions(records).filter((T) => effective(records, T));
}

/** "6. **Nodes**: root and effective transactions in order of `(time, terminal, serial)`." */
export function nodes(records: Medium): (Transaction | Open)[] {
  const R = root(records);
  return inTimeOrder([...(R === null ? [] : [R]), ...effectiveTransactions(records)]);
}
