/**
 * Lives the swarm's worlds with a defect planted, until one of them catches it. A process of its own: what is loaded stays loaded.
 * Argument: JSON of a specimen or null, the first seed, how many seeds at most, taps of each. Prints one line of JSON.
 */
import { register } from 'node:module';

const [specimen, from, seeds, taps] = process.argv.slice(2).map((text) => JSON.parse(text));
register('./plant.js', import.meta.url, { data: specimen });

const { liveWorld } = await import('@retap/simulator');
const { centresOf } = await import('../../apps/cli/dist/swarm/centres.js');

/** @type {{caughtBy: string | null, seeds: number, says: string}} */
let found = { caughtBy: null, seeds, says: '' };
for (let seed = from; seed < from + seeds; seed += 1) {
  const { violation } = await liveWorld(seed, {
    openCentral: centresOf('memory', { folder: '', postgres: null, prefix: '' }),
    taps,
  });
  if (violation === null) continue;
  found = { caughtBy: violation.invariant, seeds: seed - from + 1, says: violation.says };
  break;
}
process.stdout.write(`${JSON.stringify(found)}\n`, () => process.exit(0));
