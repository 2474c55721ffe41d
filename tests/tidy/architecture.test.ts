import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { codeLinesMatching, read, sources, workspaces } from './repository.ts';

/** docs/ARCHITECTURE.md, "Packages": what each may know of the others. */
const EDGES: Readonly<Record<string, readonly string[]>> = {
  '@retap/model': [],
  '@retap/protocol': ['@retap/model'],
  '@retap/card': ['@retap/model', '@retap/protocol'],
  '@retap/terminal': ['@retap/card', '@retap/model', '@retap/protocol'],
  '@retap/phone': ['@retap/model', '@retap/protocol', '@retap/terminal'],
  '@retap/keys': ['@retap/card'],
  '@retap/central': ['@retap/model', '@retap/protocol'],
  '@retap/simulator': ['@retap/card', '@retap/model', '@retap/protocol', '@retap/terminal'],
  '@retap/testkit': ['@retap/model'],
  '@retap/console': ['@retap/central', '@retap/model'],
  '@retap/wallet': ['@retap/model', '@retap/phone', '@retap/protocol'],
  '@retap/central-service': ['@retap/card', '@retap/central', '@retap/keys', '@retap/model', '@retap/protocol'],
  '@retap/terminal-service': ['@retap/card', '@retap/keys', '@retap/model', '@retap/protocol', '@retap/terminal'],
  '@retap/cli': [
    '@retap/card',
    '@retap/central',
    '@retap/central-service',
    '@retap/keys',
    '@retap/model',
    '@retap/protocol',
    '@retap/simulator',
    '@retap/terminal',
    '@retap/terminal-service',
  ],
};

const members = workspaces().filter(({ folder }) => folder !== '.');
const ours = (names: Iterable<string>): string[] => [...names].filter((name) => name.startsWith('@retap/')).sort();

test('every workspace has its place in the architecture', () => {
  expect(members.map(({ name }) => name).sort()).toEqual(Object.keys(EDGES).sort());
});

describe.each(members)('$name', ({ folder, name, dependencies }) => {
  test('depends on what the architecture lets it see', () => {
    expect(ours(Object.keys(dependencies))).toEqual(EDGES[name]);
  });

  test('has TypeScript references to exactly its dependencies', () => {
    const { references } = JSON.parse(read(`${folder}/tsconfig.json`)) as { references: { path: string }[] };
    const referenced = references.map((each) => path.posix.join(folder, each.path));
    const names = referenced.map((target) => members.find((member) => member.folder === target)?.name ?? target);
    expect(names.sort()).toEqual(ours(Object.keys(dependencies)));
  });
});

test('tsc -b at the root reaches every workspace', () => {
  const { references } = JSON.parse(read('tsconfig.json')) as { references: { path: string }[] };
  expect(references.map((each) => each.path).sort()).toEqual(members.map(({ folder }) => folder).sort());
});

describe('packages get clock, randomness and environment passed in', () => {
  /** Every exception has its reason. */
  const EXCEPT: Readonly<Record<string, string>> = {
    'packages/central/src/database/lock.ts': 'a name no other process picks, for a file moved aside: decides nothing',
  };
  const inPackages = sources().filter((file) => file.startsWith('packages/') && !(file in EXCEPT));

  test.each([
    ['wall clock', /\bDate\.now\b|\bnew Date\(\)|\bDate\(\)/],
    ['monotonic clock', /\bperformance\.now\b|\bprocess\.hrtime\b/],
    ['randomness', /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b|\brandomInt\b/],
    ['environment', /\bprocess\.(env|argv)\b/],
  ])('%s', (_what, pattern) => {
    expect(inPackages.length).toBeGreaterThan(0);
    expect(inPackages.flatMap((file) => codeLinesMatching(file, pattern))).toEqual([]);
  });

  test('no exception outlives its file', () => {
    expect(Object.keys(EXCEPT).filter((file) => !sources().includes(file))).toEqual([]);
  });
});
