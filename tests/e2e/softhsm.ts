/** A token of SoftHSM 2 (Debian: softhsm2) in a folder of its own: an HSM's interface without the hardware. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
export const PIN = '24680';

/** What a process needs in its environment to find the tokens of this folder. */
export function softHsmIn(folder: string): { SOFTHSM2_CONF: string } {
  const [tokens, file] = [path.join(folder, 'tokens'), path.join(folder, 'softhsm2.conf')];
  mkdirSync(tokens);
  writeFileSync(file, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return { SOFTHSM2_CONF: file };
}

export function makeToken(env: { SOFTHSM2_CONF: string }, label: string): void {
  const args = ['--init-token', '--free', '--label', label, '--pin', PIN, '--so-pin', '13579135'];
  execFileSync('softhsm2-util', args, { env: { ...process.env, ...env }, stdio: 'pipe' });
}
