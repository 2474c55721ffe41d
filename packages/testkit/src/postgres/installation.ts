/** Where PostgreSQL is on this machine, and who may run it. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const VERSION_MIN = 15;
const DEBIAN_FOLDER = '/usr/lib/postgresql';
const run = promisify(execFile);

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `postgres-missing`: not installed. `postgres-failed`: installed, and does not start. */
export class PostgresError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Debian keeps the programs out of PATH, by version; elsewhere pg_config says where they are. */
export async function findBinaries(debianFolder = DEBIAN_FOLDER, pgConfig = 'pg_config'): Promise<string> {
  const versions = existsSync(debianFolder)
    ? readdirSync(debianFolder)
        .map(Number)
        .filter((n) => n >= VERSION_MIN)
    : [];
  const ofDebian = versions.sort((a, b) => b - a).map((version) => join(debianFolder, String(version), 'bin'));
  const ofPath = await run(pgConfig, ['--bindir']).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  for (const folder of [...ofDebian, ...ofPath]) {
    if (!existsSync(join(folder, 'initdb'))) continue;
    const { stdout } = await run(join(folder, 'postgres'), ['--version']);
    if (Number(/\d+/.exec(stdout)?.[0]) >= VERSION_MIN) return folder;
  }
  throw new PostgresError(
    'postgres-missing',
    `These tests need a PostgreSQL of version ${VERSION_MIN} or later, and none is installed. Install it: apt-get install postgresql-15`,
  );
}

/** PostgreSQL refuses to run as root; then it runs as the user `postgres`, whom its package makes. */
export async function serverOwner(): Promise<Owner | null> {
  if (process.getuid?.() !== 0) return null;
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  } catch {
    throw new PostgresError(
      'postgres-missing',
      'PostgreSQL does not run as root, and there is no user `postgres` to run it. Install it: apt-get install postgresql-15',
    );
  }
}
