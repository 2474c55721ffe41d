/** The lists of a terminal that is enrolled, as its disk has them. */
import type { Time } from '@retap/model';
import type { Configuration } from '../configuration/configuration.ts';
import type { Enrolled } from '../enrolment/enrolled.ts';
import { faultFields, type Log } from '../log.ts';
import { HeldLists } from './held-lists.ts';

/** Null where no centre is known that could sign any, or they cannot be kept: the configuration alone counts then. */
export async function openLists(
  { journal }: Configuration,
  enrolled: Enrolled | null,
  now: () => Time,
  log: Log,
): Promise<HeldLists | null> {
  const centre = enrolled?.licence?.centre ?? null;
  if (centre === null) return null;
  const directory = `${journal}.lists`;
  try {
    return await HeldLists.open({ directory, centre, now, log });
  } catch (error) {
    // A gate that cannot hear of denied media must still open for all others.
    log('error', 'lists-unusable', { directory, ...faultFields(error) });
    return null;
  }
}
