/** Which Retap this is, so that a seed can be lived again by the same: a seed and a commit replay a run. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { VERSION } from '../version.ts';

/** Of a working copy its commit, with a mark where something is changed; else the version. */
export async function revision(): Promise<string> {
  const cwd = path.dirname(fileURLToPath(import.meta.url));
  try {
    const { stdout } = await promisify(execFile)('git', ['describe', '--always', '--dirty', '--abbrev=12'], { cwd });
    return `commit ${stdout.trim()}`;
  } catch {
    return `version ${VERSION}`;
  }
}
