/** The power goes after every single write, and in the middle of the recovery from that: before or after, never between. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex, toSigned32 } from '../../src/bytes.ts';
import { SoftwareCard } from '../../src/software/card.ts';
import { channelOf } from '../../src/software/channel.ts';
import { CardImageError } from '../../src/software/image.ts';
import { IMAGE_BYTES, MemoryCardMemory, PAGE_BYTES } from '../../src/software/memory.ts';
import { keyOfValue } from '../aes.ts';
import { AID, type Bench, benchOf, blankBench, countingRandom, FILE, type Reader, readyBench, UID } from './driver.ts';

const NEW_KEY = fromHex('0F1E2D3C4B5A69788796A5B4C3D2E1F0');

/** What a card is, once it was powered on: its memory after recovery, but for the journal's body, which is scratch. */
function stateOf(memory: MemoryCardMemory): string {
  SoftwareCard.powerOn({ keyOfValue, random: countingRandom(), memory });
  const image = memory.read();
  return Buffer.from(concat(image.subarray(0, 64), image.subarray(4160))).toString('hex');
}

/** @param prepare up to the command that writes @param run that command */
function tearMatrix(make: () => Bench, run: (reader: Reader) => void): { writes: number; cells: number } {
  const whole = make();
  const before = stateOf(new MemoryCardMemory(whole.memory.read()));
  const from = whole.memory.writes;
  run(whole.reader);
  const writes = whole.memory.writes - from;
  const after = stateOf(new MemoryCardMemory(whole.memory.read()));
  expect(after).not.toBe(before);
  let cells = 0;
  let changes = 0;
  let previous = before;
  for (let cut = 0; cut <= writes; cut += 1) {
    const { reader, memory, card } = make();
    memory.powerCutAfterWrites(cut);
    if (cut < writes) expect(() => run(reader)).toThrow();
    else run(reader);
    // Mute until it is powered on again.
    if (cut < writes) expect(card.transmit(fromHex('9060000000'))).toHaveLength(0);
    memory.restorePower();
    const torn = memory.read();
    const recovered = stateOf(new MemoryCardMemory(torn));
    expect([before, after]).toContain(recovered);
    if (recovered !== previous) changes += 1;
    previous = recovered;
    cells += 1 + tearRecovery(torn, recovered);
  }
  // It happens at one write, and stays.
  expect(changes).toBe(1);
  return { writes, cells };
}

/** The power goes again after each write of the recovery. */
function tearRecovery(torn: Uint8Array, recovered: string): number {
  const probe = new MemoryCardMemory(torn);
  stateOf(probe);
  for (let cut = 0; cut < probe.writes; cut += 1) {
    const memory = new MemoryCardMemory(torn);
    memory.powerCutAfterWrites(cut);
    const card = SoftwareCard.powerOn({ keyOfValue, random: countingRandom(), memory });
    expect(card.transmit(fromHex('9060000000'))).toHaveLength(0);
    memory.restorePower();
    expect(stateOf(memory)).toBe(recovered);
  }
  return probe.writes;
}

function debit(reader: Reader): void {
  reader.changeValue('full', 0xdc, FILE.balance, 1200);
  reader.write('full', FILE.last, 0, new Uint8Array(26).fill(0x5a));
  reader.write('full', FILE.products, 100, new Uint8Array(64).fill(0x77));
  reader.write('full', FILE.log, 0, new Uint8Array(15).fill(0x33), 0x8b);
  reader.command('mac', 0xc8, [], new Uint8Array(16).fill(0x44));
}

function prepared(key: number, prepare: (reader: Reader) => void = () => {}): () => Bench {
  const image = readyBench().memory.read();
  return () => {
    const bench = benchOf(image);
    bench.reader.select();
    bench.reader.authenticate(key);
    prepare(bench.reader);
    return bench;
  };
}

describe('power lost after every write', () => {
  test.each<[string, () => Bench, (reader: Reader) => void]>([
    ['CommitTransaction', prepared(3, debit), (reader) => reader.command('mac', 0xc7, [1])],
    ['ChangeKey of another key', prepared(0), (reader) => reader.changeKey(3, NEW_KEY, 2, new Uint8Array(16))],
    ['ChangeKey of its own key', prepared(0), (reader) => reader.changeKey(0, NEW_KEY, 2)],
    [
      'WriteData to a standard file',
      prepared(3),
      (reader) => reader.write('full', FILE.standard, 3, new Uint8Array(150).fill(9)),
    ],
    ['CreateBackupDataFile', prepared(0), (reader) => reader.command('mac', 0xcb, [9, 0, 0, 0, 0, 2, 0])],
    [
      'CreateValueFile',
      prepared(0),
      (reader) => reader.command('mac', 0xcc, [9, 0, 0, 0, ...toSigned32(0), ...toSigned32(9), ...toSigned32(5), 0]),
    ],
    ['DeleteFile', prepared(0), (reader) => reader.command('mac', 0xdf, [FILE.standard])],
    [
      'ChangeFileSettings',
      prepared(0),
      (reader) => reader.command('full', 0x5f, [FILE.last], Uint8Array.of(1, 0x20, 0x23)),
    ],
    [
      'DeleteApplication',
      prepared(0),
      (reader) => reader.frames(0xda, reader.sealed('mac', 0xda, AID, new Uint8Array(0))).status === '9100' || fail(),
    ],
    ['CreateApplication', blankBench, (reader) => reader.command('plain', 0xca, [...AID, 0x0f, 0x85])],
  ])('%s', (_, make, run) => {
    const { writes, cells } = tearMatrix(make, run);
    expect(writes).toBeGreaterThan(2);
    expect(cells).toBeGreaterThan(writes);
  });

  test('a journal whose body does not fit its head is not redone', () => {
    const make = prepared(3, debit);
    const { memory: untouched } = make();
    const before = stateOf(untouched);
    const HEAD = 32;
    const BODY = 64;
    for (let cut = 1; ; cut += 1) {
      const { reader, memory } = make();
      memory.powerCutAfterWrites(cut);
      expect(() => reader.command('mac', 0xc7, [1])).toThrow();
      memory.restorePower();
      const torn = memory.read();
      if (torn[HEAD] === 0) continue;
      // The head is there, and no page has changed yet.
      torn[BODY + 5] = (torn[BODY + 5] ?? 0) ^ 1;
      const recovered = new MemoryCardMemory(torn);
      SoftwareCard.powerOn({ keyOfValue, random: countingRandom(), memory: recovered });
      expect(Buffer.from(recovered.read().subarray(4160)).toString('hex')).toBe(
        before.slice(-2 * (IMAGE_BYTES - 4160)),
      );
      break;
    }
  });

  test('a card that is made is not a card until all of it is there', () => {
    const options = { uid: UID, keyOfValue, random: countingRandom() };
    const whole = new MemoryCardMemory();
    SoftwareCard.blank({ ...options, memory: whole });
    const used = readyBench().memory.read();
    for (let cut = 1; cut < whole.writes; cut += 1) {
      const memory = new MemoryCardMemory(used);
      memory.powerCutAfterWrites(cut);
      expect(() => SoftwareCard.blank({ ...options, memory })).toThrow('power');
      memory.restorePower();
      expect(() => SoftwareCard.powerOn({ ...options, memory })).toThrow(CardImageError);
    }
  });
});

