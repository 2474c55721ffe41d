import { drawWorld, type LivedWorld } from '@retap/simulator';
import { expect, test } from 'vitest';
import { violationText } from '../src/swarm/violation-text.ts';

test('a violation is told with what to run, what is needed for it, and the story', () => {
  const world = drawWorld(7);
  const faults = Object.fromEntries(Object.keys(world.city.faults).map((name) => [name, 0]));
  const frauds = Object.fromEntries(Object.keys(world.city.frauds).map((name) => [name, 0]));
  const city = { ...world.city, media: 3, faults: { ...faults, tornShare: 0.1 }, frauds } as typeof world.city;
  const found: LivedWorld = {
    seed: 7,
    world: { ...world, city },
    digest: '',
    counts: { taps: 1, torn: 1, deliveries: 1, records: 1, alerts: 0 },
    violation: {
      invariant: 'copy-equals-card',
      at: Date.UTC(2026, 2, 2, 12),
      medium: 'M1',
      terminal: 7,
      says: '880 on the card, 1000 in the copy',
      story: ['12:04 T7#118 debit 120 → unverified, card committed\u001b[2J'],
    },
  };
  const text = violationText(found, found, 'commit abc', 'retap simulate --faults swarm --seed 7');
  expect(text.split('\n')).toEqual([
    'VIOLATION of copy-equals-card: The account copy is the card, once all of its records have arrived',
    '  seed 7, commit abc; again by: retap simulate --faults swarm --seed 7',
    '  medium M1, T7, 2026-03-02T12:00:00.000Z: 880 on the card, 1000 in the copy',
    expect.stringMatching(/^still breaks with 3 people, /),
    '  tornShare 0.1',
    'what happened:',
    '  12:04 T7#118 debit 120 → unverified, card committed\\u001b[2J',
    '',
  ]);
});
