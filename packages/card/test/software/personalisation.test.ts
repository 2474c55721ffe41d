/** What an issuer does to a card: keys, settings, files, applications; and what of it is final. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex, fromLittleEndian, toHex, toSigned32 } from '../../src/bytes.ts';
import { AID, type Bench, benchOf, blankBench, FILE, type Reader, readyBench, UID, ZERO_KEY } from './driver.ts';

const PICC = fromHex('000000');
const NEW_KEY = fromHex('00112233445566778899AABBCCDDEEFF');

/** A blank card with one application of five keys; its master is authenticated. */
function withApplication(settings: number): Bench {
  const bench = blankBench();
  bench.reader.command('plain', 0xca, [...AID, settings, 0x85]);
  bench.reader.select();
  bench.reader.authenticate(0);
  return bench;
}

function freeBytes(reader: Reader): number {
  reader.select(PICC);
  return fromLittleEndian(reader.command('plain', 0x6e, []));
}

describe('who may change keys', () => {
  /** Bits 4 … 7 of the key settings; then who changes key 2, and what the card says. */
  test.each([
    ['the master', 0x0f, 0, '9100'],
    ['not key 1, where it is the master', 0x0f, 1, '91AE'],
    ['key 1, where it is named', 0x1f, 1, '9100'],
    ['not the master, where key 1 is named', 0x1f, 0, '91AE'],
    ['each key itself', 0xef, 2, '9100'],
    ['not the master, where each key changes itself', 0xef, 0, '91AE'],
    ['nobody, where they are frozen', 0xff, 0, '919D'],
  ])('%s', (_, settings, changer, status) => {
    const { reader } = withApplication(settings);
    reader.authenticate(changer);
    const change = () => reader.changeKey(2, NEW_KEY, 9, changer === 2 ? null : ZERO_KEY);
    if (status !== '9100') return expect(change).toThrow(status);
    change();
    reader.select();
    expect(reader.authenticate(2, NEW_KEY)).toBe('9100');
    return expect(reader.command('mac', 0x64, [2])).toEqual(Uint8Array.of(9));
  });

  test('the master key itself is final where the settings say so', () => {
    const { reader } = withApplication(0x0e);
    expect(() => reader.changeKey(0, NEW_KEY, 1)).toThrow('919D');
  });

  test('the card’s own master key, by either of its numbers', () => {
    for (const number of [0x00, 0x80]) {
      const { reader, memory } = blankBench();
      reader.authenticate(0);
      reader.changeKey(number, NEW_KEY, 3);
      const next = benchOf(memory.read()).reader;
      expect(next.authenticate(0)).toBe('91AE');
      expect(next.authenticate(0, NEW_KEY)).toBe('9100');
      expect(next.command('mac', 0x64, [0])).toEqual(Uint8Array.of(3));
    }
  });

  test('settings are changed by the master alone, and last', () => {
    const { reader, memory } = withApplication(0x0f);
    reader.command('full', 0x54, [], Uint8Array.of(0x1b));
    const next = benchOf(memory.read()).reader;
    next.select();
    expect(toHex(next.command('plain', 0x45, []))).toBe('1B85');
    next.authenticate(1);
    expect(() => next.command('full', 0x54, [], Uint8Array.of(0x0f))).toThrow('91AE');
    next.authenticate(0);
    expect(() => next.command('full', 0x54, [], Uint8Array.of(1, 2))).toThrow('917E');
  });
});

