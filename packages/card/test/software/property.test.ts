/** Whatever is sent, the card answers; and what it holds changes only by commands that say so. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { concat, toHex, toLittleEndian, toSigned32 } from '../../src/bytes.ts';
import { COMM_MODES, type CommMode } from '../../src/messaging.ts';
import { SoftwareCard } from '../../src/software/card.ts';
import { MemoryCardMemory } from '../../src/software/memory.ts';
import { keyOfValue } from '../aes.ts';
import { AID, benchOf, countingRandom, FILE, Reader, readyBench, textOf } from './driver.ts';

const image = readyBench().memory.read();
const text = textOf(new MemoryCardMemory(image));

const CODES = [
  0x5a, 0x71, 0x77, 0xaf, 0xbd, 0xad, 0x3d, 0x8d, 0x6c, 0x0c, 0xdc, 0x1c, 0xbb, 0xab, 0x3b, 0x8b, 0xeb, 0xc7, 0xc8,
  0xa7, 0xf5, 0x51, 0x60, 0x64, 0xc4, 0xca, 0xcb, 0xcc, 0xc0, 0xc1, 0xce, 0xcd, 0x5f, 0x5c, 0x45, 0x6a, 0x6e, 0x6f,
  0xda, 0xfc, 0xdf, 0x54, 0x1a, 0xaa, 0x99,
];
/** What alters the card when it is allowed: of the commands that no key is needed for, only CreateApplication. */
const ALTERS_WITHOUT_KEY = [0xca];

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const body = fc.oneof(
  bytes(60),
  fc.tuple(fc.constantFrom(...Object.values(FILE)), bytes(12)).map(([file, rest]) => concat([file], rest)),
);
const native = fc.tuple(fc.constantFrom(...CODES), body).map(([code, data]) => concat([code], data));
const wrapped = fc
  .tuple(fc.constantFrom(...CODES), body, fc.boolean())
  .map(([code, data, hasLe]) =>
    concat([0x90, code, 0, 0], data.length > 0 ? [data.length] : [], data, hasLe ? [0] : []),
  );
const select = fc
  .constantFrom('905A00000352545000', '00A4040007F052455441500100', '905A00000300000000')
  .map((text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)));
const frame = fc.oneof(bytes(40), native, wrapped, select);

test('any sequence of frames is answered, and without a key changes no file, key or setting', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 25 }), (frames) => {
      const memory = new MemoryCardMemory(image);
      const card = SoftwareCard.powerOn({ keyOfValue, random: countingRandom(), memory });
      for (const command of frames) {
        const answer = card.transmit(command);
        const isNative = command.length > 0 && ![0x00, 0x90, 0xff].includes(command[0] ?? 0);
        expect(answer.length).toBeGreaterThanOrEqual(isNative ? 1 : 2);
      }
      const isCreated = frames.some((one) => ALTERS_WITHOUT_KEY.some((code) => one[0] === code || one[1] === code));
      if (!isCreated) expect(textOf(memory)).toBe(text);
      // The account is there as before, whatever else was created beside it.
      const { reader } = benchOf(memory.read());
      reader.select();
      reader.authenticate(1);
      expect(reader.getValue('full', FILE.balance)).toBe(5000);
    }),
    { numRuns: 300 },
  );
});

/** A step of a session with key 2, well formed or not. */
type Step = (reader: Reader) => void;

const attempt =
  (run: Step): Step =>
  (reader) => {
    try {
      run(reader);
    } catch (error) {
      // A refusal ends the session: begin another.
      expect((error as Error).message).toMatch(/^91/);
      reader.select();
      reader.authenticate(2);
    }
  };

const mode = fc.constantFrom<CommMode>('full', ...COMM_MODES);
const amount = fc.oneof(fc.integer({ min: 0, max: 3000 }), fc.integer());
const offset = fc.nat(40);
const uncommitted: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(mode, fc.constantFrom(0x0c, 0xdc, 0x1c), amount)
    .map(([m, code, a]) => attempt((reader) => reader.changeValue(m, code, FILE.balance, a))),
  fc
    .tuple(mode, fc.constantFrom(FILE.last, FILE.products), offset, bytes(20))
    .map(([m, file, at, data]) => attempt((reader) => reader.write(m, file, at, data))),
  fc
    .tuple(mode, fc.constantFrom(FILE.log, FILE.linear), fc.nat(10), bytes(10))
    .map(([m, file, at, data]) => attempt((reader) => reader.write(m, file, at, data, 0x8b))),
  fc.constant(attempt((reader) => reader.command('mac', 0xeb, [FILE.log]))),
  fc.constant(attempt((reader) => reader.command('mac', 0xa7, []))),
  fc
    .tuple(mode, offset, fc.nat(40))
    .map(([m, at, length]) => attempt((reader) => reader.read(m, FILE.last, at, length))),
  fc.constant(attempt((reader) => reader.authenticate(3, undefined, 0x77))),
);

test('what was not committed leaves no trace', () => {
  fc.assert(
    fc.property(fc.array(uncommitted, { maxLength: 20 }), (steps) => {
      const { reader, memory } = benchOf(image);
      reader.select();
      reader.authenticate(2);
      for (const step of steps) step(reader);
      expect(textOf(memory)).toBe(text);
    }),
    { numRuns: 150 },
  );
});

/** A debit, credit or record, then a commit that is cut after some write or not at all: a plain model says what must be there. */
test('balance and log are those of a plain model, whatever commit is cut', () => {
  const tap = fc.record({
    code: fc.constantFrom(0x0c, 0xdc),
    amount: fc.integer({ min: 1, max: 2000 }),
    cut: fc.option(fc.nat(30)),
  });
  fc.assert(
    fc.property(fc.array(tap, { maxLength: 8 }), (taps) => {
      const { card, memory } = benchOf(readyBench(2, 'full', { readerId: 0xf }).memory.read());
      let balance = 5000;
      let entries: string[] = [];
      for (const { code, amount: change, cut } of taps) {
        const reader = readerOf(card);
        const next = code === 0x0c ? balance + change : balance - change;
        if (next < 0) continue;
        reader.changeValue('full', code, FILE.balance, change);
        const entry = concat(toLittleEndian(change, 4), toSigned32(next), new Uint8Array(8));
        reader.write('full', FILE.log, 0, entry, 0x8b);
        if (cut !== null) memory.powerCutAfterWrites(cut);
        const committed = committedBy(reader);
        memory.restorePower();
        card.reset();
        const now = readerOf(card).getValue('full', FILE.balance);
        // Mute: it happened or it did not; answered: it did.
        expect(committed ? [next] : [balance, next]).toContain(now);
        if (now !== balance) entries = [...entries, toHex(entry)].slice(-4);
        balance = now;
      }
      const log = entries.length === 0 ? '' : toHex(readerOf(card).command('full', 0xab, [FILE.log, 0, 0, 0, 0, 0, 0]));
      expect(log).toBe(entries.join(''));
    }),
    { numRuns: 60 },
  );
});

function readerOf(card: SoftwareCard): Reader {
  const reader = new Reader(card);
  reader.select(AID);
  reader.authenticate(2);
  return reader;
}

function committedBy(reader: Reader): boolean {
  try {
    reader.command('mac', 0xc7, []);
    return true;
  } catch {
    return false;
  }
}
