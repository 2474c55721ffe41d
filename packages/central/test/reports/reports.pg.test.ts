import { identityOf, type JournalRecord, mediumState, resolve } from '@retap/model';
import { arrivals, history, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AGES, type DayLine, openCentral, type ReportPart } from '../../src/index.ts';
import { journalPiece } from '../incremental.ts';

const CLOCK_TOLERANCE = 5;
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** Sums of what the model says counts, or is in doubt, in the words of a line. */
function expectedLines(records: readonly JournalRecord[], starts: readonly number[], by: readonly ReportPart[]) {
  const lines = new Map<string, DayLine>();
  for (const medium of new Set(records.map((record) => record.medium))) {
    const own = records.filter((record) => record.medium === medium);
    const { root } = resolve(own, CLOCK_TOLERANCE);
    const state = mediumState(medium, own, 0, {
      maxDelay: 0,
      clockTolerance: CLOCK_TOLERANCE,
      minimumBalance: 0,
    } as never);
    const statuses = new Map(state.transactions.map((one) => [identityOf(one), one.status as string]));
    for (const record of own) {
      if (record.type === 'observation') continue;
      const status = record.type === 'open' ? (record === root ? 'successful' : '') : statuses.get(identityOf(record));
      const day = starts.findLast((start) => start <= record.time);
      if (day === undefined || record.time >= (starts.at(-1) as number)) continue;
      if (status !== 'successful' && status !== 'unverified') continue;
      const bought = own
        .filter((one) => one.type === 'purchase' && record.type === 'validation' && one.product.id === record.productId)
        .sort((a, b) => a.time - b.time)[0] as { product: { code: string } } | undefined;
      const code = record.type === 'purchase' ? record.product.code : (bought?.product.code ?? null);
      const parts = {
        terminal: by.includes('terminal') ? record.terminal : null,
        type: by.includes('type') ? record.type : null,
        product: by.includes('product') ? code : null,
      };
      const key = JSON.stringify({ day, ...parts });
      const line = lines.get(key) ?? { day, ...parts, count: 0, amount: 0, inDoubt: 0, inDoubtAmount: 0 };
      const counts = status === 'successful';
      lines.set(key, {
        ...line,
        count: line.count + (counts ? 1 : 0),
        amount: line.amount + (counts ? record.amount : 0),
        inDoubt: line.inDoubt + (counts ? 0 : 1),
        inDoubtAmount: line.inDoubtAmount + (counts ? 0 : record.amount),
      });
    }
  }
  return [...lines.values()];
}

const byText = (lines: readonly DayLine[]) => lines.map((line) => JSON.stringify(Object.entries(line).sort())).sort();

test('the days of random histories add up to what the model says counts', async () => {
  const random = randomOf('days');
  for (let seed = 0; seed < 4; seed += 1) {
    const { records, configuration } = history(`days ${seed}`, {
      mode: 'adversarial',
      size: 60,
      clockTolerance: CLOCK_TOLERANCE,
    });
    const central = await openCentral({
      database: await postgres.createDatabase(),
      clockTolerance: CLOCK_TOLERANCE,
      now: () => 0,
    });
    const batches = arrivals(records, random);
    await central.receive(batches.map(journalPiece));
    await central.drain();
    const first = new Map<string, JournalRecord>();
    for (const record of batches.flat()) if (!first.has(identityOf(record))) first.set(identityOf(record), record);
    const received = [...first.values()];
    const times = received.map(({ time }) => time);
    const [least, greatest] = [Math.min(...times), Math.max(...times)];
    const step = Math.ceil((greatest - least) / 4);
    const starts = [0, 1, 2, 3].map((day) => least + day * step);
    for (const by of [[], ['type'], ['terminal', 'type', 'product']] as const) {
      const found: DayLine[] = [];
      for await (const line of central.reports.days({ starts, by })) found.push(line);
      expect(byText(found)).toEqual(byText(expectedLines(received, starts, by)));
    }
    const terminal = received[0]?.terminal as number;
    const [type, product] = ['purchase', 'p1'] as const;
    const only: DayLine[] = [];
    for await (const line of central.reports.days({ starts, by: ['terminal', 'type'], terminal, type }))
      only.push(line);
    const all = expectedLines(received, starts, ['terminal', 'type']);
    expect(byText(only)).toEqual(byText(all.filter((line) => line.terminal === terminal && line.type === type)));
    for await (const line of central.reports.days({ starts, by: ['product'], product }))
      expect(line.product).toBe(product);

    // What is owed is the sum of the accounts.
    const liabilities = await central.reports.liabilities(greatest);
    const media = [...new Set(received.map(({ medium }) => medium))];
    const accounts = await Promise.all(media.map((medium) => central.account(medium)));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    expect(liabilities.media).toBe(media.length);
    expect(liabilities.owed + liabilities.overdrawn).toBe(sum(accounts.map((account) => account?.balance ?? 0)));
    expect(liabilities.unopened.media).toBe(accounts.filter((account) => !account?.opened).length);
    const rows = accounts.flatMap((account) => account?.synchronization ?? []);
    expect(sum(liabilities.synchronization.map(({ amount }) => amount))).toBe(sum(rows.map(({ amount }) => amount)));
    const totals = await central.totals(greatest);
    expect(liabilities.ages.map(({ from }) => from)).toEqual(AGES);
    expect(sum(liabilities.ages.map(({ count }) => count))).toBe(totals.inDoubt);
    expect(configuration.clockTolerance).toBe(CLOCK_TOLERANCE);
    await central.close();
  }
});
