/** `retap reconcile` with the embedded database, as somebody runs it: a day of many journals, and a million records from one file. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { JournalRecord } from '@retap/model';
import { formatRecord } from '@retap/protocol';
import { memoryMiB } from '../../bench-uploads/centre.ts';
import { UsageError } from '../../failure.ts';
import type { Shell } from '../../shell.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';
import { Traffic } from '../traffic.ts';

const SAMPLE_MS = 100;
const EXCEPTIONAL = 0.01;

export const embedded: Suite = {
  name: 'embedded',
  ids: ['embedded-day', 'embedded-day-memory', 'reconcile-gzip'],
  once: true,
  async pass({ sizes, seed, shell, doing }: BenchContext): Promise<Measured> {
    const folder = await mkdtemp(path.join(tmpdir(), 'retap-bench-'));
    try {
      doing(`a day of ${sizes.day} records, embedded`);
      const day = await reconciled(await journalsIn(path.join(folder, 'day'), sizes.day, seed), folder, shell);
      doing(`${sizes.records} records from gzip, embedded`);
      const all = await reconciled([await gzipIn(folder, sizes.records, seed)], folder, shell);
      return { 'embedded-day': day.seconds, 'embedded-day-memory': day.mostMiB, 'reconcile-gzip': all.seconds };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** One journal a terminal. */
async function journalsIn(folder: string, records: number, seed: string): Promise<string[]> {
  await mkdir(folder);
  const journals = new Map<number, string[]>();
  for (const upload of new Traffic({ seed, records, run: 1, exceptional: EXCEPTIONAL }).uploads()) {
    for (const record of upload) {
      const lines = journals.get(record.terminal);
      if (lines) lines.push(lineOf(record));
      else journals.set(record.terminal, [lineOf(record)]);
    }
  }
  const files: string[] = [];
  for (const [terminal, lines] of journals) {
    const file = path.join(folder, `${terminal}.ndjson`);
    await writeFile(file, lines.join(''));
    files.push(file);
  }
  return files;
}

/** All in one file, in order of arrival. */
async function gzipIn(folder: string, records: number, seed: string): Promise<string> {
  const file = path.join(folder, 'all.ndjson.gz');
  const traffic = new Traffic({ seed, records, run: 100, exceptional: EXCEPTIONAL });
  function* texts() {
    for (const upload of traffic.uploads()) yield upload.map(lineOf).join('');
  }
  await pipeline(Readable.from(texts()), createGzip({ level: 1 }), createWriteStream(file));
  return file;
}

const lineOf = (record: JournalRecord): string => `${formatRecord(record)}\n`;

async function reconciled(
  files: readonly string[],
  folder: string,
  shell: Shell,
): Promise<{ readonly seconds: number; readonly mostMiB: number }> {
  const output = path.join(folder, 'report.json');
  const start = shell.elapsed();
  const args = ['reconcile', ...files, '--format', 'json', '--output', output];
  const { DATABASE_URL: _, ...env } = shell.env;
  const child = spawn(process.execPath, [process.argv[1] ?? '', ...args], {
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let mostMiB = 0;
  const watching = setInterval(() => {
    mostMiB = Math.max(mostMiB, memoryMiB(child.pid ?? 0, 'VmHWM'));
  }, SAMPLE_MS);
  try {
    const [status] = await once(child, 'close');
    if (status !== 0) throw new UsageError(`retap reconcile ended with status ${status}`);
    return { seconds: (shell.elapsed() - start) / 1_000, mostMiB };
  } finally {
    clearInterval(watching);
  }
}
