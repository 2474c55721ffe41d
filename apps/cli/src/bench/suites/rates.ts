/** Full processing against raw COPY of the same rows, by size of batch and by share of what is exceptional. */
import { bytesOf, diskLines, relationsOf } from '../disk.ts';
import { inFlight, type Processed } from '../full.ts';
import { oneByOne } from '../one-by-one.ts';
import { CopiedRows, rawCopy } from '../raw-copy.ts';
import { quantile } from '../result.ts';
import { type Bench, inSchema, settle } from '../schema.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';
import { type Workload, workloadOf } from '../workload.ts';

const USUAL = 0.01;
/** Uploads in flight, by records a batch. */
const FLIGHTS = { 50000: 2, 10000: 4, 1000: 16, 100: 64 } as const;
/** Of the slow way: its rate needs no more. */
const ONE_BY_ONE_MAX = 16_000;

interface Compared extends Processed {
  readonly copyPerSecond: number;
}

/** @param more what else is measured of the same rows */
async function compared(
  context: BenchContext,
  batch: keyof typeof FLIGHTS,
  exceptional: number,
  more: (bench: Bench, rows: CopiedRows, workload: Workload) => Promise<Measured> = async () => ({}),
): Promise<{ readonly processed: Compared; readonly others: Measured }> {
  const { database, sizes, seed, shell, doing } = context;
  const { records } = sizes;
  doing(`making ${records} records, batches of ${batch}`);
  const workload = workloadOf({ seed, records, batch, exceptional });
  return inSchema(database, async (bench) => {
    doing(`full processing, batches of ${batch}`);
    await settle(bench.client);
    const full = await inFlight(bench.url, workload, FLIGHTS[batch], context);
    doing('raw COPY');
    const rows = await CopiedRows.of(bench.client, 'record');
    await settle(bench.client);
    const copyPerSecond = await rawCopy(bench.client, rows, shell);
    return { processed: { ...full, copyPerSecond }, others: await more(bench, rows, workload) };
  });
}

const large: Suite = {
  name: 'batches-50000',
  ids: [
    ...(['raw-copy', 'raw-copy-1000', 'raw-copy-100'] as const),
    ...(['full-50000', 'full-50000-ratio', 'full-50000-careful', 'disk-bytes'] as const),
  ],
  async pass(context) {
    const { shell, doing, note } = context;
    const { processed, others } = await compared(context, 50_000, USUAL, async ({ client }, rows) => {
      const relations = await relationsOf(client);
      note(diskLines(relations, rows.count));
      doing('raw COPY, with more commits');
      await settle(client);
      const by1000 = await rawCopy(client, rows, shell, 1_000);
      await settle(client);
      const by100 = await rawCopy(client, rows, shell, 100);
      return { 'raw-copy-1000': by1000, 'raw-copy-100': by100, 'disk-bytes': bytesOf(relations) / rows.count };
    });
    return {
      ...others,
      'raw-copy': processed.copyPerSecond,
      'full-50000': processed.perSecond,
      'full-50000-ratio': processed.perSecond / processed.copyPerSecond,
      'full-50000-careful': processed.careful,
    };
  },
};

/** Reported for its place between the others. */
const ten: Suite = {
  name: 'batches-10000',
  ids: ['full-10000', 'full-10000-ratio'],
  async pass(context) {
    const { processed } = await compared(context, 10_000, USUAL);
    return { 'full-10000': processed.perSecond, 'full-10000-ratio': processed.perSecond / processed.copyPerSecond };
  },
};

const middle: Suite = {
  name: 'batches-1000',
  ids: ['full-1000', 'full-1000-ratio', 'full-1000-careful'],
  async pass(context) {
    const { processed } = await compared(context, 1_000, USUAL);
    return {
      'full-1000': processed.perSecond,
      'full-1000-ratio': processed.perSecond / processed.copyPerSecond,
      'full-1000-careful': processed.careful,
    };
  },
};

const small: Suite = {
  name: 'batches-100',
  ids: [
    ...(['full-100', 'full-100-ratio', 'full-100-acknowledged-p50', 'full-100-acknowledged-p99'] as const),
    ...(['one-by-one', 'full-100-vs-one-by-one'] as const),
  ],
  async pass(context) {
    const { shell, doing } = context;
    let single = Number.NaN;
    const { processed } = await compared(context, 100, USUAL, async ({ url, client }, _, { first }) => {
      doing('one SQL transaction a record');
      await settle(client);
      single = await oneByOne(url, client, first.slice(0, ONE_BY_ONE_MAX), shell);
      return {};
    });
    return {
      'full-100': processed.perSecond,
      'full-100-ratio': processed.perSecond / processed.copyPerSecond,
      'full-100-acknowledged-p50': quantile(processed.acknowledgedMs, 0.5),
      'full-100-acknowledged-p99': quantile(processed.acknowledgedMs, 0.99),
      'one-by-one': single,
      'full-100-vs-one-by-one': processed.perSecond / single,
    };
  },
};

function exceptional(percent: 10 | 30): Suite {
  const id = `exceptional-${percent}` as const;
  return {
    name: id,
    ids: [id, `${id}-ratio`, `${id}-careful`],
    async pass(context) {
      const { processed } = await compared(context, 1_000, percent / 100);
      return {
        [id]: processed.perSecond,
        [`${id}-ratio`]: processed.perSecond / processed.copyPerSecond,
        [`${id}-careful`]: processed.careful,
      };
    },
  };
}

export const RATES: readonly Suite[] = [large, ten, middle, small, exceptional(10), exceptional(30)];
