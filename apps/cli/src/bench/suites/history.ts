/**
 * What a long history costs. The history is made by the centre itself, of traffic that goes on with the same media: slower than
 * rows written past it, and exactly what a centre has after so many records.
 */
import { type Central, openCentral } from '@retap/central';
import type pg from 'pg';
import type { Shell } from '../../shell.ts';
import { formatCount } from '../../text.ts';
import { proven } from '../proven.ts';
import { CopiedRows, copyInto } from '../raw-copy.ts';
import { inSchema, settle } from '../schema.ts';
import type { BenchContext, Measured, Rate, Suite } from '../suite.ts';
import { batchesOf, type CountedBatch } from '../workload.ts';

const BATCH = 50_000;

export const history: Suite = {
  name: 'history',
  ids: ['history-empty', 'history-full', 'history-ratio', 'history-raw-copy'],
  once: true,
  pass: (context: BenchContext): Promise<Measured> =>
    inSchema(context.database, async ({ url, client }) => {
      const { sizes, seed, shell, check, doing, note, grown } = context;
      const total = sizes.history + sizes.records;
      const central = await openCentral({ database: url, now: shell.now });
      try {
        const batch = Math.min(BATCH, sizes.records);
        const feeder = batchesOf({ seed, records: total, batch, exceptional: 0.01 });
        const rates: Rate[] = [];
        for (let stored = 0; stored < total; ) {
          doing(`${formatCount(stored)} of ${formatCount(total)} records stored`);
          // The last part begins when the whole history is there.
          const part = taken(feeder, stored < sizes.history ? sizes.records : Number.POSITIVE_INFINITY);
          const records = part.reduce((sum, one) => sum + one.records, 0);
          if (records === 0) break;
          if (stored === 0 || stored >= sizes.history) await settle(client);
          rates.push({ stored, perSecond: records / (await seconds(central, part, shell)) });
          stored += records;
        }
        await proven(central, total, check);
        note(rateLines(rates));
        grown(rates);
        const [empty, full] = [rates[0]?.perSecond ?? Number.NaN, rates.at(-1)?.perSecond ?? Number.NaN];
        doing('raw COPY on top of the history');
        const copy = await copyAgain(client, sizes.records, shell);
        const ratio = full / empty;
        return { 'history-empty': empty, 'history-full': full, 'history-ratio': ratio, 'history-raw-copy': copy };
      } finally {
        await central.close();
      }
    }),
};

/** Made before the clock starts. */
function taken(feeder: Iterator<CountedBatch>, recordsWanted: number): CountedBatch[] {
  const part: CountedBatch[] = [];
  for (let records = 0; records < recordsWanted; ) {
    const { value, done } = feeder.next();
    if (done) break;
    part.push(value);
    records += value.records;
  }
  return part;
}

async function seconds(central: Central, part: readonly CountedBatch[], shell: Shell): Promise<number> {
  const start = shell.elapsed();
  for (const { batch } of part) {
    await central.receive([batch]);
    while ((await central.reconcile()) > 0);
  }
  return (shell.elapsed() - start) / 1_000;
}

/** The latest rows once more by raw COPY into the table with all the others, from which they were taken before. */
async function copyAgain(client: pg.Client, count: number, shell: Shell): Promise<number> {
  const { rows: found } = await client.query<{ time: string }>(
    `select time from record order by time desc offset ${count} limit 1`,
  );
  const latest = `time > ${found[0]?.time ?? 0}`;
  const rows = await CopiedRows.of(client, `(select * from record where ${latest})`);
  await client.query(`delete from record where ${latest}`);
  await client.query('vacuum record');
  await settle(client);
  const start = shell.elapsed();
  await copyInto(client, 'record', rows);
  return rows.count / ((shell.elapsed() - start) / 1_000);
}

function rateLines(rates: readonly Rate[]): string[] {
  const lines = rates.map(({ stored, perSecond }) => {
    return `  ${formatCount(stored).padStart(12)} ${formatCount(Math.round(perSecond)).padStart(12)}`;
  });
  return ['records/s, batches of 50,000, by records stored before', ...lines];
}
