/** `no-false-alarm`: in an honest world there is no alert; in another, those that the specification grants for what happened. */
import type { Alert, AlertKind } from '@retap/model';
import { isGranted } from '../grant.ts';
import type { Fraud } from '../truth.ts';
import { type Breach, breachOf } from './breach.ts';
import type { Sight } from './sight.ts';

export function* noFalseAlarm(sight: Sight): Generator<Breach> {
  const { belief, terms, media } = sight;
  const lacking = new Set(media.filter(({ isWhole }) => !isWhole).map(({ medium }) => medium));
  for (const alert of belief.alerts) {
    if (isGranted(alert, terms.grants) || terms.frauds.some((fraud) => follows(alert, fraud, lacking))) continue;
    const subject = {
      ...('medium' in alert && { medium: alert.medium }),
      ...('terminal' in alert && { terminal: alert.terminal }),
    };
    yield breachOf('no-false-alarm', belief.asOf, subject, `nothing has happened that grants ${JSON.stringify(alert)}`);
  }
}

/** What a copied card brings about besides that it is one: its old state, and its products used on both. */
const OF_CLONES: readonly AlertKind[] = ['cloned-medium', 'stale-medium', 'invalid-validation'];
/**
 * What is not known of a medium because records of it never came: its opening, what its product was. (Or whether a torn
 * purchase committed: the record that would have told so is one that never came.)
 */
const OF_MISSING: readonly AlertKind[] = ['unknown-medium', 'validation-without-purchase'];

/** What follows from a fraud besides what its table names. @param lacking media that committed what has no record at the centre */
function follows(alert: Alert, fraud: Fraud, lacking: ReadonlySet<string>): boolean {
  const medium = 'medium' in alert ? alert.medium : '';
  switch (fraud.kind) {
    case 'clone':
      return medium === fraud.medium && OF_CLONES.includes(alert.kind);
    case 'forged-balance':
      return (
        alert.kind === 'balance-mismatch' && alert.medium === fraud.medium && Number(alert.amount) === fraud.amount
      );
    case 'silent-terminal':
    case 'lost-journal':
      if (alert.kind === 'missing-transaction') return alert.terminal === fraud.terminal;
      return lacking.has(medium) && OF_MISSING.includes(alert.kind);
    default:
      return false;
  }
}
