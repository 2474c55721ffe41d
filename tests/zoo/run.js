/**
 * `npm run test:zoo`: plants each defect of the zoo and shows which invariant of the swarm caught it, after how many seeds.
 * Arguments: words that a specimen's name or file must have. Ends with 1 where one lives.
 */
import { register } from 'node:module';
import { availableParallelism } from 'node:os';
import { caught } from './catch.js';

register('../../packages/testkit/test/typescript-loader.mjs', import.meta.url);
const { ZOO } = await import('./zoo.ts');

const SEEDS = Number(process.env.RETAP_SEEDS ?? 30);
/** First many small worlds, then some large ones: what an inspector must see needs a city that has one. */
const STAGES = [
  { from: 1, seeds: SEEDS, taps: 400, seconds: 240 },
  { from: 1001, seeds: Math.ceil(SEEDS / 3), taps: 3000, seconds: 400 },
];
const words = process.argv.slice(2);
const chosen = ZOO.filter(({ name, file }) => words.every((word) => `${name} ${file}`.includes(word)));
if (chosen.length === 0) {
  console.error(`no specimen has all of: ${words.join(', ')}`);
  process.exit(1);
}

/** @type {string[]} */
const living = [];
const startedAt = performance.now();
let done = 0;

/** @param {import('./specimen.ts').Specimen | null} specimen */
async function show(specimen) {
  const { caughtBy, seeds, says, seconds } = await caughtInStages(specimen);
  const isRight = specimen === null ? caughtBy === null : caughtBy !== null && caughtBy !== 'does not start';
  const name = specimen?.name ?? 'nothing planted';
  if (!isRight) living.push(name);
  done += 1;
  const left = ((performance.now() - startedAt) / done) * (chosen.length + 1 - done);
  const progress = `${String(done).padStart(3)}/${chosen.length + 1} ${String(Math.ceil(left / 60_000)).padStart(2)} min left`;
  const what = caughtBy ?? (specimen === null ? 'nothing caught' : 'LIVES');
  console.log(
    `${progress}  ${isRight ? '✓' : '✗'} ${what.padEnd(30)} ${String(seeds).padStart(3)} seeds ${seconds.toFixed(0).padStart(3)} s  ${name}`,
  );
  if (!isRight && says) console.log(says);
}

/** @param {import('./specimen.ts').Specimen | null} specimen */
async function caughtInStages(specimen) {
  const lived = { seeds: 0, seconds: 0 };
  for (const bounds of STAGES) {
    const found = await caught(specimen, bounds);
    lived.seeds += found.seeds;
    lived.seconds += found.seconds;
    if (found.caughtBy !== null) return { ...found, ...lived };
  }
  return { caughtBy: null, says: '', ...lived };
}

const queue = [null, ...chosen];
await Promise.all(
  Array.from({ length: Number(process.env.RETAP_WORKERS ?? availableParallelism()) }, async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) await show(next);
  }),
);
console.log(
  living.length === 0
    ? `none of ${chosen.length} planted defects lives`
    : `${living.length} of ${chosen.length} live: ${living.join('; ')}`,
);
process.exitCode = living.length === 0 ? 0 : 1;
