import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { amountOf, type JournalRecord } from '@retap/model';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatRecord, parseJournalPiece } from '../src/index.ts';
import { type JournalPiece, openJournal, type ReadJournalOptions, readJournal } from '../src/journal-files.ts';

const MIB = 2 ** 20;
const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function debit(serial: number): JournalRecord {
  return {
    ...{ terminal: 7, serial, type: 'debit', medium: 'M1', time: 1000 + serial, lastTime: 900, lastTerminal: 3 },
    ...{ amount: amountOf(-120), balance: amountOf(380), status: 'successful' },
  } as JournalRecord;
}

const lineOf = (serial: number) => formatRecord(debit(serial));
const linesOf = (count: number) => Array.from({ length: count }, (_, index) => lineOf(index + 1));

async function* chunksOf(bytes: Uint8Array, ...lengths: number[]): AsyncGenerator<Uint8Array> {
  let start = 0;
  for (let turn = 0; start < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? bytes.length;
    yield bytes.subarray(start, start + length);
    start += length;
  }
}

interface Read {
  readonly pieces: JournalPiece[];
  readonly serials: number[];
  readonly rejected: { line: number; reason: string }[];
  readonly fault: { readonly code: string; readonly message: string } | null;
}

async function read(source: AsyncIterable<Uint8Array>, options?: ReadJournalOptions): Promise<Read> {
  const pieces: JournalPiece[] = [];
  let fault: Read['fault'] = null;
  try {
    for await (const piece of readJournal(source, options)) pieces.push(piece);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    fault = { code, message };
  }
  return {
    pieces,
    serials: pieces.flatMap((piece) => piece.records.map((record) => record.serial)),
    rejected: pieces.flatMap((piece) => [...piece.rejected]),
    fault,
  };
}

const readText = (text: string, options?: ReadJournalOptions) => read(chunksOf(bytesOf(text)), options);

describe('a journal as text', () => {
  test('gives its records, with and without an end of the last line', async () => {
    for (const end of ['', '\n', '\r\n', '\n\n']) {
      expect(await readText(linesOf(3).join('\n') + end)).toMatchObject({
        serials: [1, 2, 3],
        rejected: [],
        fault: null,
      });
    }
  });

  test('that is empty or blank gives nothing', async () => {
    for (const text of ['', '\n', '\ufeff', '\r\n \t\n']) {
      expect(await readText(text)).toMatchObject({ pieces: [], fault: null });
    }
  });

  test('with bad lines keeps the others, and numbers lines from 1', async () => {
    const text = `\ufeff\r\n${lineOf(1)}\r\nnonsense\r\n\r\n${lineOf(2)}\r\n{"terminal":7,"ser`;
    expect(await readText(text)).toMatchObject({
      serials: [1, 2],
      rejected: [
        { line: 3, reason: 'not JSON: "nonsense"' },
        { line: 6, reason: 'not JSON: the line is cut off, it ends without "}"' },
      ],
    });
  });

  test('ignores a byte-order mark at its start only', async () => {
    const { serials, rejected } = await readText(`\ufeff${lineOf(1)}\n\ufeff${lineOf(2)}\n`);
    expect({ serials, lines: rejected.map(({ line }) => line) }).toEqual({ serials: [1], lines: [2] });
  });

  test('with a line that is not UTF-8 rejects that line, and takes U+FFFD for what it is', async () => {
    const bad = Uint8Array.from([0x22, 0xff, 0x22, 0x0a]);
    const bytes = Uint8Array.from([...bytesOf(`${lineOf(1)}\n`), ...bad, ...bytesOf(`"\ufffd"\n${lineOf(2)}`)]);
    expect(await read(chunksOf(bytes))).toMatchObject({
      serials: [1, 2],
      rejected: [
        { line: 2, reason: 'not UTF-8 text' },
        { line: 3, reason: 'a record must be an object, not "\ufffd"' },
      ],
    });
  });

  test.each([4096, 3 * MIB])('rejects a line longer than 1 MiB and reads on, in chunks of %i bytes', async (length) => {
    const text = `${lineOf(1)}\n${'x'.repeat(MIB + 1)}\n${lineOf(2)}${' '.repeat(MIB)}\n${lineOf(3)}\n`;
    expect(await read(chunksOf(bytesOf(text), length))).toMatchObject({
      serials: [1, 3],
      rejected: [
        { line: 2, reason: 'longer than 1 MiB' },
        { line: 3, reason: 'longer than 1 MiB' },
      ],
    });
  });

  test('takes a line of exactly 1 MiB', async () => {
    const text = lineOf(1).padEnd(MIB, ' ');
    expect(await read(chunksOf(bytesOf(`${text}\n${text}`), 5000))).toMatchObject({ serials: [1, 1], rejected: [] });
  });

  test('does not keep an endless line in memory', async () => {
    const block = new Uint8Array(MIB).fill(0x78);
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < 512; count += 1) yield block;
      yield bytesOf(`\n${lineOf(1)}\n`);
    }
    const before = process.memoryUsage().rss;
    expect(await read(endless())).toMatchObject({ serials: [1], rejected: [{ line: 1, reason: 'longer than 1 MiB' }] });
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * MIB);
  });

  test('is not mixed up when the source fills the same memory again', async () => {
    const bytes = bytesOf(linesOf(3).join('\n'));
    const memory = new Uint8Array(50);
    async function* reused(): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunksOf(bytes, memory.length)) {
        memory.set(chunk);
        yield memory.subarray(0, chunk.length);
      }
    }
    expect(await read(reused())).toMatchObject({ serials: [1, 2, 3], rejected: [] });
  });
});

