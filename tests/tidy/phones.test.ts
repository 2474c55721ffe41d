/** docs/security/phones.md: every threat has a test, and every test that is named is there. */
import { expect, test } from 'vitest';
import { filesBelow, read } from './repository.ts';

const document = read('docs/security/phones.md');
const rows = document.split('\n').filter((line) => line.startsWith('| **'));

/** `file` “name”, and further names of the same file. */
const named = rows.flatMap((row) => {
  const parts = [...row.matchAll(/`([\w/.-]+\.ts)`|“([^”]+)”/g)];
  let file = '';
  return parts.flatMap(([, path, name]) => {
    file = path ?? file;
    return name === undefined || file === '' || /^I (did|was)/.test(name) ? [] : [{ file, name }];
  });
});

test('every threat has a test', () => {
  expect(rows.length).toBeGreaterThan(12);
  expect(rows.filter((row) => !/`[\w/.-]+\.test\.ts`/.test(row))).toEqual([]);
});

test('every test that is named is there', () => {
  const files = new Set(filesBelow());
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter(({ file, name }) => !(files.has(file) && read(file).includes(name)))).toEqual([]);
});
