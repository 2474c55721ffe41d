/** Which alert is which: what names it while its other keys change. */
import type { AnyAlert } from './port.ts';

/**
 * With the kind it is the case's own. A cloned medium is one case whatever transactions it has; a gap in a terminal's serials
 * is named by the serial after it, for records that arrive fill it from its beginning; a wrong balance keeps its name when the
 * predecessor, and by it the amount, turns out to be another.
 */
export function caseKey(alert: AnyAlert): string {
  switch (alert.kind) {
    case 'cloned-medium':
    case 'unknown-medium':
    case 'duplicate-open':
    case 'proof-counter':
      return alert.medium;
    case 'proof-repeated':
      return `${alert.medium} ${alert.counter}`;
    case 'missing-transaction':
      return `${alert.medium} ${alert.terminal} ${alert.time}`;
    case 'terminal-clock-off':
      return String(alert.terminal);
    case 'terminal-serial-gap':
      return `${alert.terminal} ${alert.to + 1}`;
    default:
      return `${alert.terminal} ${alert.serial}`;
  }
}

export function mediumOf(alert: AnyAlert): string | null {
  return 'medium' in alert ? alert.medium : null;
}

export function terminalOf(alert: AnyAlert): number | null {
  return 'terminal' in alert ? alert.terminal : null;
}