describe('pieces', () => {
  test('hold a number of lines each, know where they begin, and cover the journal', async () => {
    const lines = [...linesOf(3), '', 'bad', 'bad', ...linesOf(2)];
    const { pieces } = await readText(lines.join('\r\n'), { recordsMax: 3 });
    expect(pieces.map(({ firstLine, records, rejected }) => [firstLine, records.length, rejected.length])).toEqual([
      [1, 3, 0],
      [4, 1, 2],
      [8, 1, 0],
    ]);
  });

  test('have a body of exactly their good lines, which reads as their records', async () => {
    const spaced = lineOf(2).replaceAll(',', ' , ');
    const { pieces } = await readText(`\ufeff${lineOf(1)}\r\nbad\r\n\r\n${spaced}\r\n`);
    expect(pieces.map(({ body }) => textOf(body))).toEqual([`${lineOf(1)}\n${spaced}`]);
    const body = parseJournalPiece(pieces[0]?.body ?? new Uint8Array(0));
    expect(body).toMatchObject({ records: [{ record: debit(1) }, { record: debit(2) }], rejected: [] });
  });

  test('end early where their lines are long, so that a body stays within its bounds', async () => {
    const line = lineOf(1).padEnd(MIB, ' ');
    const { pieces } = await readText(Array(20).fill(line).join('\n'));
    expect(pieces.map(({ records }) => records.length)).toEqual([16, 4]);
  });

  test('say how many bytes of the file were taken in', async () => {
    const packed = gzipSync(linesOf(3).join('\n'));
    const { pieces } = await read(chunksOf(packed, 10));
    expect(pieces.map(({ bytesRead }) => bytesRead)).toEqual([packed.length]);
  });

  test('of no lines are our own mistake', async () => {
    await expect(readJournal(chunksOf(bytesOf('')), { recordsMax: 0 }).next()).rejects.toThrow(RangeError);
  });

  test('need not all be read: the source is closed', async () => {
    const source = Readable.from(linesOf(5).map((line) => Buffer.from(`${line}\n`)));
    for await (const piece of readJournal(source, { recordsMax: 1 })) {
      expect(piece.firstLine).toBe(1);
      break;
    }
    expect(source.destroyed).toBe(true);
  });
});

