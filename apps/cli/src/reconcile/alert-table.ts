/** Columns for the alerts of each kind: the keys that the specification gives them. */
import { type Alert, type AlertKind, identityOf } from '@retap/model';
import { type Column, formatAmount, formatTime } from '../text.ts';

interface Cell extends Column {
  readonly text: (alert: Alert) => string;
}

/** A key that the alert's kind has; alerts of one kind all have the same keys. */
function key(alert: Alert, name: string): unknown {
  return (alert as unknown as Readonly<Record<string, unknown>>)[name];
}

const MEDIUM: Cell = { title: 'medium', text: (alert) => String(key(alert, 'medium')) };
const TERMINAL: Cell = { title: 'terminal', numeric: true, text: (alert) => String(key(alert, 'terminal')) };
const RECORD: Cell = { title: 'record', text: (alert) => ('serial' in alert ? identityOf(alert) : '') };
const TIME: Cell = { title: 'time', text: (alert) => ('time' in alert ? formatTime(alert.time) : '') };
const AMOUNT: Cell = {
  title: 'off by',
  numeric: true,
  text: (alert) => ('amount' in alert ? formatAmount(alert.amount) : ''),
};
const RECORDS: Cell = {
  title: 'records',
  text: (alert) => ('transactions' in alert ? alert.transactions.map(identityOf).join(', ') : ''),
};
const FROM: Cell = { title: 'from', numeric: true, text: (alert) => String(key(alert, 'from')) };
const TO: Cell = { title: 'to', numeric: true, text: (alert) => String(key(alert, 'to')) };

const COLUMNS: Readonly<Partial<Record<AlertKind, readonly Cell[]>>> = {
  'cloned-medium': [MEDIUM, RECORDS],
  'missing-transaction': [MEDIUM, TERMINAL, TIME],
  'balance-mismatch': [MEDIUM, RECORD, AMOUNT],
  'terminal-time-order': [RECORD],
  'unknown-medium': [MEDIUM],
  'duplicate-open': [MEDIUM],
  'terminal-serial-gap': [TERMINAL, FROM, TO],
  'conflicting-record': [RECORD],
};

/** All other kinds are of one record of one medium. */
export function alertColumns(kind: AlertKind): readonly Cell[] {
  return COLUMNS[kind] ?? [MEDIUM, RECORD];
}
