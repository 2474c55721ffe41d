/** A violation as a person reads it: what broke, how to see it again, what is needed for it, and the story. */
import { INVARIANTS, type LivedWorld, type WorldViolation } from '@retap/simulator';
import { formatTime, printable } from '../text.ts';

export function violationText(found: LivedWorld, smallest: LivedWorld, revision: string, replay: string): string {
  const violation = smallest.violation ?? found.violation;
  if (violation === null) throw new Error('a world without a violation has no story');
  const { invariant, at, says, story } = violation;
  const { city, reconcileEvery } = smallest.world;
  const lines = [
    `VIOLATION of ${invariant}: ${INVARIANTS[invariant]}`,
    `  seed ${found.seed}, ${revision}; again by: ${replay}`,
    `  ${subjectOf(violation)}${formatTime(at)}: ${says}`,
    `still breaks with ${city.media} people, ${city.terminals} terminals, ${city.days} days, reconciled every ${reconcileEvery} deliveries`,
    `  ${knobsOf(smallest)}`,
    ...(story.length > 0 ? ['what happened:', ...story.map((line) => `  ${line}`)] : []),
  ];
  return `${lines.map(printable).join('\n')}\n`;
}

function subjectOf({ medium, terminal }: WorldViolation): string {
  const parts = [...(medium === null ? [] : [`medium ${medium}`]), ...(terminal === null ? [] : [`T${terminal}`])];
  return parts.length === 0 ? '' : `${parts.join(', ')}, `;
}

function knobsOf({ world }: LivedWorld): string {
  const settings = Object.entries({ ...world.city.faults, ...world.city.frauds }).filter(([, value]) => value > 0);
  return settings.length === 0 ? 'no fault at all' : settings.map(([name, value]) => `${name} ${value}`).join(', ');
}
