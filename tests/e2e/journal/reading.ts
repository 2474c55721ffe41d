/** What a writer said, and what its journal says afterwards. */
import { createHash, randomBytes } from 'node:crypto';
import { cp, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sealing } from '@retap/keys';
import { isTransaction } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { Journal } from '@retap/terminal';
import { FileJournal } from '@retap/terminal-service';

export const WRITER = fileURLToPath(new URL('writer.js', import.meta.url));
export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The last number that was said with a word; 0 if none was. */
export function lastSaid(word: string, output: string): number {
  return Number([...output.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].at(-1)?.[1] ?? 0);
}

export interface Found {
  readonly nextSerial: number;
  /** Not acknowledged, `serial status`. */
  readonly unsent: readonly string[];
  /** The batch on its way as the writer says it: `sealed from to hash`; one is sealed if none was. */
  readonly batch: string | null;
}

/** Opens the journal, holds it to its chain, and gives it free again. It is a copy that is delivered. */
export async function found(directory: string): Promise<Found> {
  const { nextSerial } = await using(directory, async (journal) => {
    await journal.verify();
    return journal;
  });
  const copy = `${directory}.copy`;
  await cp(directory, copy, { recursive: true });
  const unsent: string[] = [];
  let batch: string | null = null;
  await using(copy, async (journal) => {
    for (let next = await journal.nextBatch(1000); next !== null; next = await journal.nextBatch(1000)) {
      batch ??= `sealed ${next.from} ${next.to} ${createHash('sha256').update(next.bytes).digest('hex')}`;
      const records = parseBatch(next.bytes).records.map(({ record }) => record);
      unsent.push(...records.filter(isTransaction).map(({ serial, status }) => `${serial} ${status}`));
      await journal.acknowledge(next);
    }
  });
  await rm(copy, { recursive: true });
  return { nextSerial, unsent, batch };
}

async function using<Result>(directory: string, work: (journal: Journal) => Promise<Result>): Promise<Result> {
  const store = await FileJournal.open(directory);
  try {
    const sealer = sealing(new Uint8Array(32).fill(7), randomBytes);
    return await work(await Journal.open({ store, terminal: 7, sha256, sealer, snapshot: () => '' }));
  } finally {
    await store.close();
  }
}
