/** `serials-without-holes`: what a terminal told, and what its journal closed after a power cut, count 1, 2, 3, … */
import type { Time } from '@retap/model';
import { type Breach, breachOf } from './breach.ts';
import type { Insight } from './insight.ts';

/** @param insight at rest: a record that only the journal knows has come by now */
export function* serialsWithoutHoles(insight: Insight, linked: ReadonlySet<number>, at: Time): Generator<Breach> {
  for (const { terminal, made, arrived, madeTo } of insight.journals.values()) {
    if (!linked.has(terminal)) continue;
    for (let serial = 1; serial <= madeTo; serial += 1) {
      if (made.has(serial) || arrived.has(serial)) continue;
      yield breachOf('serials-without-holes', at, { terminal }, `T${terminal}#${serial} is no record`);
    }
  }
}
