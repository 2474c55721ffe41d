import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesBelow, read, workspaces } from './repository.ts';

const documents = filesBelow().filter((file) => file.endsWith('.md'));
const files = new Set(filesBelow());
const exists = (target: string): boolean =>
  files.has(target) || [...files].some((file) => file.startsWith(`${target}/`));

/** Rows of the document's tables as cells without backticks, headings and rules left out. */
function tableRows(file: string): string[][] {
  const rows = read(file)
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split('|'))
    .map((cells) => cells.map((cell) => cell.replaceAll('`', '').trim()));
  return rows.filter((cells, index) => !/^:?-+/.test(cells[0] ?? '') && !/^:?-+/.test(rows[index + 1]?.[0] ?? ''));
}

test.each(documents)('links of %s point to files that exist', (file) => {
  const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  const targets = links.filter((link) => !/^([a-z]+:|#)/.test(link)).map((link) => link.replace(/#.*/, ''));
  const missing = targets.filter(
    (target) => !exists(path.posix.join(path.posix.dirname(file), target).replace(/\/$/, '')),
  );
  expect(missing).toEqual([]);
});

describe('docs/dependencies.md', () => {
  const rows = tableRows('docs/dependencies.md');
  const direct = workspaces().flatMap(({ dependencies, optionalDependencies, devDependencies }) =>
    Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies }),
  );
  const foreign = [...new Set(direct)].filter((name) => !name.startsWith('@retap/')).sort();

  test('names every dependency of every package.json, and no other', () => {
    expect(rows.map(([name]) => name).sort()).toEqual(foreign);
  });

  test.each(rows)('%s has a licence and a reason', (_name, licence = '', reason = '') => {
    expect(licence).toMatch(/^(MIT|Apache-2\.0|BSD-[23]-Clause|ISC|MPL-2\.0)( OR [\w.-]+)?$/);
    expect(reason.length).toBeGreaterThan(20);
  });
});

describe('docs/EQUATIONS.md', () => {
  const rows = tableRows('docs/EQUATIONS.md');

  test('has one row for each equation of the paper from (3) to (13)', () => {
    const numbers = rows.flatMap(([label = '']) => {
      const [first = 0, last = first] = [...label.matchAll(/\d+/g)].map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
    expect(numbers).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  });

  test.each(rows)('%s stands in the files of its row, with its number', (label = '', _meaning, places = '') => {
    const named = places.split(/,\s*/);
    expect(named.filter((file) => !(files.has(file) && read(file).includes(label)))).toEqual([]);
  });
});
