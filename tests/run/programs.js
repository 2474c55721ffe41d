/** Programs of the operating system that the tests need: looked for, and on Debian as root installed. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { run } from './command.js';
import { failure, HELD } from './summary.js';

/** Oldest PostgreSQL that the centre supports. */
const POSTGRES_MIN = 15;

/** By Debian package: is what it brings there already? @type {Readonly<Record<string, () => boolean>>} */
const PRESENT = {
  postgresql: () => postgresBinaries() !== null,
  chromium: () => existsSync('/usr/bin/chromium'),
  'fonts-dejavu-core': () => existsSync('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  softhsm2: () => existsSync('/usr/lib/softhsm/libsofthsm2.so') && existsSync('/usr/bin/softhsm2-util'),
  pcscd: () => existsSync('/usr/sbin/pcscd'),
  libpcsclite1: () => readdirSync('/usr/lib').some((folder) => existsSync(`/usr/lib/${folder}/libpcsclite.so.1`)),
  'vsmartcard-vpcd': () => existsSync('/usr/lib/pcsc/drivers/serial/libifdvpcd.so'),
  gcc: () => existsSync('/usr/bin/cc'),
  'libc6-dev': () => existsSync('/usr/include/stdio.h'),
  opensc: () => existsSync('/usr/bin/opensc-tool'),
  'libfreefare-bin': () => existsSync('/usr/bin/mifare-desfire-info'),
  prometheus: () => existsSync('/usr/bin/promtool'),
  socat: () => existsSync('/usr/bin/socat'),
};

/** Folder of `initdb` and `postgres`, as packages/testkit looks for it: Debian keeps them out of the PATH, by version. */
function postgresBinaries() {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).map(Number) : [];
  const usable = versions.filter((version) => version >= POSTGRES_MIN).sort((a, b) => b - a);
  const { stdout } = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  const folders = [...usable.map((version) => path.join(base, String(version), 'bin')), (stdout ?? '').trim()];
  return folders.find((folder) => existsSync(path.join(folder, 'initdb'))) ?? null;
}

/** @param {readonly string[]} needs Debian packages */
export async function provideMissing(needs) {
  const missing = needs.filter((name) => !PRESENT[name]?.());
  if (missing.length === 0) return HELD;
  const byHand = `apt-get update && apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const isDebian = existsSync('/etc/debian_version');
  if (!isDebian || process.getuid?.() !== 0) {
    const who = isDebian ? 'As root' : 'On Debian, as root';
    return failure(`Missing: ${missing.join(', ')} (PostgreSQL: ${POSTGRES_MIN} or newer). ${who}: ${byHand}`);
  }
  console.log(`Missing: ${missing.join(', ')}; installing by apt-get`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (/** @type {string[]} */ ...words) =>
    run('apt-get', ['-q', '-o', 'Acquire::Retries=3', ...words], { env });
  // An image that has never seen the list of packages, or an old list, finds nothing to install.
  await apt('update');
  const { status } = await apt('install', '-y', '--no-install-recommends', ...missing);
  if (status !== 0) return failure(`apt-get could not install ${missing.join(', ')}; try by hand: ${byHand}`);
  const still = missing.filter((name) => !PRESENT[name]?.());
  if (still.length === 0) return HELD;
  return failure(`apt-get installed ${still.join(', ')}, yet not what the tests need: PostgreSQL ≥ ${POSTGRES_MIN}?`);
}
