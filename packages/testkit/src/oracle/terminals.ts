/** Spec, "Alerts": the rows of the table that are about a terminal's records, of whatever media. */
import { isLate, type OracleAlert, type OracleConfiguration } from './alerts.ts';
import { type Identity, inIdentityOrder, type OracleRecord, sameIdentity } from './records.ts';

/** "a record whose `time` is not greater than that of the same terminal's received record with the next smaller serial" */
function terminalTimeOrder(records: readonly OracleRecord[]): OracleAlert[] {
  return records.flatMap((X) => {
    const before = inIdentityOrder(records.filter((other) => other.serial < X.serial)).at(-1);
    if (before === undefined || X.time > before.time) return [];
    return [{ kind: 'terminal-time-order', terminal: X.terminal, serial: X.serial }];
  });
}

/** "a maximal run of serials not received, below one received; the record just after the run is late" */
function terminalSerialGap(records: readonly OracleRecord[], configuration: OracleConfiguration): OracleAlert[] {
  return records.flatMap((after) => {
    const below = records.map((X) => X.serial).filter((serial) => serial < after.serial);
    const from = Math.max(0, ...below) + 1;
    const to = after.serial - 1;
    if (from > to || !isLate(after, configuration)) return [];
    return [{ kind: 'terminal-serial-gap', terminal: after.terminal, from, to }];
  });
}

/** @param records all records received of one terminal, of whatever media */
export function terminalAlerts(
  records: readonly OracleRecord[],
  conflicting: readonly Identity[],
  configuration: OracleConfiguration,
): OracleAlert[] {
  return [
    ...terminalTimeOrder(records),
    ...terminalSerialGap(records, configuration),
    ...conflicting
      .filter((identity) => records.some((X) => sameIdentity(X, identity)))
      .map(({ terminal, serial }) => ({ kind: 'conflicting-record', terminal, serial })),
  ];
}
