/** A directory for decoders that read files; it goes with the process. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

let folder: string | null = null;

export function folderOf(): string {
  if (folder === null) {
    const made = mkdtempSync(path.join(tmpdir(), 'retap-fuzz-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}
