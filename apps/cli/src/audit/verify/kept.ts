/** What somebody has kept of the log: a checkpoint that the centre handed out, or an older export. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { type Finding, type Kept, verifyExport } from './verify.ts';

/** A checkpoint has fewer, with all that may stand around it. */
const START_BYTES = 4_096;

/** @returns findings where an older export is not what it should be; null where there is neither in the file */
export async function keptIn(
  file: string,
  fingerprint: string,
): Promise<(Kept & { readonly findings: readonly Finding[] }) | null> {
  const start = await startOf(file);
  if (start.startsWith('{"retap":"audit log 1"')) {
    const { known, findings } = await verifyExport(createReadStream(file), fingerprint);
    return { checkpoint: null, known, findings };
  }
  const hex = /"checkpoint"\s*:\s*"((?:[0-9A-Fa-f]{2})+)"/.exec(start)?.[1];
  return hex === undefined ? null : { checkpoint: Buffer.from(hex, 'hex'), known: [], findings: [] };
}

async function startOf(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(START_BYTES), 0, START_BYTES, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await handle.close();
  }
}
