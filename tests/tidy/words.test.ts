import { describe, expect, test } from 'vitest';
import { codeLinesMatching, filesBelow, linesMatching, read, sources } from './repository.ts';

const LINES_MAX = 500;

test(`no source file is longer than ${LINES_MAX} lines`, () => {
  const long = sources().map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
  expect(long.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
});

describe('words that docs/GLOSSARY.md avoids name nothing', () => {
  // The few that are never right; the rest of the glossary depends on what is meant, and is for the reviewer.
  const FORBIDDEN = ['blacklist', 'whitelist', 'utils', 'helper', 'manager'];
  const isCode = (file: string): boolean => /^(packages|apps|tests)\/.*\.(ts|js|sql)$/.test(file);
  const code = filesBelow().filter((file) => isCode(file) && !file.startsWith('tests/tidy/'));

  test.each(FORBIDDEN)('%s', (word) => {
    const glossary = read('docs/GLOSSARY.md');
    expect(glossary).toContain(word);
    const pattern = new RegExp(word, 'i');
    expect(code.filter((file) => pattern.test(file))).toEqual([]);
    expect(code.flatMap((file) => codeLinesMatching(file, pattern))).toEqual([]);
  });
});

describe('what is written holds for everyone who reads it', () => {
  const texts = filesBelow().filter((file) => !/\.(png|jpg|gz)$/.test(file));

  test('no path of one machine', () => {
    const machinePath = /(^|[\s"'`(=])(\/work|\/home\/\w+|\/root|\/Users\/\w+|\/tmp)\//;
    expect(texts.flatMap((file) => linesMatching(file, machinePath))).toEqual([]);
  });

  test('no package registry: the lock file serves whichever registry its reader has', () => {
    const registry = /https?:\/\/[^/\s"']*(registry|npmjs|artifactory|nexus|verdaccio)/i;
    expect(texts.flatMap((file) => linesMatching(file, registry))).toEqual([]);
    const packages = Object.values(JSON.parse(read('package-lock.json')).packages) as { resolved?: string }[];
    expect(packages.filter(({ resolved }) => resolved?.includes('://'))).toEqual([]);
  });
});
