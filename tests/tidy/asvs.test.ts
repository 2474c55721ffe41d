/** docs/security/asvs.md: OWASP ASVS 5.0, levels 1 and 2, each requirement with its test or its reason. */
import { describe, expect, test } from 'vitest';
import { filesBelow, read } from './repository.ts';

/** Levels of the requirements of each section, in their order (ASVS 5.0.0). */
const LEVELS: Readonly<Record<string, string>> = {
  ...{ '1.1': '22', '1.2': '1111122223', '1.3': '112222222223', '1.4': '222', '1.5': '123' },
  ...{ '2.1': '122', '2.2': '112', '2.3': '12223', '2.4': '23' },
  ...{ '3.1': '3', '3.2': '113', '3.3': '12223', '3.4': '11222233', '3.5': '11122333', '3.6': '3', '3.7': '22333' },
  ...{ '4.1': '12233', '4.2': '23333', '4.3': '22', '4.4': '1222' },
  ...{ '5.1': '2', '5.2': '112333', '5.3': '113', '5.4': '222' },
  ...{ '6.1': '122', '6.2': '111111112222', '6.3': '11223333', '6.4': '112233', '6.5': '22222333', '6.6': '2223' },
  ...{ '6.7': '33', '6.8': '2222' },
  ...{ '7.1': '222', '7.2': '1111', '7.3': '22', '7.4': '11222', '7.5': '223', '7.6': '22' },
  ...{ '8.1': '1233', '8.2': '1123', '8.3': '133', '8.4': '23' },
  ...{ '9.1': '111', '9.2': '1222' },
  ...{ '10.1': '22', '10.2': '223', '10.3': '22223', '10.4': '1111122222233333', '10.5': '22222', '10.6': '22' },
  ...{ '10.7': '222' },
  ...{ '11.1': '2233', '11.2': '22233', '11.3': '11233', '11.4': '1222', '11.5': '23', '11.6': '23', '11.7': '33' },
  ...{ '12.1': '12233', '12.2': '11', '12.3': '22223' },
  ...{ '13.1': '2333', '13.2': '222223', '13.3': '2233', '13.4': '1222233' },
  ...{ '14.1': '22', '14.2': '12223333', '14.3': '122' },
  ...{ '15.1': '12233', '15.2': '12233', '15.3': '1222222', '15.4': '3333' },
  ...{ '16.1': '2', '16.2': '22222', '16.3': '2222', '16.4': '222', '16.5': '2223' },
  ...{ '17.1': '23', '17.2': '22223333', '17.3': '22' },
};

/**
 * `met`: a test holds it. `built so`: nothing that could break it is there, and what would bring it is named. `operator`: it is
 * the operator's, and a document says so. `not met`: and why.
 */
const STATES = ['met', 'built so', 'operator', 'not met'] as const;

const wanted = Object.entries(LEVELS).flatMap(([section, levels]) =>
  [...levels].flatMap((level, index) => (level === '3' ? [] : [{ id: `${section}.${index + 1}`, level }])),
);
const rows = read('docs/security/asvs.md')
  .split('\n')
  .filter((line) => /^\| \d+\.\d+\.\d+ /.test(line))
  .map((line) => line.split(/(?<!\\)\|/).slice(1, -1))
  .map((cells) => cells.map((cell) => cell.trim()))
  .map(([id = '', level = '', words = '', state = '', evidence = '']) => ({ id, level, words, state, evidence }));
const files = new Set(filesBelow());

test('every requirement of levels 1 and 2 has one row, in order, and there is no other', () => {
  expect(wanted).toHaveLength(253);
  expect(rows.map(({ id, level }) => ({ id, level }))).toEqual(wanted);
});

describe.each(STATES)('%s', (state) => {
  const own = rows.filter((row) => row.state === state);

  test('is said in words', () => {
    expect(own.filter(({ words, evidence }) => words.length < 3 || evidence.length < 8)).toEqual([]);
  });

  test('names documents and tests that are there', () => {
    const links = own.flatMap(({ id, evidence }) =>
      [...evidence.matchAll(/`([\w./-]+\.(?:ts|md|js|sql|json|yml))`/g)].map(([, file = '']) => ({ id, file })),
    );
    expect(links.filter(({ file }) => !files.has(file))).toEqual([]);
  });
});

test('no other state is claimed', () => {
  expect(rows.filter(({ state }) => !STATES.some((each) => each === state))).toEqual([]);
});

/** `file` “title”: the test, by words of its title. */
const testsOf = (evidence: string) =>
  [...evidence.matchAll(/`([\w./-]+\.ts)` “([^”]+)”/g)].map(([, file = '', title = '']) => ({ file, title }));

test('what is claimed as met has a test, and its title stands in its file', () => {
  const claimed = rows.filter(({ state }) => state === 'met');
  expect(claimed.filter(({ evidence }) => testsOf(evidence).length === 0).map(({ id }) => id)).toEqual([]);
  const named = claimed.flatMap(({ id, evidence }) => testsOf(evidence).map((each) => ({ id, ...each })));
  expect(named.filter(({ file, title }) => !(files.has(file) && read(file).includes(title)))).toEqual([]);
});

test('what is the operator’s is said in a document', () => {
  const left = rows.filter(({ state, evidence }) => state === 'operator' && !/`docs\/[\w./-]+\.md`/.test(evidence));
  expect(left).toEqual([]);
});

test('the counts at the top are those of the table', () => {
  const [, ...counts] =
    /met (\d+) · built so (\d+) · operator (\d+) · not met (\d+)/.exec(read('docs/security/asvs.md')) ?? [];
  expect(counts.map(Number)).toEqual(STATES.map((state) => rows.filter((row) => row.state === state).length));
});
