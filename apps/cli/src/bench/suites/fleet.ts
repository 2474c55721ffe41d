/** End to end: a fleet whose batches were signed beforehand uploads to a real `retap serve`, until all is reconciled. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openCentral } from '@retap/central';
import { drained, identityIn, withCentre } from '../../bench-uploads/centre.ts';
import { enrolledFleet, type LoadedTerminal } from '../../bench-uploads/fleet.ts';
import { HttpLink } from '../../bench-uploads/http-link.ts';
import { type SendOptions, sendAll } from '../../bench-uploads/send.ts';
import { Visibility } from '../../bench-uploads/visible.ts';
import type { Shell } from '../../shell.ts';
import { CopiedRows, rawCopy } from '../raw-copy.ts';
import { quantile } from '../result.ts';
import { inSchema, settle } from '../schema.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';

const TERMINALS = 1_600;
const PROCESSORS = 2;
/** So long the pace of a tenth is kept, in seconds, if there are records for it. */
const PACED_S = 30;

interface Uploaded {
  readonly perSecond: number;
  readonly copyPerSecond: number;
  /** From sending a batch until its last tap is seen in the account copy, in milliseconds; of some batches. */
  readonly visibleMs: readonly number[];
}

export const fleet: Suite = {
  name: 'fleet',
  ids: [
    ...(['fleet-4', 'fleet-4-ratio', 'fleet-4-visible-p50', 'fleet-4-visible-p99'] as const),
    ...(['fleet-50', 'fleet-50-ratio', 'fleet-50-visible-p50', 'fleet-50-visible-p99'] as const),
  ],
  once: true,
  async pass(context: BenchContext): Promise<Measured> {
    const four = await uploaded(4, context);
    const fifty = await uploaded(50, context);
    return {
      'fleet-4': four.perSecond,
      'fleet-4-ratio': four.perSecond / four.copyPerSecond,
      'fleet-50': fifty.perSecond,
      'fleet-50-ratio': fifty.perSecond / fifty.copyPerSecond,
      'fleet-4-visible-p50': quantile(four.visibleMs, 0.5),
      'fleet-4-visible-p99': quantile(four.visibleMs, 0.99),
      'fleet-50-visible-p50': quantile(fifty.visibleMs, 0.5),
      'fleet-50-visible-p99': quantile(fifty.visibleMs, 0.99),
    };
  },
};

/** @param batch records a batch */
async function uploaded(batch: number, { database, sizes, shell, doing }: BenchContext): Promise<Uploaded> {
  const terminals = Math.min(TERMINALS, Math.max(2, Math.floor(sizes.fleet / 20)));
  const loadBatches = Math.max(1, Math.round(sizes.fleet / terminals / batch));
  // As many again for the pace of a tenth, up to half of the load.
  const pacedBatches = Math.max(1, Math.ceil(loadBatches / 2));
  const taps = (loadBatches + pacedBatches) * batch;
  const folder = await mkdtemp(path.join(tmpdir(), 'retap-bench-'));
  try {
    return await inSchema(database, async ({ url, client }) => {
      const enrolled = await enrolledFleet(url, folder, { terminals, taps, batch }, shell, (count) => {
        doing(`enrolling ${count} of ${terminals} terminals, and signing their batches of ${batch}`);
      });
      const load = enrolled.map((each) => ({ ...each, batches: each.batches.slice(0, loadBatches) }));
      const later = enrolled.map((each) => ({ ...each, batches: each.batches.slice(loadBatches) }));
      await settle(client);
      const identity = { file: identityIn(folder), passphrase: folder };
      const { perSecond, visibleMs } = await withCentre(
        { database: url, processors: PROCESSORS, identity },
        shell,
        async (centre) => {
          const linkOf = () => new HttpLink(centre.url);
          doing(`${terminals} terminals upload batches of ${batch}`);
          const start = shell.elapsed();
          const usual = { linkOf, spreadMs: 0, jitter: Math.random };
          const { lost } = await sendAll(load, { ...usual, rate: null, onAcknowledged: () => {} }, shell);
          const records = await drained(url, shell);
          const rate = records / ((shell.elapsed() - start) / 1_000);
          if (lost > 0 || records !== terminals * loadBatches * batch)
            throw new Error(`the centre has ${records} records`);
          doing(`a tenth of that load, batches of ${batch}`);
          return {
            perSecond: rate,
            visibleMs: await visibleAt(rate / 10, limited(later, batch, sizes.watchMs, rate / 10), url, usual, shell),
          };
        },
      );
      doing('raw COPY of the same rows');
      const rows = await CopiedRows.of(client, 'record');
      await settle(client);
      return { perSecond, visibleMs, copyPerSecond: await rawCopy(client, rows, shell) };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** So much as lasts no longer than it must, and a batch of each terminal at least. */
function limited(
  fleet: readonly LoadedTerminal[],
  batch: number,
  watchMs: number,
  perSecond: number,
): readonly LoadedTerminal[] {
  const seconds = Math.min(PACED_S, watchMs / 1_000);
  const most = Math.max(1, Math.floor((seconds * perSecond) / batch / fleet.length));
  return fleet.map((each) => ({ ...each, batches: each.batches.slice(0, most) }));
}

/** How long a tap takes at a pace, in records a second, until its account shows it; milliseconds, of some batches. */
async function visibleAt(
  rate: number,
  fleet: readonly LoadedTerminal[],
  database: string,
  usual: Pick<SendOptions, 'linkOf' | 'spreadMs' | 'jitter'>,
  shell: Shell,
): Promise<readonly number[]> {
  const central = await openCentral({ database, now: shell.now });
  try {
    const visibility = new Visibility(central, shell.elapsed);
    await sendAll(fleet, { ...usual, rate, onAcknowledged: visibility.follow.bind(visibility) }, shell);
    await visibility.settled();
    return visibility.ms;
  } finally {
    await central.close();
  }
}
