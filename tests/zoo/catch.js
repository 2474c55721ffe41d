/** Plants a defect and tells how it was caught. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const LIVE = fileURLToPath(new URL('live.js', import.meta.url));

/**
 * @typedef {{caughtBy: string | null, seeds: number, says: string, seconds: number}} Catch
 * `caughtBy`: an invariant's name; `never ends` where a world did not end in time; `does not start` where the code cannot even
 * be loaded, which proves nothing; null where it lives
 */

/**
 * @param {import('./specimen.ts').Specimen | null} specimen null: nothing is planted, and nothing may be caught
 * @param {{from: number, seeds: number, taps: number, seconds: number}} bounds
 * @returns {Promise<Catch>}
 */
export function caught(specimen, { from, seeds, taps, seconds }) {
  const planted = specimen && { file: specimen.file, find: specimen.find, replace: specimen.replace };
  const words = [planted, from, seeds, taps].map((word) => JSON.stringify(word));
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [LIVE, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    let isOver = false;
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      output += piece;
    });
    child.stderr.setEncoding('utf8').on('data', (piece) => {
      errors += piece;
    });
    const timer = setTimeout(() => {
      isOver = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.on('close', () => {
      clearTimeout(timer);
      const told = { seconds: (performance.now() - startedAt) / 1000 };
      if (isOver) resolve({ caughtBy: 'never ends', seeds: 1, says: `not after ${seconds} s`, ...told });
      else if (output === '') resolve({ caughtBy: 'does not start', seeds: 0, says: errors, ...told });
      else resolve({ ...JSON.parse(output), ...told });
    });
  });
}
