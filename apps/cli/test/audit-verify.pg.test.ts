/** What an outsider finds in an audit log by the file, the centre's fingerprint and what was kept; and what nobody can find. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { type Central, openCentral } from '@retap/central';
import { fingerprint } from '@retap/keys';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keptIn } from '../src/audit/verify/kept.ts';
import { type Kept, type Verified, verifyExport } from '../src/audit/verify/verify.ts';

const CENTRE = generateKeyPairSync('ed25519');
const publicKey = Uint8Array.from(CENTRE.publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, CENTRE.privateKey);
const FINGERPRINT = fingerprint(publicKey);

let postgres: TestPostgres;
let folder: string;
let lines: string[];

beforeAll(async () => {
  postgres = await startPostgres();
  folder = mkdtempSync(path.join(tmpdir(), 'retap-audit-'));
  lines = await withLog(async ({ central }) => exported(central));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await postgres?.stop();
});

interface Log {
  readonly central: Central;
  readonly url: string;
}

/** A centre with eleven entries, checkpoints after five and after nine of them. */
async function withLog<Result>(work: (log: Log) => Promise<Result>): Promise<Result> {
  const url = await postgres.createDatabase();
  const central = await openCentral({ database: url, now: () => 1_780_000_000_000 });
  try {
    await central.registry.settle({ admission: 'enrolled', centre: publicKey, licenceMs: 1_000 }, 'root');
    for (let entry = 2; entry <= 11; entry += 1) {
      const detail = { why: 'dvom: "č" 😀\n', number: entry };
      await central.audit.append({ who: '@ana', what: 'test.done', object: `thing ${entry}`, outcome: 'done', detail });
      if (entry === 5 || entry === 9) await central.audit.checkpoint(signed);
    }
    return await work({ central, url });
  } finally {
    await central.close();
  }
}

async function exported(central: Central, from = 1): Promise<string[]> {
  const found: string[] = [];
  for await (const line of central.audit.lines(from)) found.push(line);
  return found;
}

function verified(file: string | readonly string[] | Uint8Array, kept?: Kept, typed = FINGERPRINT): Promise<Verified> {
  const bytes = Buffer.from(file instanceof Uint8Array ? file : typeof file === 'string' ? file : file.join(''));
  return verifyExport(Readable.from([bytes]), typed, kept);
}
const wordsOf = async (...question: Parameters<typeof verified>): Promise<string[]> =>
  (await verified(...question)).findings.map(({ word, entry }) => `${word} ${entry ?? '-'}`);

/** As an outsider keeps it: the answer of the centre, in a file. */
async function keptOf(content: string): Promise<Kept> {
  const file = path.join(folder, `kept-${createHash('sha256').update(content).digest('hex')}`);
  writeFileSync(file, content);
  const kept = await keptIn(file, FINGERPRINT);
  expect(kept?.findings).toEqual([]);
  return kept!;
}
const checkpointLine = (count: number): string => lines.filter((line) => line.startsWith('{"checkpoint"'))[count - 1]!;

test('a log as it was written is whole, and signed up to its last checkpoint', async () => {
  expect(lines).toHaveLength(1 + 11 + 2);
  const { findings, first, last, signed: by } = await verified(lines);
  expect(findings).toEqual([]);
  expect([first, last, by?.size, by?.at]).toEqual([1, 11, 9, 1_780_000_000_000]);
  expect(await wordsOf(lines, await keptOf(checkpointLine(1)))).toEqual([]);
  const older = lines.slice(0, lines.indexOf(checkpointLine(1)) + 1).join('');
  expect(await wordsOf(lines, await keptOf(older))).toEqual([]);
});

test('a file of whatever pieces reads the same', async () => {
  const bytes = Buffer.from(lines.join(''));
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.subarray(at * 7, at * 7 + 7));
  expect((await verifyExport(Readable.from(pieces), FINGERPRINT)).findings).toEqual([]);
});

