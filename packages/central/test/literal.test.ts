import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrayOf, columnsOf } from '../src/database/literal.ts';

describe('array literals', () => {
  test.each([
    ['numbers', [1, -2, 2 ** 48, 0], '{1,-2,281474976710656,0}'],
    ['nothing', [], '{}'],
    ['what is not there', [null, undefined, 3], '{NULL,NULL,3}'],
    ['truths', [true, false], '{true,false}'],
    ['names, even one that says null', ['null', 'NULL', '', 'a.b-c_D9'], '{"null","NULL","","a.b-c_D9"}'],
  ])('of %s', (_, cells, literal) => {
    expect(arrayOf(cells)).toBe(literal);
  });

  test('take no string that could end the literal or the name in it', () => {
    for (const text of ['a"b', 'a,b', '}', '{', '\\', "'", ' ', 'a\n', 'ä', '\0', 'a b']) {
      expect(() => arrayOf(['fine', text]), JSON.stringify(text)).toThrow(RangeError);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const isName = [...text].every((char) =>
          '0123456789abcdefghijklmnopqrstuvwxyz._-'.includes(char.toLowerCase()),
        );
        if (isName) expect(arrayOf([text])).toBe(`{"${text}"}`);
        else expect(() => arrayOf([text])).toThrow(RangeError);
      }),
    );
  });

  test('one a column, in the order of the rows', () => {
    const rows = [
      { a: 1, b: 'x' },
      { a: 2, b: null },
    ];
    expect(
      columnsOf(
        rows,
        (row) => row.a,
        (row) => row.b,
      ),
    ).toEqual(['{1,2}', '{"x",NULL}']);
  });
});
