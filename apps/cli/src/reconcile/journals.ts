/** The journals named on the command line. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { type JournalFile, openJournal } from '@retap/protocol/journal-files';
import { Faults } from '../failure.ts';
import type { Shell } from '../shell.ts';

const STANDARD_INPUT = '-';

/**
 * Whether every journal can be read, so that one misspelt name is known before an hour of reading.
 * @throws Faults with a message for each that cannot
 */
export async function checkJournals(names: readonly string[]): Promise<void> {
  const messages: string[] = [];
  if (names.filter((name) => name === STANDARD_INPUT).length > 1) {
    messages.push('-: standard input can be read only once; name it once');
  }
  for (const name of names) {
    const message = name === STANDARD_INPUT ? null : await faultOf(name);
    if (message !== null) messages.push(message);
  }
  if (messages.length === 0) return;
  const others = messages.length < names.length ? '; nothing is wrong with the other files' : '';
  throw new Faults([...messages, `no report was made and nothing was changed${others}`]);
}

/** Asked of the file system rather than opened: a pipe gives its bytes only to the first who opens it. */
async function faultOf(name: string): Promise<string | null> {
  try {
    const found = await stat(name);
    await access(name, constants.R_OK);
    if (!found.isDirectory()) return null;
  } catch {
    // Opening it finds the words for what is wrong.
  }
  try {
    const { bytes } = await openJournal(name);
    bytes.destroy();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Opens a journal that {@link checkJournals} found readable. @throws ProtocolError */
export async function open(name: string, { stdin, stderr }: Shell): Promise<JournalFile> {
  if (name !== STANDARD_INPUT) return openJournal(name);
  if ((stdin as { readonly isTTY?: boolean }).isTTY) {
    stderr.write('retap: reading records from the keyboard; end them by Ctrl-D\n');
  }
  return { bytes: stdin, size: null };
}
