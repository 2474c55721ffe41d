/** Frames: native and wrapped, chains, ISO SELECT, the question for the UID; what independent clients do without a key. */
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex } from '../../src/bytes.ts';
import { AID, blankBench, FILE, readyBench, textOf, UID } from './driver.ts';

const DF_NAME = 'F0524554415001';

describe('without a key, as mifare-desfire-info asks', () => {
  test('native: version in three frames, applications, settings, key version, free memory', () => {
    const { card } = readyBench();
    const native = (text: string) => toHex(card.transmit(fromHex(text)));
    expect(native('5A000000')).toBe('00');
    expect(native('60')).toBe('AF04010112001705');
    expect(native('AF')).toBe('AF04010112001705');
    expect(native('AF')).toBe(`00${toHex(UID)}00000000000000`);
    expect(native('6A')).toBe('00525450');
    expect(native('45')).toBe('000F81');
    expect(native('6400')).toBe('0000');
    expect(native('6480')).toBe('0000');
    expect(native('6E')).toMatch(/^00....00$/);
    expect(native('99')).toBe('1C');
  });

  test('wrapped: the same, status in 91 xx', () => {
    const { card } = readyBench();
    const wrapped = (text: string) => toHex(card.transmit(fromHex(text)));
    expect(wrapped('905A00000300000000')).toBe('9100');
    expect(wrapped('9060000000')).toBe('0401011200170591AF');
    expect(wrapped('90AF0000')).toBe('0401011200170591AF');
    expect(wrapped('90AF000000')).toBe(`${toHex(UID)}000000000000009100`);
    expect(wrapped('906A000000')).toBe('5254509100');
    expect(wrapped('9045000000')).toBe('0F819100');
  });

  test('of an application whose list is free: files and their settings', () => {
    const { reader } = readyBench();
    const plain = (code: number, ...body: number[]) => toHex(reader.command('plain', code, body));
    reader.select();
    expect(plain(0x6f)).toBe('00010203040' + '50F');
    expect(plain(0x45)).toBe('0B85');
    expect(plain(0xf5, FILE.standard)).toBe('00032013C80000');
    expect(plain(0xf5, FILE.last)).toBe('01032013200000');
    expect(plain(0xf5, FILE.balance)).toBe('0203201300000000A08601000000000001');
    expect(plain(0xf5, FILE.linear)).toBe('03032013080000030000000000');
    expect(plain(0xf5, FILE.log)).toBe('04032013100000050000000000');
    expect(plain(0xf5, FILE.mac)).toBe('0503302F0201');
  });
});

describe('ISO/IEC 7816-4', () => {
  const select = (text: string) => {
    const { card } = readyBench();
    return toHex(card.transmit(fromHex(text)));
  };

  test.each([
    ['the application by DF name', `00A4040007${DF_NAME}00`, '9000'],
    ['the application by DF name, without Le', `00A4040C07${DF_NAME}`, '9000'],
    ['the card by its registered name', '00A4040007D276000085010000', '9000'],
    ['the application by its file identifier', '00A40000025254', '9000'],
    ['the master file', '00A40000023F00', '9000'],
    ['the master file by no identifier', '00A40000', '9000'],
    ['a name that nobody has', '00A4040003F0524500', '6A82'],
    ['an identifier that nobody has', '00A40000021234', '6A82'],
    ['an elementary file that is not there', '00A4020C02E103', '6A82'],
    ['an identifier of one byte', '00A400000112', '6700'],
    ['a name of 17 bytes', `00A4040011${'11'.repeat(17)}`, '6700'],
    ['by a path', '00A4080C025254', '6A86'],
    ['with control parameters', `00A4040407${DF_NAME}`, '6A86'],
    ['another instruction', '00B0000010', '6D00'],
    ['another class', '8060000000', '6E00'],
    ['a wrapped command with parameters', '9060010000', '6A86'],
    ['an Lc that does not fit', '905A00000552545000', '6700'],
    ['three bytes', '906000', '6700'],
    ['nothing', '', '6700'],
    ['the UID, of the reader', 'FFCA000000', `${toHex(UID)}9000`],
    ['another question to the reader', 'FFCA010000', '6D00'],
  ])('%s', (_, command, answer) => {
    expect(select(command)).toBe(answer);
  });

  test('SELECT by name selects: the application answers, and the session is over', () => {
    const { card, reader } = readyBench(2);
    expect(toHex(card.transmit(fromHex(`00A4040007${DF_NAME}00`)))).toBe('9000');
    expect(reader.frame(0x6c, [FILE.balance]).status).toBe('91AE');
    expect(reader.frame(0x6f).status).toBe('9100');
  });

  test('SELECT of an elementary file leaves the session alone', () => {
    const { card, reader } = blankBench();
    reader.command('plain', 0xca, [...AID, 0x0f, 0xa1]);
    reader.select();
    reader.authenticate(0);
    reader.command('mac', 0xcd, [1, 0x03, 0xe1, 0, 0xee, 0xee, 4, 0, 0]);
    expect(() => reader.command('mac', 0xcd, [2, 0x03, 0xe1, 0, 0xee, 0xee, 4, 0, 0])).toThrow('91DE');
    reader.authenticate(0);
    expect(toHex(card.transmit(fromHex('00A4020C02E103')))).toBe('9000');
    expect(reader.command('mac', 0x6f, [])).toEqual(Uint8Array.of(1));
  });

  test('SELECT in the middle of an authentication ends it', () => {
    const { card, reader } = readyBench(2);
    reader.frame(0x71, [0, 0]);
    card.transmit(fromHex(`00A4040007${DF_NAME}00`));
    expect(reader.frame(0xaf, new Uint8Array(32)).status).toBe('911C');
  });
});

