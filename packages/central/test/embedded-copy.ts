/**
 * An embedded database of a test's own, as a copy of one that was made and migrated once for the whole run: to make one takes seconds
 * of both cores, and dozens of test files need one. Removed when the test file ends.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inject } from 'vitest';

const made: string[] = [];
process.on('exit', () => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
});

/** What `openCentral` takes for `database`. */
export function embeddedCopy(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'retap-copy-'));
  made.push(directory);
  cpSync(inject('embeddedTemplate'), directory, { recursive: true });
  return directory;
}
