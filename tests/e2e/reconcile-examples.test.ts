import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, parseReport } from './report.ts';
import { folderOf, retap } from './retap.ts';

const EXAMPLES = fileURLToPath(new URL('../fixtures/spec-examples', import.meta.url));
const names = readdirSync(EXAMPLES);

async function expectReport(
  name: string,
  database: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  const expected = parseReport(readFileSync(path.join(EXAMPLES, name, 'expected.json'), 'utf8'));
  const journal = path.join(EXAMPLES, name, 'journal.ndjson');
  const args = ['reconcile', journal, '--as-of', String(expected.asOf), '--format', 'json', ...database];
  const { status, stdout, stderr } = await retap(args, { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(comparable(parseReport(stdout))).toEqual(comparable(expected));
}

describe('the examples of the specification on PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  test.each(names)('%s', async (name) => {
    await expectReport(name, ['--database', await postgres.createDatabase()]);
  });
});

describe('the examples of the specification on an embedded database', () => {
  const folder = folderOf();
  const empty = path.join(folder, 'empty');

  // To make one takes seconds, to copy an empty one does not.
  beforeAll(async () => {
    expect((await retap(['reconcile', '--database', empty])).status).toBe(0);
  });

  test.each(names)('%s', async (name) => {
    const copy = path.join(folder, name);
    cpSync(empty, copy, { recursive: true });
    await expectReport(name, ['--database', copy]);
    rmSync(copy, { recursive: true });
  });

  test('in-order, in one made for the run and gone after it', async () => {
    const TMPDIR = folderOf();
    await expectReport('in-order', [], { TMPDIR });
    expect(readdirSync(TMPDIR)).toEqual([]);
  });
});
