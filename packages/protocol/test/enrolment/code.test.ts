import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ENROLMENT_CODE_BYTES, enrolmentCode, enrolmentCodeBytes, parseEnrolmentCode } from '../../src/index.ts';

const bytes = fc.uint8Array({ minLength: ENROLMENT_CODE_BYTES, maxLength: ENROLMENT_CODE_BYTES });
const CODE = enrolmentCode(Uint8Array.from({ length: ENROLMENT_CODE_BYTES }, (_, i) => 37 * i));
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('an enrolment code', () => {
  test('is five groups of four, without letters that are taken for others', () => {
    fc.assert(
      fc.property(bytes, (random) => /^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/.test(enrolmentCode(random))),
    );
  });

  test('has 90 random bits: codes of different bits differ', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const same = a.every((byte, i) => byte % 32 === (b[i] as number) % 32);
        expect(enrolmentCode(a) === enrolmentCode(b)).toBe(same);
      }),
    );
    expect(() => enrolmentCode(new Uint8Array(3))).toThrow(RangeError);
  });

  test.each([
    ['in small letters', CODE.toLowerCase()],
    ['without hyphens', CODE.replaceAll('-', '')],
    ['with spaces', ` ${CODE.replaceAll('-', '  ')}\n`],
    ['with O for 0 and I or L for 1', CODE.replace('0', 'o').replace('1', 'l')],
  ])('is known again when typed %s', (_how, typed) => {
    expect(parseEnrolmentCode(typed)).toBe(CODE);
    expect(enrolmentCodeBytes(typed)).toEqual(enrolmentCodeBytes(CODE));
  });

  test('each letter misread is told', () => {
    const places = [...CODE].flatMap((letter, at) => (letter === '-' ? [] : [at]));
    const slips = places.flatMap((at) =>
      [...LETTERS]
        .filter((letter) => letter !== CODE[at])
        .map((letter) => CODE.slice(0, at) + letter + CODE.slice(at + 1)),
    );
    expect(slips.length).toBe(20 * 31);
    expect(slips.filter((slip) => parseEnrolmentCode(slip) !== null)).toEqual([]);
  });

  test('any two of the random letters that changed places are told', () => {
    fc.assert(
      fc.property(bytes, fc.nat(17), fc.nat(17), (random, i, j) => {
        const code = enrolmentCode(random).replaceAll('-', '');
        const letters = [...code];
        [letters[i], letters[j]] = [letters[j] as string, letters[i] as string];
        const swapped = letters.join('');
        expect(parseEnrolmentCode(swapped) === null).toBe(swapped !== code);
      }),
    );
  });

  test.each(['', '1234', `${CODE}0`, CODE.replace(/.$/, 'U'), CODE.slice(1)])('%j is none', (typed) => {
    expect(parseEnrolmentCode(typed)).toBeNull();
    expect(() => enrolmentCodeBytes(typed)).toThrow(RangeError);
  });
});
