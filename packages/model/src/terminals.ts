/** Alerts of one terminal's journal: holes in its serials, and times that do not grow (paper's future work; spec, "Alerts"). */
import { isLate } from './alerts.ts';
import type { RecordIdentity, TerminalNumber, Time } from './record.ts';
import type { Alert } from './state.ts';

/** @param records what was received of one terminal, each identity once, in any order */
export function terminalAlerts(
  terminal: TerminalNumber,
  records: readonly (RecordIdentity & { readonly time: Time })[],
  asOf: Time,
  maxDelay: number,
): Alert[] {
  const alerts: Alert[] = [];
  let before: { readonly serial: number; readonly time: Time } | undefined;
  for (const record of [...records].sort((a, b) => a.serial - b.serial)) {
    const expected = (before?.serial ?? 0) + 1;
    if (record.serial > expected && isLate(record.time, asOf, maxDelay)) {
      alerts.push({ kind: 'terminal-serial-gap', terminal, from: expected, to: record.serial - 1 });
    }
    if (before && record.time <= before.time) {
      alerts.push({ kind: 'terminal-time-order', terminal, serial: record.serial });
    }
    before = record;
  }
  return alerts;
}