describe('the card as a whole', () => {
  test('FormatPICC gives all memory back, and keeps the master key', () => {
    const { reader } = readyBench(0);
    const used = freeBytes(reader);
    reader.authenticate(0);
    reader.changeKey(0, NEW_KEY, 1);
    reader.authenticate(0, NEW_KEY);
    expect(() => reader.command('mac', 0xfc, [1])).toThrow('917E');
    reader.authenticate(0, NEW_KEY);
    reader.command('mac', 0xfc, []);
    expect(reader.command('mac', 0x6a, [])).toHaveLength(0);
    expect(freeBytes(reader)).toBeGreaterThan(used + 500);
    expect(freeBytes(reader)).toBe(freeBytes(blankBench().reader));
    expect(reader.authenticate(0, NEW_KEY)).toBe('9100');
  });

  test('SetConfiguration 00 forbids FormatPICC for ever', () => {
    const { reader } = blankBench();
    const configure = (...flags: number[]) => reader.command('full', 0x5c, [0], Uint8Array.from(flags));
    reader.authenticate(0);
    configure(0);
    reader.command('mac', 0xfc, []);
    configure(1);
    configure(0);
    expect(() => reader.command('mac', 0xfc, [])).toThrow('919D');
    for (const [flags, status] of [
      [[2], '919E'],
      [[], '917E'],
    ] as const) {
      reader.authenticate(0);
      expect(() => configure(...flags)).toThrow(status);
    }
  });

  test('SetConfiguration 01 says which key a new application begins with', () => {
    const { reader } = blankBench();
    const configure = (option: number, data: Uint8Array) => reader.command('full', 0x5c, [option], data);
    reader.authenticate(0);
    configure(1, concat(NEW_KEY, new Uint8Array(8), [0x2a]));
    reader.command('mac', 0xca, [...AID, 0x0f, 0x82]);
    reader.select();
    expect(reader.authenticate(1, NEW_KEY)).toBe('9100');
    expect(reader.command('mac', 0x64, [1])).toEqual(Uint8Array.of(0x2a));
    reader.select(PICC);
    reader.authenticate(0);
    expect(() => configure(1, NEW_KEY)).toThrow('917E');
    reader.authenticate(0);
    expect(() => configure(2, Uint8Array.of(6, 0x77))).toThrow('919E');
    expect(() => configure(0, Uint8Array.of(1))).toThrow('91AE');
  });

  test('GetVersion and GetCardUID in a session: one MAC over three frames, and an encrypted answer', () => {
    const { reader } = readyBench(1);
    expect(toHex(reader.command('mac', 0x60, []))).toBe(`0401011200170504010112001705${toHex(UID)}00000000000000`);
    expect(reader.command('mac', 0x51, [], new Uint8Array(0), 'full')).toEqual(UID);
  });

  test('DeleteApplication from outside, by the card’s master key, gives its memory back', () => {
    const { reader } = readyBench(0);
    reader.select(PICC);
    expect(() => reader.command('plain', 0xda, [...AID])).toThrow('91AE');
    reader.authenticate(0);
    reader.command('mac', 0xda, [...AID]);
    // It is still at PICC level, and still in its session.
    expect(reader.command('mac', 0x6a, [])).toHaveLength(0);
    expect(freeBytes(reader)).toBe(freeBytes(blankBench().reader));
  });

  test('one application’s master deletes no other', () => {
    const { reader } = readyBench(0);
    reader.select(PICC);
    reader.command('plain', 0xca, [9, 0, 0, 0x0f, 0x81]);
    reader.select();
    reader.authenticate(0);
    expect(() => reader.command('mac', 0xda, [9, 0, 0])).toThrow('919D');
  });
});

