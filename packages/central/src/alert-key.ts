import { type Alert, byIdentity } from '@retap/model';

/** Equal for equal alerts, whatever the order of their keys. */
export function keyOfAlert(alert: Alert): string {
  const entries = Object.entries(alert).map(([key, value]) =>
    key === 'transactions'
      ? [key, [...(value as { terminal: number; serial: number }[])].sort(byIdentity)]
      : [key, value],
  );
  return JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))));
}
