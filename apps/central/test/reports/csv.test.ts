import { describe, expect, test } from 'vitest';
import { csvLine, decimal } from '../../src/reports/csv.ts';

describe('a line of a table', () => {
  test.each([
    [['a', 1, null, -2], 'a,1,,-2\r\n'],
    [['x,y', 'say "no"', 'two\nlines'], '"x,y","say ""no""","two\nlines"\r\n'],
    // What a spreadsheet would carry out is text, and a negative number stays one.
    [['=1+1', '+1', '-1', '@SUM(A1)', '\tx'], "'=1+1,'+1,'-1,'@SUM(A1),'\tx\r\n"],
    [[decimal(-1205, 2), decimal(7, 2), decimal(0, 2), decimal(-7, 0), decimal(5, 3)], '-12.05,0.07,0.00,-7,0.005\r\n'],
  ])('%j', (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });
});