describe('files', () => {
  test('ChangeFileSettings by the change key: other rights and another mode from then on', () => {
    const { reader } = readyBench(0);
    reader.command('full', 0x5f, [FILE.last], Uint8Array.of(0x01, 0x20, 0x2f));
    reader.authenticate(1);
    expect(() => reader.read('full', FILE.last, 0, 1)).toThrow('91AE');
    reader.authenticate(2);
    expect(reader.read('mac', FILE.last, 0, 1)).toEqual(Uint8Array.of(0));
    reader.authenticate(0);
    expect(() => reader.command('full', 0x5f, [FILE.last], Uint8Array.of(1))).toThrow('917E');
    reader.authenticate(0);
    expect(() => reader.command('full', 0x5f, [FILE.last], Uint8Array.of(0x20, 0, 0))).toThrow('919E');
  });

  test('ChangeFileSettings in plain where anyone may', () => {
    const { reader } = withApplication(0x0f);
    reader.command('mac', 0xcd, [1, 0x00, 0xee, 0xee, 4, 0, 0]);
    reader.select();
    reader.command('plain', 0x5f, [1], Uint8Array.of(0x00, 0xff, 0xff));
    expect(() => reader.read('plain', 1, 0, 0)).toThrow('919D');
    reader.select();
    expect(() => reader.command('plain', 0x5f, [1], Uint8Array.of(0x00, 0xee, 0xee))).toThrow('919D');
  });

  test('whoever may not create may not delete, where the settings say so', () => {
    const { reader } = readyBench(1);
    expect(() => reader.command('mac', 0xcd, [9, 0, 0, 0, 1, 0, 0])).toThrow('91AE');
    const free = withApplication(0x0f).reader;
    free.select();
    free.command('plain', 0xcd, [9, 0, 0xee, 0xee, 1, 0, 0]);
    free.command('plain', 0xdf, [9]);
    expect(free.command('plain', 0x6f, [])).toHaveLength(0);
  });

  test('a TransactionMAC file is created and deleted by the master only, even where creation is free', () => {
    const { reader } = withApplication(0x0f);
    const create = () => reader.command('full', 0xce, [0x0f, 1, 0xf0, 0x1f, 2], concat(NEW_KEY, [1]));
    reader.authenticate(1);
    expect(create).toThrow('91AE');
    reader.authenticate(0);
    create();
    reader.authenticate(1);
    expect(() => reader.command('mac', 0xdf, [0x0f])).toThrow('91AE');
    reader.authenticate(0);
    reader.command('mac', 0xdf, [0x0f]);
    expect(reader.command('mac', 0x6f, [])).toHaveLength(0);
  });

  test('a value that is free to read is read in plain by anyone, and by its key in the file’s mode', () => {
    const { reader } = withApplication(0x0f);
    const amounts = [-10, 10, -3].flatMap((amount) => [...toSigned32(amount)]);
    reader.command('mac', 0xcc, [1, 3, 0x11, 0x11, ...amounts, 2]);
    expect(reader.getValue('plain', 1)).toBe(-3);
    reader.authenticate(1);
    expect(reader.getValue('full', 1)).toBe(-3);
    reader.select();
    expect(reader.getValue('plain', 1)).toBe(-3);
    expect(() => reader.changeValue('plain', 0xdc, 1, 1)).toThrow('91AE');
  });

  test('limited credit is refused where it was not enabled', () => {
    const { reader } = withApplication(0x0f);
    const amounts = [0, 10, 5].flatMap((amount) => [...toSigned32(amount)]);
    reader.command('mac', 0xcc, [1, 0, 0xee, 0xee, ...amounts, 0]);
    expect(() => reader.changeValue('plain', 0x1c, 1, 0)).toThrow('919D');
  });

  test('everything free: a transaction without any key, its proof and reader identity included', () => {
    const { reader } = withApplication(0x0f);
    const amounts = [0, 10, 5].flatMap((amount) => [...toSigned32(amount)]);
    reader.command('mac', 0xcc, [1, 0, 0xee, 0xee, ...amounts, 0]);
    reader.command('full', 0xce, [0x0f, 0, 0xe0, 0xef, 2], concat(NEW_KEY, [1]));
    reader.select();
    reader.changeValue('plain', 0xdc, 1, 2);
    // Only who is authenticated is told who was here before.
    expect(reader.command('plain', 0xc8, [], NEW_KEY)).toHaveLength(0);
    expect(toHex(reader.command('plain', 0xc7, [1]).subarray(0, 4))).toBe('01000000');
    expect(reader.getValue('plain', 1)).toBe(3);
  });
});
