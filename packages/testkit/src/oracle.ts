/**
 * The oracle: spec/reconciliation.md transcribed sentence by sentence, slowly (up to the cube of a medium's records, and
 * more). It shares no code with the model and the centre, which are judged by it, so a mistake must be made twice, in
 * two styles, to go unseen.
 */
import { account, byCodePoint, type OracleAccount } from './oracle/account.ts';
import { mediumAlerts, type OracleAlert, type OracleConfiguration } from './oracle/alerts.ts';
import { resolvedStatus, transactions } from './oracle/chain.ts';
import { arrived, groupedBy, type Identity, inIdentityOrder, type OracleRecord } from './oracle/records.ts';
import { terminalAlerts } from './oracle/terminals.ts';

export interface OracleReport {
  readonly asOf: number;
  readonly accounts: readonly OracleAccount[];
  readonly transactions: readonly (Identity & { readonly medium: string; readonly status: string })[];
  readonly alerts: readonly OracleAlert[];
}

/**
 * The report of the spec, without `rejected`, alerts in canonical order.
 *
 * @param inReceiptOrder well-formed records as they arrived, duplicates and conflicting ones included
 */
export function oracle(inReceiptOrder: readonly OracleRecord[], configuration: OracleConfiguration): OracleReport {
  const { received, conflicting } = arrived(inReceiptOrder);
  // "every medium named by any record": a conflicting record "is not applied", so it names none.
  const media = [...groupedBy(received, (record) => record.medium)].sort(([a], [b]) => byCodePoint(a, b));
  const terminals = [...groupedBy(received, (record) => record.terminal).values()];
  return canonicalReport({
    asOf: configuration.asOf,
    accounts: media.map(([medium, records]) => account(medium, records)),
    transactions: inIdentityOrder(
      media.flatMap(([medium, records]) =>
        transactions(records).map((B) => ({
          terminal: B.terminal,
          serial: B.serial,
          medium,
          status: resolvedStatus(records, B, configuration.clockTolerance),
        })),
      ),
    ),
    alerts: asSet([
      ...media.flatMap(([medium, records]) => mediumAlerts(medium, records, configuration)),
      ...terminals.flatMap((records) => terminalAlerts(records, conflicting, configuration)),
    ]),
  });
}

/** "The alerts are a set: two with equal keys are one." */
function asSet(alerts: readonly OracleAlert[]): OracleAlert[] {
  return [...new Map(alerts.map((alert) => [alertKey(alert), alert])).values()];
}

/** The same for alerts with equal keys, in whatever order an engine writes them. */
export function alertKey(alert: object): string {
  return JSON.stringify(Object.entries(alert).sort(([a], [b]) => byCodePoint(a, b)));
}

/**
 * The report with its alerts ("in any order") in one order, so that two reports compare with `toEqual`. Everything else
 * stays as it is: the spec gives its order, and a wrong one must show. Equal alerts stay too: an engine that writes one
 * twice is wrong.
 */
export function canonicalReport<Report extends { readonly alerts: readonly object[] }>(report: Report): Report {
  return {
    ...report,
    alerts: [...report.alerts].sort((a, b) => byCodePoint(alertKey(a), alertKey(b))),
  };
}
