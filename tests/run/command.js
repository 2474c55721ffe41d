/** Child processes of the test run: each in a group of its own, so that ending it ends what it started. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure, HELD } from './summary.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The running child's process group; one step runs at a time. @type {number | null} */
let group = null;

/** @param {NodeJS.Signals} signal @param {number | null} [which] the group that is meant; default: of the running child */
function signalGroup(signal, which = group) {
  if (which === null) return;
  try {
    process.kill(-which, signal);
  } catch {
    // It has ended in the meantime.
  }
}

// A group of its own does not hear the terminal's Ctrl-C.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    signalGroup(signal);
    process.exit(1);
  });
}

/**
 * @param {string} program
 * @param {readonly string[]} parameters
 * @param {{minutes?: number, env?: NodeJS.ProcessEnv, output?: 'inherit' | 'pipe'}} [options] ended after `minutes`
 * @returns {Promise<{status: number | null, expired: boolean, output: string}>} status null: could not start, or killed
 */
export function run(program, parameters, { minutes, env = {}, output = 'inherit' } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, parameters, {
      cwd: ROOT,
      detached: true,
      stdio: ['ignore', output, 'inherit'],
      env: { ...process.env, ...env },
    });
    group = child.pid ?? null;
    let text = '';
    let expired = false;
    child.stdout?.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    const expire = () => {
      expired = true;
      // By number: five seconds later another step may be running.
      const own = child.pid ?? null;
      signalGroup('SIGTERM', own);
      setTimeout(() => signalGroup('SIGKILL', own), 5_000).unref();
    };
    const timer = minutes === undefined ? undefined : setTimeout(expire, minutes * 60_000);
    const finish = (/** @type {number | null} */ status) => {
      clearTimeout(timer);
      group = null;
      resolve({ status, expired, output: text });
    };
    child.on('error', (error) => {
      console.error(`${program} could not be started: ${error.message}`);
      finish(null);
    });
    child.on('close', finish);
  });
}

/** Path of a program that an npm package brings. @param {string} name */
export function npmProgram(name) {
  return path.join(ROOT, 'node_modules', '.bin', name);
}

/**
 * Runs a checker that prints its own findings.
 * @param {string} name
 * @param {readonly string[]} parameters
 */
export async function runCommand(name, parameters) {
  const { status } = await run(npmProgram(name), parameters);
  return status === 0 ? HELD : failure(`${name} ${parameters.join(' ')} found the mistakes above`);
}
