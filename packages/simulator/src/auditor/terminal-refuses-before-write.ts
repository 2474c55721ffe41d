/** `terminal-refuses-before-write`: what is refused, for want of money or of room on the disk, has not happened on the card. */
import { type Breach, breachOf } from './breach.ts';
import type { SeenTap } from './witness.ts';

export function* writtenThoughRefused({ at, carrier, terminal, outcome, commits }: SeenTap): Generator<Breach> {
  if (outcome.outcome !== 'refused' || !('reason' in outcome)) return;
  const carriedOut = 'actions' in outcome ? (outcome.actions?.length ?? 0) : 0;
  if (commits.length <= carriedOut) return;
  const says = `it was refused (${outcome.reason}), and the medium committed ${commits.at(-1)?.amount}`;
  yield breachOf('terminal-refuses-before-write', at, { medium: carrier.name, terminal }, says);
}