function fail(): never {
  throw new Error('refused');
}

describe('an image that is not ours', () => {
  const open = (image: Uint8Array) => () =>
    SoftwareCard.powerOn({ keyOfValue, random: countingRandom(), memory: new MemoryCardMemory(image) });

  test.each<[string, (image: Uint8Array) => Uint8Array]>([
    ['zeros', (image) => new Uint8Array(image.length)],
    ['another length', (image) => image.slice(1)],
    ['another beginning', (image) => image.map((byte, index) => (index === 2 ? byte ^ 1 : byte))],
    ['another version', (image) => image.map((byte, index) => (index === 8 ? byte + 1 : byte))],
    ['another uid', (image) => image.map((byte, index) => (index === 9 ? byte ^ 1 : byte))],
    ['a flipped bit in a key', (image) => image.map((byte, index) => (index === 4170 ? byte ^ 1 : byte))],
    ['a length beyond the state', (image) => image.map((byte, index) => (index === 4161 ? 0xff : byte))],
  ])('%s → card-image-damaged', (_, damage) => {
    const image = readyBench().memory.read();
    expect(image).toHaveLength(IMAGE_BYTES);
    expect(open(image)).not.toThrow();
    expect(open(damage(image))).toThrow(expect.objectContaining({ code: 'card-image-damaged' }));
  });

  test('a card needs a uid of 7 bytes', () => {
    const memory = new MemoryCardMemory();
    const options = { keyOfValue, random: countingRandom(), memory };
    expect(() => SoftwareCard.blank({ ...options, uid: UID.subarray(1) })).toThrow(RangeError);
  });

  test('a write has at most a page, and stays in the memory', () => {
    const memory = new MemoryCardMemory();
    expect(() => memory.write(0, new Uint8Array(PAGE_BYTES + 1))).toThrow('32 bytes');
    expect(() => memory.write(IMAGE_BYTES - 1, new Uint8Array(2))).toThrow('no memory');
  });
});

describe('a card pulled away', () => {
  const VERSION = fromHex('9060000000');

  test('before: the command does not arrive; after: it does, and so much of the answer as was kept', async () => {
    for (const [tear, answer] of [
      [{ exchange: 1, when: 'before' }, ''],
      [{ exchange: 1, when: 'after' }, ''],
      [{ exchange: 1, when: 'after', keepBytes: 3 }, '040101'],
    ] as const) {
      const { card } = readyBench();
      const channel = channelOf(card, { tear });
      expect(toHex(await channel.transmit(fromHex('905A00000300000000')))).toBe('9100');
      expect(toHex(await channel.transmit(VERSION))).toBe(answer);
      expect(await channel.transmit(VERSION)).toHaveLength(0);
      expect(channel.exchanges).toBe(2);
      channel.restore();
      expect(toHex(await channel.transmit(VERSION))).toBe('0401011200170591AF');
    }
  });

  test('a commit before which it was pulled away did not happen; one after which it was, did', async () => {
    for (const [when, balance] of [
      ['before', 5000],
      ['after', 4999],
    ] as const) {
      const { card, reader, memory } = readyBench(2, 'full', { readerId: 0xf });
      reader.changeValue('full', 0xdc, FILE.balance, 1);
      const body = reader.sealed('mac', 0xc7, new Uint8Array(0), new Uint8Array(0));
      const channel = channelOf(card, { tear: { exchange: 0, when } });
      expect(await channel.transmit(concat([0x90, 0xc7, 0, 0, body.length], body, [0]))).toHaveLength(0);
      expect(card.transmit(VERSION)).toHaveLength(0);
      const next = benchOf(memory.read()).reader;
      next.select();
      next.authenticate(2);
      expect(next.getValue('full', FILE.balance)).toBe(balance);
    }
  });

  test('exchanges and bytes are counted', async () => {
    const channel = channelOf(blankBench().card);
    await channel.transmit(VERSION);
    expect(channel.bytes).toEqual({ sent: 5, received: 9 });
    expect(toHex(channel.uid)).toBe(toHex(UID));
  });
});