describe('found by the file and the fingerprint alone', () => {
  test('every byte that was changed', async () => {
    const bytes = Buffer.from(lines.join(''));
    for (let at = 0; at < bytes.length; at += 1) {
      // Another case, another digit, something that is no text.
      const mask = [0x20, 0x01, 0x80][at % 3] as number;
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ mask;
      const words = await wordsOf(flipped);
      if (words.length === 0) expect.fail(`byte ${at} ^ ${mask}: ${flipped.toString('latin1', at - 40, at + 40)}`);
    }
  });

  test('every line that was taken away, comes twice, or changed places with the next', async () => {
    for (let at = 0; at < lines.length; at += 1) {
      const without = lines.toSpliced(at, 1);
      const isCheckpoint = lines[at]?.startsWith('{"checkpoint"');
      // A checkpoint fewer proves less, and what is left is true; the last entries were signed by nobody.
      if (!isCheckpoint && at < lines.length - 1) expect(await wordsOf(without), `without ${at}`).not.toEqual([]);
      if (!isCheckpoint) expect(await wordsOf(lines.toSpliced(at, 0, lines[at]!)), `twice ${at}`).not.toEqual([]);
      if (at + 1 === lines.length) continue;
      expect(await wordsOf(lines.toSpliced(at, 2, lines[at + 1]!, lines[at]!)), `swapped ${at}`).not.toEqual([]);
    }
  });

  test('a file that was cut off within a line, and one with nothing that is signed', async () => {
    const text = lines.join('');
    expect(await wordsOf(text.slice(0, -1))).toContain('file-malformed -');
    expect(await wordsOf(lines.slice(0, 4))).toEqual(['checkpoint-missing -']);
    expect(await wordsOf('')).toEqual(['file-malformed -']);
  });

  test('the log of another centre, and checkpoints that another key has signed', async () => {
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(12);
    expect(await wordsOf(lines, undefined, fingerprint(other))).toEqual(['centre-other -']);
    const renamed = lines.with(
      0,
      lines[0]!.replace(/"centre":"\w+"/, `"centre":"${Buffer.from(other).toString('hex').toUpperCase()}"`),
    );
    expect(await wordsOf(renamed, undefined, fingerprint(other))).toEqual([
      'signature-invalid 5',
      'signature-invalid 9',
      'checkpoint-missing -',
    ]);
  });
});

/** As somebody does who owns the database: the triggers are off, and the hashes are made to fit. */
async function rewrite(url: string, statement: string, { rechained }: { readonly rechained: boolean }): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('alter table audit disable trigger all; alter table audit_checkpoint disable trigger all');
    await client.query(statement);
    if (!rechained) return;
    const { rows: logs } = await client.query('select id from audit_log');
    let hash = createHash('sha256').update('retap audit log 1').update(logs[0].id).digest();
    const { rows } = await client.query('select * from audit order by id');
    for (const { id, at, who, what, object, outcome, detail } of rows) {
      const columns = JSON.stringify([Number(id), Number(at), who, what, object, outcome]);
      hash = createHash('sha256')
        .update(hash)
        .update(`${columns.slice(0, -1)},${detail}]`)
        .digest();
      await client.query('update audit set hash = $2 where id = $1', [id, hash]);
    }
  } finally {
    await client.end();
  }
}

