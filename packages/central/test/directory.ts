/** Throw-away directories, removed after each test. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';

const made: string[] = [];

afterEach(async () => {
  for (const directory of made.splice(0)) await rm(directory, { recursive: true, force: true });
});

export async function newDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'retap-test-'));
  made.push(directory);
  return directory;
}
