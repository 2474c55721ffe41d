/** What happened that alerts are granted for: an alert about anything else is a false one. */
import type { AlertKind, MediumName, TerminalNumber, Time } from '@retap/model';
import { type Counted, knobOf } from './faults.ts';

/** Part of the truth. */
export interface Grant {
  /** Name of the knob. */
  readonly because: Counted;
  readonly at: Time;
  /** Those concerned, and who went on in their place. */
  readonly terminals: ReadonlySet<TerminalNumber>;
  /** Media whose records it touched. */
  readonly media: ReadonlySet<MediumName>;
}

/** As much of an alert as says whom it is about. */
interface About {
  readonly kind: string;
  readonly terminal?: TerminalNumber;
  readonly medium?: MediumName;
}

/** Whether something happened for which the specification grants the alert. */
export function isGranted({ kind, terminal = 0, medium = '' }: About, grants: readonly Grant[]): boolean {
  return grants.some(
    ({ because, terminals, media }) =>
      (terminals.has(terminal) || media.has(medium)) && knobOf(because).grants.includes(kind as AlertKind),
  );
}