describe('chains', () => {
  const data = Uint8Array.from({ length: 200 }, (_, index) => index);
  const header = [FILE.standard, 0, 0, 0, 200, 0, 0];

  test.each(['plain', 'mac', 'full'] as const)(
    '3D and BD by AF, in frames of 52 and of the card’s own, mode %s',
    (mode) => {
      const { reader } = readyBench(2, mode);
      const body = reader.sealed(mode, 0x3d, Uint8Array.from(header), data);
      let answer = reader.frame(0x3d, body.subarray(0, 52));
      for (let at = 52; at < body.length; at += 52) {
        expect(answer).toEqual({ status: '91AF', data: new Uint8Array(0) });
        answer = reader.frame(0xaf, body.subarray(at, at + 52));
      }
      reader.opened(mode, answer);
      const sealed = reader.sealed(mode, 0xbd, Uint8Array.from(header), new Uint8Array(0));
      const first = reader.frame(0xbd, sealed);
      expect([first.status, first.data.length]).toEqual(['91AF', 123]);
      const rest = reader.frame(0xaf);
      expect(reader.opened(mode, { ...rest, data: concat(first.data, rest.data) })).toEqual(data);
    },
  );

  test('native frames hold 59 bytes of data', () => {
    const { card, reader } = readyBench(2, 'plain');
    reader.write('plain', FILE.standard, 0, data);
    const lengths = [card.transmit(Uint8Array.of(0xbd, ...header)).length];
    for (let frames = 0; frames < 3; frames += 1) lengths.push(card.transmit(Uint8Array.of(0xaf)).length);
    expect(lengths).toEqual([60, 60, 60, 24]);
  });

  test('8D comes whole or not at all, AD answers whole', () => {
    const { reader } = readyBench(2, 'plain');
    expect(reader.frame(0x8d, [...header, ...data.subarray(0, 52)]).status).toBe('917E');
    reader.authenticate(2);
    reader.write('plain', FILE.standard, 0, data);
    expect(reader.frame(0xad, header)).toEqual({ status: '9100', data });
  });

  test('more than was announced → 917E; AF with nothing in it → 917E; AF with data where none is awaited → 917E', () => {
    const { reader } = readyBench(2, 'plain');
    reader.frame(0x3d, [...header, ...data.subarray(0, 199)]);
    expect(reader.frame(0xaf, [1, 2]).status).toBe('917E');
    reader.authenticate(2);
    reader.frame(0x3d, [...header, 1]);
    expect(reader.frame(0xaf).status).toBe('917E');
    reader.authenticate(2);
    reader.frame(0xbd, header);
    expect(reader.frame(0xaf, [1]).status).toBe('917E');
  });

  test('another command in the middle → 91CA, and nothing of the chain is written', () => {
    const { reader, memory } = readyBench(2, 'plain');
    const before = textOf(memory);
    reader.frame(0x3d, [...header, ...data.subarray(0, 100)]);
    expect(reader.frame(0x6f).status).toBe('91CA');
    expect(reader.frame(0xaf, data.subarray(100)).status).toBe('911C');
    expect(textOf(memory)).toBe(before);
  });

  test('frames of 64 and 256 bytes, and none smaller or larger', () => {
    for (const [frameBytes, first] of [
      [64, 59],
      [256, 200],
    ] as const) {
      const { reader } = blankBench(frameBytes);
      reader.command('plain', 0xca, [...AID, 0x0f, 0x81]);
      reader.select();
      reader.command('plain', 0xcd, [1, 0, 0xee, 0xee, 200, 0, 0]);
      expect(reader.frame(0xbd, [1, 0, 0, 0, 0, 0, 0]).data).toHaveLength(first);
    }
    expect(() => blankBench(63)).toThrow(RangeError);
    expect(() => blankBench(257)).toThrow(RangeError);
  });
});
