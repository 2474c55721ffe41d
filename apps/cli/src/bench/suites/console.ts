/** How long the console waits for its answers, with a long history stored: each question as a page asks it, of a real `retap serve`. */
import { openCentral } from '@retap/central';
import { withCentre } from '../../bench-uploads/centre.ts';
import { stopIfInterrupted } from '../../shell.ts';
import { formatCount } from '../../text.ts';
import { inSchema, settle } from '../schema.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';
import { batchesOf, type CountedBatch } from '../workload.ts';

/** As terminals upload: a page that shows records whole reads the batches that brought them. */
const BATCH = 50;
const FED_AT_ONCE = 500;
/** The promise is given for so many. */
const STORED_MAX = 10_000_000;
const ASKED = 20;

export const consoleAnswers: Suite = {
  name: 'console',
  ids: ['console-slowest-median', 'console-slowest-p95'],
  once: true,
  pass: (context: BenchContext): Promise<Measured> =>
    inSchema(context.database, async ({ url, client }) => {
      const { doing, note, sizes, shell } = context;
      const stored = Math.min(sizes.history, STORED_MAX);
      await store(url, stored, context);
      await client.query('analyze');
      await settle(client);
      return withCentre({ database: url, processors: 1 }, shell, async (own) => {
        const medium = (await asked(own.url, 'media?limit=1')) as { readonly media: readonly string[] };
        const [one = ''] = medium.media;
        const chain = (await asked(own.url, `media/${one}/chain?limit=1`)) as {
          readonly links: readonly {
            readonly record: { readonly terminal: number; readonly serial: number; readonly time: number };
          }[];
        };
        const record = chain.links[0]?.record ?? { terminal: 1, serial: 1, time: 0 };
        const lines: string[] = [];
        let slowest = { median: 0, p95: 0 };
        for (const path of questions(one, record)) {
          stopIfInterrupted(shell);
          doing(path);
          const taken: number[] = [];
          await asked(own.url, path);
          for (let i = 0; i < ASKED; i += 1) {
            const since = shell.elapsed();
            await asked(own.url, path);
            taken.push(shell.elapsed() - since);
          }
          taken.sort((a, b) => a - b);
          const [median, p95] = [taken[ASKED / 2] as number, taken[Math.ceil(ASKED * 0.95) - 1] as number];
          lines.push(`${median.toFixed(1).padStart(8)} ${p95.toFixed(1).padStart(8)}  /${path}`);
          slowest = { median: Math.max(slowest.median, median), p95: Math.max(slowest.p95, p95) };
        }
        note([`${formatCount(stored)} records stored; median and p95 of ${ASKED}, in ms`, ...lines]);
        return { 'console-slowest-median': slowest.median, 'console-slowest-p95': slowest.p95 };
      });
    }),
};

/** Made by the centre itself, with one record in a hundred late, torn or forked. */
async function store(url: string, records: number, { seed, shell, doing }: BenchContext): Promise<void> {
  const central = await openCentral({ database: url, now: shell.now });
  try {
    const feeder = batchesOf({ seed, records, batch: BATCH, exceptional: 0.01 });
    for (let stored = 0; stored < records; ) {
      stopIfInterrupted(shell);
      doing(`${formatCount(stored)} of ${formatCount(records)} records stored`);
      const group = taken(feeder);
      if (group.length === 0) break;
      await central.receive(group.map(({ batch }) => batch));
      while ((await central.reconcile()) > 0);
      stored += group.reduce((sum, each) => sum + each.records, 0);
    }
  } finally {
    await central.close();
  }
}

function taken(feeder: Iterator<CountedBatch>): CountedBatch[] {
  const group: CountedBatch[] = [];
  for (let next = feeder.next(); !next.done; next = feeder.next()) {
    group.push(next.value);
    if (group.length === FED_AT_ONCE) break;
  }
  return group;
}

interface Place {
  readonly terminal: number;
  readonly serial: number;
  readonly time: number;
}

/** What the pages ask first, and the filters that find little. */
function questions(medium: string, { terminal, serial, time }: Place): string[] {
  const day = new Date(time).toISOString().slice(0, 10);
  return [
    ...['today', `search?q=${medium.slice(0, 4)}`, `search?q=${terminal}-${serial}`],
    ...['records', 'records?status=unverified', 'records?amountMin=99999999', `records?terminal=${terminal}`],
    ...[
      `records?medium=${medium}`,
      `records?from=${time}`,
      `records?type=refill&from=${time}`,
      `records/${terminal}/${serial}`,
    ],
    ...[`media/${medium}`, `media/${medium}/chain?limit=60`, `media/${medium}/orders`, `alerts?medium=${medium}`],
    ...['unverified', 'batches', 'batches/1', 'alerts/groups', 'alerts/open', 'alerts/times'],
    ...[
      'terminals/standing',
      `terminals/${terminal}/owed`,
      'lists/deny/working',
      'lists/deny/versions',
      'lists/status',
    ],
    ...['reports/liabilities', `reports/days?from=${day}&to=${day}`, 'proposals', 'settings'],
  ];
}

/** @throws Error where the centre does not answer as it should */
async function asked(url: string, path: string): Promise<unknown> {
  const answer = await fetch(`${url}/${path}`);
  const said = await answer.json();
  if (!answer.ok) throw new Error(`/${path} was answered ${answer.status} ${JSON.stringify(said)}`);
  return said;
}
