/** A terminal over the directory of its journal, which it alone has open, and which nobody can read where it has a key for that. */
import { createHash, randomBytes } from 'node:crypto';
import type { RandomBytes } from '@retap/card';
import { sealing } from '@retap/keys';
import type { MediumName, Time } from '@retap/model';
import { Journal, type JournalOptions, Terminal, type TerminalOptions } from '@retap/terminal';
import { FileJournal } from './journal/file-journal.ts';

export interface JournaledTerminalOptions extends Omit<TerminalOptions, 'store' | 'sealer' | 'sha256'> {
  /** Directory of the journal. It is made where it is not there; its parent must be. */
  readonly journal: string;
  /** Of the key store (`journalKey`); null: the journal is readable by whoever has the disk. */
  readonly journalKey: Uint8Array | null;
}

export interface JournaledTerminal {
  readonly terminal: Terminal;
  /** Whether the journal has the opening of a medium. */
  isOpeningRecorded(medium: MediumName, time: Time): OpeningRecorded;
  /** Gives the journal free. */
  close(): Promise<void>;
}

/** `unknown`: what the journal still has begins after that time. */
type OpeningRecorded = 'recorded' | 'not-recorded' | 'unknown';

const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** @throws JournalError */
export async function openJournaledTerminal(options: JournaledTerminalOptions): Promise<JournaledTerminal> {
  const { journal: directory, journalKey, ...rest } = options;
  const store = await FileJournal.open(directory);
  try {
    const sealed = { store, sha256, ...(journalKey && { sealer: sealing(journalKey, random) }) };
    const found = await journalAsFound({ ...sealed, terminal: rest.terminal });
    const terminal = await Terminal.open({ ...rest, ...sealed });
    return {
      terminal,
      isOpeningRecorded: (medium, time) => openingRecorded(found, medium, time),
      close: () => store.close(),
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Null where there is none yet: to open it would begin one, without the terminal's memory. */
async function journalAsFound(options: Omit<JournalOptions, 'snapshot'>): Promise<Journal | null> {
  if ((await options.store.list()).length === 0) return null;
  return Journal.open({ ...options, snapshot: () => '' });
}

/** Each record of a journal is later than the one before: an opening that would stand before all that is kept is not known. */
function openingRecorded(journal: Journal | null, medium: MediumName, time: Time): OpeningRecorded {
  if (journal === null || journal.lastTime < time) return 'not-recorded';
  const { recordsSince } = journal;
  if (recordsSince.some(({ type, medium: its }) => type === 'open' && its === medium)) return 'recorded';
  const [oldest] = recordsSince;
  return oldest !== undefined && (oldest.serial === 1 || oldest.time <= time) ? 'not-recorded' : 'unknown';
}
