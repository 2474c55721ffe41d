/** One suite (a project of vitest.config.ts) under its budget of minutes; counted from vitest's own report. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { npmProgram, ROOT, run } from './command.js';
import { failure, HELD } from './summary.js';

/** @typedef {{name: string, status: string, message?: string, assertionResults: {status: string, fullName: string}[]}} TestFile */

/** Reports and raw coverage of this run, until the coverage is printed. */
const folder = mkdtempSync(path.join(tmpdir(), 'retap-test-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const blobs = path.join(folder, 'blobs');

/**
 * @param {string} name
 * @param {{minutes: number, covered: boolean}} suite
 */
export async function runSuite(name, { minutes, covered }) {
  console.log(`budget: ${minutes} minutes`);
  const report = path.join(folder, `${name}.json`);
  const parameters = ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  if (covered) {
    parameters.push('--reporter=blob', `--outputFile.blob=${path.join(blobs, `${name}.json`)}`);
    // Printed later, for all suites together.
    parameters.push(
      '--coverage',
      '--coverage.reporter=json',
      `--coverage.reportsDirectory=${path.join(folder, `coverage-${name}`)}`,
    );
  }
  const { status, expired } = await run(npmProgram('vitest'), parameters, { minutes });
  if (expired) return failure(`suite ${name} took more than its budget of ${minutes} minutes and was ended`);
  const counted = count(report);
  if (counted === null) return failure(`suite ${name} ended without a report`);
  if (counted.passed + counted.failed === 0) return failure(`suite ${name} has no tests`);
  // vitest also fails for what no test caught, such as an unhandled rejection: that is a failure without a test.
  if (status !== 0 && counted.failed === 0)
    return { ...counted, failed: 1, message: `suite ${name}: errors above that no test caught` };
  return counted;
}

/** @param {string} report file of vitest's JSON reporter */
function count(report) {
  /** @type {TestFile[]} */
  let files;
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    return null;
  }
  const tests = files.flatMap((file) => file.assertionResults);
  const withStatus = (/** @type {string} */ status) => tests.filter((each) => each.status === status).length;
  // A file that could not be loaded has no tests to fail.
  const broken = files.filter((file) => file.status === 'failed' && !file.assertionResults.some(hasFailed)).length;
  const passed = withStatus('passed');
  const failed = withStatus('failed');
  // By name at the very end: of a long run's output one may have no more than that.
  const names = files
    .filter((file) => file.status === 'failed')
    .map((file) => {
      const which = file.assertionResults.filter(hasFailed).map(({ fullName }) => fullName);
      return `${path.relative(ROOT, file.name)}: ${which.join(' | ') || 'could not be loaded'}`;
    });
  const message = names.length > 0 ? { message: names.join('; ') } : {};
  return { passed, failed: failed + broken, skipped: tests.length - passed - failed, ...message };
}

/** @param {{status: string}} each */
function hasFailed(each) {
  return each.status === 'failed';
}

/** Coverage of all covered suites together: what only PostgreSQL reaches is not shown as unreached. */
export async function printCoverage() {
  if (!existsSync(blobs)) return failure('no suite came far enough to report coverage');
  const reports = path.join(folder, 'coverage');
  const parameters = ['--run', `--merge-reports=${blobs}`, '--reporter=json', `--outputFile.json=${reports}.json`];
  const { status } = await run(npmProgram('vitest'), [
    ...parameters,
    '--coverage',
    `--coverage.reportsDirectory=${reports}`,
  ]);
  // A failed test makes the merged run fail too; it is counted where it ran.
  return status === null ? failure('coverage could not be printed') : HELD;
}
