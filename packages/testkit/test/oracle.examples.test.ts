import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { canonicalReport, oracle } from '../src/index.ts';

const folder = new URL('../../../tests/fixtures/spec-examples/', import.meta.url);

describe('the oracle gives the report of every example of the specification', () => {
  const names = readdirSync(folder);

  test('the examples are there', () => expect(names.length).toBeGreaterThanOrEqual(13));

  test.each(names)('%s', (name) => {
    const lines = readFileSync(new URL(`${name}/journal.ndjson`, folder), 'utf8')
      .split('\n')
      .filter(Boolean);
    const { rejected, ...expected } = JSON.parse(readFileSync(new URL(`${name}/expected.json`, folder), 'utf8'));
    expect(rejected).toEqual([]);
    const configuration = { asOf: expected.asOf, maxDelay: 259_200_000, clockTolerance: 120_000, minimumBalance: 0 };
    const records = lines.map((line) => JSON.parse(line));
    expect(oracle(records, configuration)).toEqual(canonicalReport(expected));
    expect(oracle(records.toReversed(), configuration)).toEqual(canonicalReport(expected));
  });
});
