/** Reads journals into the centre, a piece at a time: memory holds a piece, never a file. */
import type { Central } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import { type JournalPiece, readJournal } from '@retap/protocol/journal-files';
import { Faults } from '../failure.ts';
import { ProgressLine, paceOf } from '../progress.ts';
import { type Shell, stopIfInterrupted } from '../shell.ts';
import { printable } from '../text.ts';
import { open } from './journals.ts';

/** A line that is no record; `file` as given, lines count from 1. */
export interface RejectedLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** Pieces are received together up to so many records: a city has a small journal for each of a thousand terminals. */
const RECEIVED_AT_A_TIME = 20_000;

/** @throws Faults where a file breaks off in the middle: what was read before stays received, and changes nothing if read again. */
export async function feedJournals(central: Central, names: readonly string[], shell: Shell): Promise<RejectedLine[]> {
  const rejected: RejectedLine[] = [];
  const progress = new ProgressLine(shell);
  const gathered = new Gathered(central);
  try {
    for (const name of names) {
      for await (const piece of piecesOf(name, shell, progress)) {
        stopIfInterrupted(shell);
        for (const { line, reason } of piece.rejected) rejected.push({ file: name, line, reason });
        await gathered.add(piece);
      }
    }
    await gathered.receive();
    // Only now: of journals read one after the other, most records of a medium follow some that are still to come.
    await central.drain(({ done, total }) => {
      stopIfInterrupted(shell);
      progress.show((seconds) => `reconciling: ${paceOf(done, total, seconds)}`);
    });
    return rejected;
  } finally {
    progress.clear();
  }
}

class Gathered {
  readonly #central: Central;
  #pieces: JournalPiece[] = [];
  #records = 0;

  constructor(central: Central) {
    this.#central = central;
  }

  async add(piece: JournalPiece): Promise<void> {
    if (piece.records.length === 0) return;
    this.#pieces.push(piece);
    this.#records += piece.records.length;
    if (this.#records >= RECEIVED_AT_A_TIME) await this.receive();
  }

  async receive(): Promise<void> {
    const answers = await this.#central.receive(this.#pieces.map(({ body }) => ({ form: 'journal', body })));
    // The pieces hold only lines that were parsed as records: if the centre finds otherwise, one of the two is wrong.
    const refused = answers.findIndex(({ quarantined }) => quarantined.length > 0);
    if (refused !== -1) {
      throw new Error(
        `the centre refuses records after line ${this.#pieces[refused]?.firstLine} that were read as such`,
      );
    }
    this.#pieces = [];
    this.#records = 0;
  }
}

async function* piecesOf(name: string, shell: Shell, progress: ProgressLine): AsyncGenerator<JournalPiece> {
  const { bytes, size } = await open(name, shell);
  // A file may give no piece for long, and a keyboard nothing at all: Ctrl-C must end the reading itself.
  const end = (): void => void bytes.destroy();
  shell.interrupted.addEventListener('abort', end);
  const startedAt = shell.elapsed();
  let records = 0;
  try {
    // Pressed before there was anything to end.
    stopIfInterrupted(shell);
    for await (const piece of readJournal(bytes)) {
      records += piece.records.length;
      progress.show(() => {
        const seconds = (shell.elapsed() - startedAt) / 1_000;
        const rate = `${Math.round(records / Math.max(seconds, 0.001))} records/s`;
        return `${printable(name)}: ${megabytes(piece.bytesRead)}, ${rate}, ${remaining(piece.bytesRead, size, seconds)}`;
      });
      yield piece;
    }
  } catch (error) {
    stopIfInterrupted(shell);
    if (!(error instanceof ProtocolError)) throw error;
    const message = error.message.startsWith(name) ? error.message : `${name}: ${error.message}`;
    throw new Faults([message, 'no report was made']);
  } finally {
    shell.interrupted.removeEventListener('abort', end);
    bytes.destroy();
  }
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 100_000) / 10} MB`;
}

function remaining(bytesRead: number, size: number | null, seconds: number): string {
  if (size === null || size === 0 || bytesRead === 0) return 'size unknown';
  const left = Math.ceil((seconds * Math.max(0, size - bytesRead)) / bytesRead);
  return `${Math.floor((100 * Math.min(bytesRead, size)) / size)} % of ${megabytes(size)}, ${left} s left`;
}
