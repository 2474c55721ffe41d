/** Alerts at a point in time, read off what is held in memory: stored conditions, and those of accounts, runs and clones. */
import {
  ALERT_KINDS,
  type Alert,
  type AlertKind,
  byCodePoint,
  byIdentity,
  type Configuration,
  identityOf,
  type RecordIdentity,
  type Time,
} from '@retap/model';
import { isPlace } from '../reconcile/account.ts';
import { type MediumTable, read, type Tables } from './tables.ts';

/** In the order of ALERT_KINDS. @param reconciled records with a greater receipt wait */
export function alertsOf(tables: Tables, reconciled: number, asOf: Time, configuration: Configuration): Alert[] {
  const media = tables.media
    .filter((table) => table.account !== null)
    .sort((a, b) => byCodePoint(a.name, b.name))
    .flatMap((table) => alertsOfMedium(table, reconciled, asOf, configuration));
  return inOrder([...media, ...ofTerminals(tables, asOf, configuration)]);
}

/** Those that name the medium. */
export function alertsOfMedium(
  table: MediumTable,
  reconciled: number,
  asOf: Time,
  configuration: Configuration,
): Alert[] {
  return inOrder(distinct([...ofMedium(table, reconciled, asOf, configuration)]));
}

const ORDER = new Map<AlertKind, number>(ALERT_KINDS.map((kind, at) => [kind, at]));

function inOrder(alerts: Alert[]): Alert[] {
  return alerts.sort((a, b) => (ORDER.get(a.kind) ?? 0) - (ORDER.get(b.kind) ?? 0));
}

/** The alerts are a set: two that miss the same commit are one. */
function distinct(alerts: readonly Alert[]): Alert[] {
  return [...new Map(alerts.map((alert) => [JSON.stringify(alert), alert])).values()];
}

function* ofMedium(table: MediumTable, reconciled: number, asOf: Time, configuration: Configuration): Generator<Alert> {
  const { name: medium, account } = table;
  if (account === null) return;
  const isLate = (time: Time): boolean => asOf > time + configuration.maxDelay;
  if (table.clones.size > 0) {
    const members = table.rows.filter(({ record }) => table.clones.has(identityOf(record)));
    yield {
      kind: 'cloned-medium',
      medium,
      transactions: members.map(({ record }) => identity(record)).sort(byIdentity),
    };
  }
  for (const { owner, kind, since, amount, missing } of table.conditions.values()) {
    if (missing) {
      if (isLate(since as Time)) yield { kind: 'missing-transaction', medium, ...missing };
    } else {
      yield { kind, medium, ...identity(owner), ...(kind === 'balance-mismatch' && { amount }) } as Alert;
    }
  }
  yield* ofRecords(table, reconciled, asOf, configuration);
  for (const { terminal, serial, time } of table.pending.values()) {
    if (isLate(time)) yield { kind: 'validation-without-purchase', medium, terminal, serial };
  }
  if (account.opens === 0 && isLate(account.firstTime)) yield { kind: 'unknown-medium', medium };
  if (account.opens > 1) yield { kind: 'duplicate-open', medium };
}

function* ofRecords(
  { name: medium, account, rows }: MediumTable,
  reconciled: number,
  asOf: Time,
  { clockTolerance, minimumBalance }: Configuration,
): Generator<Alert> {
  for (const row of rows) {
    if (row.receipt > reconciled) continue; // what waits is no part of the state yet
    const fact = read(row);
    if (fact.time > asOf + clockTolerance) yield { kind: 'future-time', medium, ...identity(fact) };
    const isNode = fact.type === 'open' ? isPlace(fact, account?.root ?? null) : fact.effective;
    if (isNode && fact.balance < minimumBalance) yield { kind: 'invalid-amount', medium, ...identity(fact) };
  }
}

function* ofTerminals(tables: Tables, asOf: Time, { maxDelay }: Configuration): Generator<Alert> {
  yield* [...tables.disordered.values()].map((at) => ({ kind: 'terminal-time-order' as const, ...at }));
  for (const [terminal, runs] of tables.runs) {
    let last = 0;
    let lastTime: Time | null = null;
    for (const run of runs) {
      const isHole = run.first > last + 1;
      if (isHole && asOf > run.firstTime + maxDelay) {
        yield { kind: 'terminal-serial-gap', terminal, from: last + 1, to: run.first - 1 };
      }
      if (lastTime !== null && run.firstTime <= lastTime) {
        yield { kind: 'terminal-time-order', terminal, serial: run.first };
      }
      last = run.last;
      lastTime = run.lastTime;
    }
  }
  for (const conflict of tables.conflicts.values()) yield { kind: 'conflicting-record', ...conflict };
}

function identity({ terminal, serial }: RecordIdentity): RecordIdentity {
  return { terminal, serial };
}
