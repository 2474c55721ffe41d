/** Alerts about the terminals themselves: what their signed journals and their signed words on their clocks say. */
import type { Sql } from '../database/database.ts';
import { INTEGRITY_ALERT_KINDS, type IntegrityAlert, type IntegrityAlertKind, type Totals } from '../port.ts';
import { brokenChains } from './chain.ts';
import { clocksOff } from './clock.ts';

/** As with the specification's alerts: the figure is for the eye. */
const COUNTED_MAX = 10_000;

const FOUND: Readonly<Record<IntegrityAlertKind, (sql: Sql, limit: number) => Promise<readonly IntegrityAlert[]>>> = {
  'journal-chain-broken': brokenChains,
  'terminal-clock-off': clocksOff,
};

/** By the order of INTEGRITY_ALERT_KINDS, and by terminal. */
export async function integrityAlertsOf(sql: Sql, limit: number): Promise<IntegrityAlert[]> {
  const alerts: IntegrityAlert[] = [];
  for (const kind of INTEGRITY_ALERT_KINDS) {
    if (alerts.length < limit) alerts.push(...(await FOUND[kind](sql, limit - alerts.length)));
  }
  return alerts;
}

export async function integrityTotalsOf(sql: Sql): Promise<NonNullable<Totals['integrity']>> {
  const alerts: Partial<Record<IntegrityAlertKind, number>> = {};
  for (const kind of INTEGRITY_ALERT_KINDS) {
    const count = (await FOUND[kind](sql, COUNTED_MAX)).length;
    if (count > 0) alerts[kind] = count;
  }
  return { alerts };
}
