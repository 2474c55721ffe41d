import { DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import {
  type ExhaustiveCase,
  exhaustiveAsOf,
  exhaustiveCases,
  exhaustiveCount,
  oracle,
  startPostgres,
  type TestPostgres,
} from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCentral } from '../src/index.ts';
import { emptyTemplate } from './database.ts';
import { findings, journalPiece, reportOf } from './incremental.ts';

/**
 * As in tests/exhaustive, but asked when everything missing is late, and with `check` at the end, which sees the rows
 * behind the report too. 6,144 cases for 3; for 4, 153,600 in 25 chunks: 13 minutes on two busy cores.
 */
const TAPS = Number(process.env.RETAP_EXHAUSTIVE_TAPS ?? 3);
/** Cases in one database at a time: the oracle's report of each step is held in memory. */
const CASES_A_CHUNK = 6_144;

let postgres: TestPostgres;
let template: string;
beforeAll(async () => {
  postgres = await startPostgres();
  template = await emptyTemplate(postgres);
});
afterAll(() => postgres.stop());

test(`every history of ${TAPS} taps, in every order of arrival, step by step`, { timeout: 3_600_000 }, async () => {
  let cases = 0;
  let chunk: ExhaustiveCase[] = [];
  for (const one of exhaustiveCases(TAPS)) {
    chunk.push(one);
    cases += 1;
    if (chunk.length === CASES_A_CHUNK || cases === exhaustiveCount(TAPS)) {
      await compare(chunk);
      chunk = [];
    }
  }
  expect(cases).toBe(exhaustiveCount(TAPS));
});

/** The first record of every case arrives, then the second of every case, … */
async function compare(cases: readonly ExhaustiveCase[]): Promise<void> {
  const central = await openCentral({ database: await postgres.createDatabase(undefined, template), now: () => 0 });
  const asOf = exhaustiveAsOf(TAPS) + DEFAULT_CONFIGURATION.maxDelay;
  const received: JournalRecord[] = [];
  for (let step = 0; step <= TAPS; step += 1) {
    const records = cases.flatMap((one) => one.records[step] ?? []);
    received.push(...records);
    await central.receive([journalPiece(records)]);
    await central.drain();
    const report = await reportOf(central, { asOf, configuration: DEFAULT_CONFIGURATION });
    const expected = oracle(received, { asOf, ...DEFAULT_CONFIGURATION });
    for (const part of ['accounts', 'transactions', 'alerts'] as const) {
      const [stored, derived] = [report[part].map(json), expected[part].map(json)];
      const at = derived.findIndex((one, i) => one !== stored[i]);
      expect({ part, step, stored: stored[at] }, nameOf(derived[at], cases)).toEqual({
        part,
        step,
        stored: derived[at],
      });
      expect(stored.length).toBe(derived.length);
    }
  }
  expect(await findings(central, asOf, DEFAULT_CONFIGURATION)).toEqual([]);
  await central.close();
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function nameOf(finding: string | undefined, cases: readonly ExhaustiveCase[]): string {
  return cases.find((one) => finding?.includes(`"${one.medium}"`))?.name ?? '';
}
