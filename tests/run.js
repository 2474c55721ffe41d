/**
 * `npm test`: one command from a clean checkout after `npm ci` to one line `N passed, N failed`.
 * Arguments name the steps to run (default: all), e.g. `npm test -- lint unit`; `--coverage` among them measures what the
 * suites unit and pg reach, and takes half as long again. Plain JavaScript, since it runs before anything is compiled.
 */

import { run, runCommand } from './run/command.js';
import { checkEdges } from './run/edges.js';
import { provideMissing } from './run/programs.js';
import { printCoverage, runSuite } from './run/suite.js';
import { failure, HELD, printSummary, timed } from './run/summary.js';
import { useTemporaryMemory } from './run/temporary.js';

/** @typedef {import('./run/summary.js').Outcome} Outcome */

/** Programs that are not npm packages, and the Debian package that brings each. @see ./run/programs.js */
const POSTGRES = ['postgresql'];
const SOFTHSM = ['softhsm2'];
const PROMTOOL = ['prometheus'];
const CHROMIUM = ['chromium', 'fonts-dejavu-core'];
const PCSC = ['pcscd', 'libpcsclite1', 'vsmartcard-vpcd', 'gcc', 'libc6-dev', 'opensc', 'libfreefare-bin', 'socat'];

/**
 * A suite above its budget fails: a test that grows slow is found the day it does, and a test that hangs does not hold
 * the machine. About twice what each has taken alone on two cores (CONTRIBUTING.md has the figures).
 * @type {Readonly<Record<string, {minutes: number, needs: readonly string[], covered: boolean}>>}
 */
const SUITES = {
  unit: { minutes: 18, needs: [], covered: true },
  pg: { minutes: 8, needs: POSTGRES, covered: true },
  process: { minutes: 12, needs: [...POSTGRES, ...SOFTHSM, ...PROMTOOL], covered: false },
  kill: { minutes: 10, needs: POSTGRES, covered: false },
  pcsc: { minutes: 4, needs: PCSC, covered: false },
  browser: { minutes: 30, needs: [...POSTGRES, ...CHROMIUM], covered: false },
};

const COVERAGE = process.argv.includes('--coverage');

/** In the order in which a mistake is cheapest to find. @type {Readonly<Record<string, () => Promise<Outcome>>>} */
const STEPS = {
  build,
  types: () => runCommand('tsc', ['-p', 'tsconfig.test.json']),
  lint: () => runCommand('biome', ['ci', '--colors=off', '.']),
  'dead code': () => runCommand('knip', ['--no-progress']),
  edges: () => checkEdges(),
  ...Object.fromEntries(
    Object.entries(SUITES).map(([name, suite]) => [
      name,
      () => runSuite(name, { ...suite, covered: COVERAGE && suite.covered }),
    ]),
  ),
};

async function build() {
  const { status } = await run('npm', ['run', '--silent', 'build']);
  return status === 0 ? HELD : failure('npm run build found the mistakes above');
}

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node ${process.versions.node} is too old: install Node 20.19 or newer.`);
  process.exit(1);
}

const asked = process.argv.slice(2).filter((word) => word !== '--coverage');
const chosen = asked.length > 0 ? asked : Object.keys(STEPS);
const unknown = chosen.filter((name) => !(name in STEPS));
if (unknown.length > 0) {
  console.error(`No step is called ${unknown.join(', ')}. Steps: ${Object.keys(STEPS).join(', ')}.`);
  process.exit(1);
}

useTemporaryMemory();
const rows = [];
const needs = [...new Set(chosen.flatMap((name) => SUITES[name]?.needs ?? []))];
rows.push(await timed('programs', () => provideMissing(needs)));
// Without its programs every suite would fail for the same reason, and hide it.
if (rows[0]?.outcome.failed === 0) {
  for (const [name, step] of Object.entries(STEPS)) {
    if (chosen.includes(name)) rows.push(await timed(name, step));
  }
  if (COVERAGE && chosen.some((name) => SUITES[name]?.covered)) rows.push(await timed('coverage', printCoverage));
}
process.exitCode = printSummary(rows);
