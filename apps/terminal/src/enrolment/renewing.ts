/** Renews the terminal's licence in the background, long before it ends. */
import type { Identity } from '@retap/keys';
import type { Time } from '@retap/model';
import type { Licence } from '@retap/protocol';
import { delayAfter } from '@retap/terminal';
import { faultFields, type Log } from '../log.ts';
import type { Pause } from '../pause.ts';
import type { HeldLicence } from './licence.ts';
import { requestRenewal } from './request.ts';

/** A clock that is set meanwhile is seen after so long, in milliseconds. */
const LOOK_MS = 60_000;
/** Least pause between two requests, whatever the centre answered: it gives licences as short as it likes, and is not to be overrun. */
const PAUSE_MIN_MS = 60_000;
/** On top of it after a fault: ever longer. */
const BACKOFF = { firstDelayMs: 60_000, delayMaxMs: 3_600_000 };

/**
 * When to renew: at the earliest when a third of its validity is left, at the latest when a sixth is. Within that it is
 * random, so that terminals that were enrolled on one day do not all come at once.
 * @param random 0 … 1
 */
export function renewalTime({ issuedAt, expiresAt }: Licence, random: number): Time {
  // t = expiresAt − validity / 3 + random · validity / 6
  const validity = expiresAt - issuedAt;
  return Math.floor(expiresAt - validity / 3 + (random * validity) / 6);
}

export interface RenewingOptions {
  readonly centre: string;
  readonly licence: HeldLicence;
  readonly identity: Identity;
  readonly now: () => Time;
  readonly random: () => number;
  readonly signal: AbortSignal;
  readonly pause: Pause;
  /** Another licence is held. */
  readonly onRenewed: () => void;
  readonly log: Log;
}

/** Until it is told to stop. A terminal that has no licence has nothing to renew: `retap terminal enrol` gets it one. */
export async function keepRenewing(options: RenewingOptions): Promise<void> {
  const { licence, now, random, signal, pause } = options;
  let due = dueTime(licence, random());
  let faults = 0;
  while (!signal.aborted) {
    if (due === null) return;
    if (now() < due) {
      await pause.for(Math.min(due - now(), LOOK_MS));
      continue;
    }
    if (await renewed(options)) {
      due = dueTime(licence, random());
      faults = 0;
    } else faults += 1;
    await pause.for(PAUSE_MIN_MS + (faults > 0 ? delayAfter(faults, random, BACKOFF) : 0));
  }
}

function dueTime({ licence }: HeldLicence, random: number): Time | null {
  return licence === null ? null : renewalTime(licence, random);
}

/** @returns whether a later licence is held */
async function renewed({ centre, licence, identity, signal, onRenewed, log }: RenewingOptions): Promise<boolean> {
  const held = licence.licence;
  if (held === null) return false;
  try {
    const answer = await requestRenewal(centre, held, identity, signal);
    await licence.take(answer, 'as-before');
    const { expiresAt } = licence.licence ?? held;
    if (expiresAt <= held.expiresAt) return false;
    log('info', 'licence-renewed', { expiresAt });
    onRenewed();
    return true;
  } catch (error) {
    if (!signal.aborted) log('warn', 'licence-not-renewed', { expiresAt: held.expiresAt, ...faultFields(error) });
    return false;
  }
}
