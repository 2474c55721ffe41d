/** `retap audit verify`: whether an audit log is what the centre has signed, by nothing but its fingerprint. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Central, openCentral } from '@retap/central';
import { type DatabaseOption, existingDatabase, shownDatabase } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { formatCount, formatTime, printable } from '../text.ts';
import { keptIn } from './verify/kept.ts';
import { type Kept, type Verified, verifyExport } from './verify/verify.ts';

export interface VerifyOptions extends DatabaseOption {
  readonly centreFingerprint: string;
  readonly checkpoint?: string;
}

/** @param file an export; without it the log of the database */
export async function verifyLog(file: string | undefined, options: VerifyOptions, shell: Shell): Promise<ExitStatus> {
  const { centreFingerprint } = options;
  if (!/^[0-9A-F]{32}$/i.test(centreFingerprint.replace(/[\s:-]/g, ''))) {
    throw new UsageError("--centre-fingerprint: give the 32 hexadecimal digits that 'retap init' printed");
  }
  if (file !== undefined && options.database !== undefined) {
    throw new UsageError('name a file, or a database by --database, and not both');
  }
  const kept = await keptBefore(options);
  const verified = file === undefined ? await ofDatabase(options, kept, shell) : await ofFile(file, options, kept);
  return report(file ?? shownDatabase(existingDatabase(options, shell)), verified, kept, options, shell);
}

async function keptBefore({ checkpoint: file, centreFingerprint }: VerifyOptions) {
  if (file === undefined) return { checkpoint: null, known: [], findings: [] };
  const kept = await keptIn(file, centreFingerprint);
  if (kept !== null) return kept;
  throw new UsageError(`${file}: neither a checkpoint nor an older export; 'retap audit checkpoint' makes one`);
}

async function ofFile(file: string, { centreFingerprint }: VerifyOptions, kept: Kept): Promise<Verified> {
  if ((await stat(file)).isDirectory()) {
    throw new UsageError(
      `${file}: it is a directory; name a file that 'retap audit export' made, or a database by --database`,
    );
  }
  return verifyExport(createReadStream(file), centreFingerprint, kept);
}

async function ofDatabase(options: VerifyOptions, kept: Kept, shell: Shell): Promise<Verified> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await verifyExport(bytesOf(central), options.centreFingerprint, kept);
  } finally {
    await central.close();
  }
}

async function* bytesOf({ audit }: Central): AsyncGenerator<Uint8Array> {
  for await (const line of audit.lines(1)) yield Buffer.from(line);
}

function report(
  where: string,
  { findings, first, last, signed }: Verified,
  kept: Kept & { readonly findings: Verified['findings'] },
  { checkpoint: file }: VerifyOptions,
  shell: Shell,
): ExitStatus {
  const told = [
    ...kept.findings.map(({ word, message }) => `${file}: ${word}: ${message}`),
    ...findings.map(({ word, message }) => `${where}: ${word}: ${message}`),
  ];
  if (told.length > 0) {
    const count = formatCount(told.length);
    shell.stdout.write(`${told.map(printable).join('\n')}\n${count} ${told.length === 1 ? 'fault' : 'faults'} found\n`);
    return 2;
  }
  const until = signed ? `signed up to entry ${formatCount(signed.size)} (${formatTime(signed.at)})` : '';
  const entries = `entries ${formatCount(first)} to ${formatCount(last)}`;
  const extended = file === undefined ? '' : `\nit goes on from what was kept in ${printable(file)}`;
  const after = last - (signed?.size ?? 0);
  const unsigned =
    after === 0
      ? ''
      : `\n${formatCount(after)} after that nobody has signed yet: whoever has the database can change them`;
  shell.stdout.write(`${printable(where)}: ${entries} are whole and in order, ${until}${extended}${unsigned}\n`);
  return 0;
}