describe('a journal in gzip', () => {
  const lines = linesOf(2000);
  const packed = gzipSync(lines.join('\n'));

  test('is recognised by its content, whatever the chunks', async () => {
    for (const length of [1, 7, 4096, packed.length]) {
      expect(await read(chunksOf(packed, length))).toMatchObject({
        serials: { length: 2000 },
        rejected: [],
        fault: null,
      });
    }
  });

  test('may have several members, cut anywhere, even within a line', async () => {
    const text = bytesOf(lines.slice(0, 20).join('\n'));
    const members = [text.subarray(0, 100), text.subarray(100, 2000), text.subarray(2000)].map((part) =>
      gzipSync(part),
    );
    for (const length of [1, members[0]?.length ?? 0, 10_000]) {
      expect((await read(chunksOf(Buffer.concat(members), length))).serials).toHaveLength(20);
    }
  });

  test('may be padded with zeros', async () => {
    for (const length of [100, 100_000]) {
      const padded = Buffer.concat([packed, Buffer.alloc(50_000)]);
      expect(await read(chunksOf(padded, length))).toMatchObject({ serials: { length: 2000 }, fault: null });
    }
  });

  test('that ends early gives the records before the cut, then says so', async () => {
    for (const share of [0.25, 0.5, 0.99]) {
      const { serials, rejected, fault } = await read(chunksOf(packed.subarray(0, packed.length * share), 1000));
      expect(serials.length).toBeGreaterThan(2000 * (share - 0.25));
      expect(serials).toEqual(serials.map((_, index) => index + 1));
      expect(rejected).toEqual([]);
      expect(fault).toEqual({
        code: 'journal-truncated',
        message: `after line ${serials.length}: the gzip stream ends early; get the whole file again`,
      });
    }
  });

  test('cut at every byte is never taken for whole', async () => {
    const small = gzipSync(linesOf(2).join('\n'));
    for (let length = 2; length < small.length; length += 1) {
      expect((await read(chunksOf(small.subarray(0, length)))).fault?.code, `cut at ${length}`).toBe(
        'journal-truncated',
      );
    }
  });

  test('that is damaged, or followed by something else, gives what came before, then says so', async () => {
    const damaged = Buffer.from(packed);
    const middle = Math.floor(packed.length / 2);
    damaged.fill(0xff, middle, middle + 50);
    const followed = Buffer.concat([packed, Buffer.from(`\n${lineOf(1)}\n`)]);
    expect((await read(chunksOf(damaged, 500))).fault?.code).toBe('journal-damaged');
    expect((await read(chunksOf(damaged, 500))).serials.length).toBeGreaterThan(100);
    const { serials, fault } = await read(chunksOf(followed, packed.length));
    expect({ count: serials.length, code: fault?.code }).toEqual({ count: 1999, code: 'journal-damaged' });
  });
});

test('however it is packed and cut into chunks, a journal reads as its plain text does', async () => {
  const line = fc.oneof(fc.integer({ min: 1, max: 99 }).map(lineOf), fc.constantFrom('', 'bad', '{"terminal":', '"ä"'));
  const form = fc.record({
    end: fc.constantFrom('\n', '\r\n'),
    mark: fc.boolean(),
    gzip: fc.boolean(),
    lengths: fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 12 }), form, async (lines, { end, mark, gzip, lengths }) => {
      const plain = await readText(lines.join('\n'));
      const text = bytesOf((mark ? '\ufeff' : '') + lines.join(end));
      const other = await read(chunksOf(gzip ? gzipSync(text) : text, ...lengths));
      expect(other).toEqual({ ...plain, pieces: expect.anything() });
      expect(other.pieces.map(({ body }) => textOf(body))).toEqual(plain.pieces.map(({ body }) => textOf(body)));
    }),
    { numRuns: 100 },
  );
});

describe('opening a journal', () => {
  let directory = '';
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'retap-journal-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test('gives its bytes and its size', async () => {
    const path = join(directory, 'j.ndjson');
    await writeFile(path, linesOf(3).join('\n'));
    const { bytes, size } = await openJournal(path);
    const { serials, pieces } = await read(bytes);
    expect(serials).toEqual([1, 2, 3]);
    expect(pieces.at(-1)?.bytesRead).toBe(size);
  });

  test('that is not there, or a directory, says so', async () => {
    const missing = join(directory, 'none.ndjson');
    await expect(openJournal(missing)).rejects.toMatchObject({
      code: 'journal-not-found',
      message: `${missing}: no such file; check the name`,
    });
    await expect(openJournal(directory)).rejects.toMatchObject({
      code: 'journal-is-directory',
      message: `${directory}: is a directory; name the journal files in it`,
    });
  });

  test.each([
    ['EISDIR', 'journal-is-directory'],
    ['EACCES', 'journal-forbidden'],
    ['EIO', 'journal-unreadable'],
  ])('a source that breaks with %s is %s, and what was read before stands', async (system, code) => {
    async function* breaking(): AsyncGenerator<Uint8Array> {
      yield bytesOf(`${lineOf(1)}\n${lineOf(2)}`);
      throw Object.assign(new Error('read'), { code: system });
    }
    expect(await read(breaking())).toMatchObject({ serials: [1], rejected: [], fault: { code } });
  });

  test('a mistake in the source itself is not taken for a fault of the file', async () => {
    const source: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new TypeError('mistake')) }),
    };
    await expect(readJournal(source).next()).rejects.toThrow(TypeError);
  });
});
