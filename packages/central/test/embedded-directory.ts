/** A directory for an embedded database of a test's own, removed when the test file ends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
// Registered before any of the file's own, so that it runs after them.
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** What `openCentral` takes for `database`. */
export function embeddedDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'retap-test-'));
  made.push(directory);
  return directory;
}
