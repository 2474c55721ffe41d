/** The journal of a terminal that may be running: read, and neither locked nor changed. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JournalStore } from '@retap/terminal';
import { assertPrivate, faultOf } from './file-fault.ts';
import { segmentFile, segmentsAmong } from './file-journal.ts';

/** @throws JournalError `journal-permissions`, `journal-failed` where the directory is not there */
export async function readJournal(directory: string): Promise<Pick<JournalStore, 'list' | 'read'>> {
  await faultOf(`cannot open the journal ${directory}`, () => assertPrivate(directory, 0o700));
  return {
    list: async () => segmentsAmong(await faultOf(`cannot list the journal ${directory}`, () => readdir(directory))),
    read: async (segment) => {
      const path = join(directory, segmentFile(segment));
      return faultOf(`cannot read the journal ${path}`, () => readFile(path));
    },
  };
}
