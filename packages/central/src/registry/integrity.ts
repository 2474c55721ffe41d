/** Alerts about the terminals themselves: what their signed journals and words say, and phones' records held against each other. */
import type { Configuration, Time } from '@retap/model';
import type { Sql } from '../database/database.ts';
import { INTEGRITY_ALERT_KINDS, type IntegrityAlert, type IntegrityAlertKind, type Totals } from '../port.ts';
import { type TransferAlertKind, transferAlertsOf } from '../transfers/alerts.ts';
import { brokenChains } from './chain.ts';
import { clocksOff } from './clock.ts';

/** As with the specification's alerts: the figure is for the eye. */
const COUNTED_MAX = 10_000;

export interface IntegrityQuery {
  readonly asOf: Time;
  readonly configuration: Configuration;
  readonly limit: number;
}

type Find = (sql: Sql, query: IntegrityQuery) => Promise<readonly IntegrityAlert[]>;

const ofTransfers =
  (kind: TransferAlertKind): Find =>
  (sql, query) =>
    transferAlertsOf(sql, kind, query);

const FOUND: Readonly<Record<IntegrityAlertKind, Find>> = {
  'journal-chain-broken': (sql, { limit }) => brokenChains(sql, limit),
  'terminal-clock-off': (sql, { limit }) => clocksOff(sql, limit),
  'refill-unbacked': ofTransfers('refill-unbacked'),
  'payment-taken-twice': ofTransfers('payment-taken-twice'),
  'payment-disputed': ofTransfers('payment-disputed'),
  'phone-out-of-bounds': ofTransfers('phone-out-of-bounds'),
};

/** By the order of INTEGRITY_ALERT_KINDS, and by terminal. */
export async function integrityAlertsOf(sql: Sql, { limit, ...query }: IntegrityQuery): Promise<IntegrityAlert[]> {
  const alerts: IntegrityAlert[] = [];
  for (const kind of INTEGRITY_ALERT_KINDS) {
    if (alerts.length < limit) alerts.push(...(await FOUND[kind](sql, { ...query, limit: limit - alerts.length })));
  }
  return alerts;
}

export async function integrityTotalsOf(
  sql: Sql,
  query: Omit<IntegrityQuery, 'limit'>,
): Promise<NonNullable<Totals['integrity']>> {
  const alerts: Partial<Record<IntegrityAlertKind, number>> = {};
  for (const kind of INTEGRITY_ALERT_KINDS) {
    const count = (await FOUND[kind](sql, { ...query, limit: COUNTED_MAX })).length;
    if (count > 0) alerts[kind] = count;
  }
  return { alerts };
}