describe('somebody with the database, without the identity', () => {
  test('who changes an entry is found at that entry', () =>
    withLog(async ({ central, url }) => {
      await rewrite(url, "update audit set who = '@bor' where id = 3", { rechained: false });
      expect(await wordsOf(await exported(central))).toEqual(['chain-broken 3']);
    }));

  test('who makes the hashes fit is found by the checkpoints, and the centre signs no more', () =>
    withLog(async ({ central, url }) => {
      const older = await keptOf((await exported(central)).join(''));
      await rewrite(url, "update audit set who = '@bor' where id = 7", { rechained: true });
      const now = await exported(central);
      expect(await wordsOf(now)).toEqual(['checkpoint-differs 9']);
      const { findings } = await verified(now);
      expect(findings[0]?.message).toContain('the first entry that was changed is one of 6 to 9');
      // Of an older export every entry is known, so the first that differs is named.
      const [first] = (await verified(now, older)).findings;
      expect([first?.entry, first?.message]).toEqual([7, expect.stringContaining('entry 7 was changed')]);
      await expect(central.audit.checkpoint(signed)).rejects.toMatchObject({ code: 'audit-log-rewritten' });
    }));

  test('who takes the checkpoints away too is found by one that was kept elsewhere', () =>
    withLog(async ({ central, url }) => {
      const kept = await keptOf(
        JSON.stringify({ checkpoint: Buffer.from((await central.audit.newestCheckpoint())!.document).toString('hex') }),
      );
      await rewrite(url, 'delete from audit_checkpoint; delete from audit where id > 8', { rechained: true });
      expect(await wordsOf(await exported(central), kept)).toEqual(['log-short 9']);
      // Not even by the centre that is running: it remembers what it has signed.
      await expect(central.audit.checkpoint(signed)).rejects.toMatchObject({ code: 'audit-log-rewritten' });
      // One that is started anew signs it; who kept a checkpoint is not deceived by that.
      const restarted = await openCentral({ database: url, now: () => 1_780_000_000_001 });
      await restarted.audit.append({ who: '@eva', what: 'test.done', object: '', outcome: 'done', detail: {} });
      await restarted.audit.checkpoint(signed);
      expect(await wordsOf(await exported(restarted))).toEqual([]);
      expect(await wordsOf(await exported(restarted), kept)).toEqual(['checkpoint-differs 9']);
      await restarted.close();
    }));

  test('is not found where they change what nobody has signed yet', () =>
    withLog(async ({ central, url }) => {
      const kept = await keptOf((await exported(central)).findLast((line) => line.startsWith('{"checkpoint"'))!);
      await rewrite(url, "update audit set who = '@bor' where id = 11", { rechained: true });
      expect(await wordsOf(await exported(central), kept)).toEqual([]);
    }));

  test('a log of another database is not taken for this one', () =>
    withLog(async ({ central }) => {
      expect(await wordsOf(await exported(central), await keptOf(checkpointLine(1)))).toEqual(['log-other -']);
    }));
});

describe('an export that begins later', () => {
  test('says what its first entry follows on', () =>
    withLog(async ({ central }) => {
      const all = await exported(central);
      const later = await exported(central, 7);
      expect((await verified(later)).findings).toEqual([]);
      expect(await wordsOf(later, await keptOf(all.join('')))).toEqual([]);
      const before = later.with(
        0,
        later[0]!.replace(/"before":"./, '"before":"G').replace('G', later[0]!.includes('"before":"0') ? '1' : '0'),
      );
      expect(await wordsOf(before)).toEqual(['chain-broken 7']);
      await expect(exported(central, 13)).rejects.toThrow('has 11 entries');
    }));

  test('cannot be held to a checkpoint from before its beginning', () =>
    withLog(async ({ central }) => {
      const kept = await keptOf((await exported(central)).find((line) => line.startsWith('{"checkpoint"'))!);
      expect(await wordsOf(await exported(central, 8), kept)).toEqual(['log-short 5']);
      expect(await wordsOf(await exported(central, 6), kept)).toEqual([]);
    }));
});

test('two processes that sign at once come to one checkpoint of a size', () =>
  withLog(async ({ central, url }) => {
    const other = await openCentral({ database: url, now: () => 1_780_000_000_005 });
    const both = await Promise.all([central, other, central, other].map(({ audit }) => audit.checkpoint(signed)));
    expect(new Set(both.map((each) => Buffer.from(each!.document).toString('hex'))).size).toBe(1);
    expect(await wordsOf(await exported(other))).toEqual([]);
    expect((await other.audit.newestCheckpoint())?.size).toBe(11);
    await other.close();
  }));
