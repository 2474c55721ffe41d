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

/** The second stage is quickest over many records at a time; more would only take memory. */
const RECONCILED_AT_A_TIME = 50_000;

/** @throws Faults where a file breaks off in the middle: what was read before stays received, and changes nothing if read again. */
export async function feedJournals(central: Central, names: readonly string[], shell: Shell): Promise<RejectedLine[]> {
  const rejected: RejectedLine[] = [];
  const progress = new ProgressLine(shell);
  let waiting = 0;
  try {
    for (const name of names) {
      const pieces = piecesOf(name, shell, progress);
      for await (const piece of pieces) {
        stopIfInterrupted(shell);
        for (const { line, reason } of piece.rejected) rejected.push({ file: name, line, reason });
        if (piece.records.length === 0) continue;
        await receive(central, piece);
        waiting += piece.records.length;
        if (waiting < RECONCILED_AT_A_TIME) continue;
        await central.reconcile();
        waiting = 0;
      }
    }
    await central.drain(({ done, total }) => {
      stopIfInterrupted(shell);
      progress.show((seconds) => `reconciling: ${paceOf(done, total, seconds)}`);
    });
    return rejected;
  } finally {
    progress.clear();
  }
}

async function receive(central: Central, { body, firstLine }: JournalPiece): Promise<void> {
  const [acknowledgement] = await central.receive([{ form: 'journal', body }]);
  // The piece holds only lines that were parsed as records: if the centre finds otherwise, one of the two is wrong.
  if (acknowledgement?.quarantined.length !== 0) {
    throw new Error(`the centre refuses records from line ${firstLine} on that were read as such`);
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
