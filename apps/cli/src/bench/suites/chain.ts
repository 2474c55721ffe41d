/** A medium with very many records: what its next record costs, and a late one in its middle, against a medium with few. */
import { type Central, openCentral } from '@retap/central';
import { amountOf, type JournalRecord } from '@retap/model';
import { formatRecord } from '@retap/protocol';
import type { Shell } from '../../shell.ts';
import { proven } from '../proven.ts';
import { median } from '../result.ts';
import { inSchema, settle } from '../schema.ts';
import type { BenchContext, Measured, Suite } from '../suite.ts';

const FEW = 100;
/** Records timed of each kind, each by itself; fewer of a short chain. */
const TIMED_MAX = 40;
const FED_AT_ONCE = 10_000;
const START = Date.UTC(2026, 0, 5);
const TAP_MS = 60_000;
const FARE = 1;
const TERMINAL = 1;
/** A terminal of its own for each medium: what is held back for later are the last of its serials. */
const LATE_TERMINAL = 100;

export const chain: Suite = {
  name: 'chain',
  ids: [
    ...(['chain-next-short', 'chain-next-long', 'chain-next-ratio'] as const),
    ...(['chain-late-short', 'chain-late-long', 'chain-late-ratio'] as const),
  ],
  once: true,
  pass: ({ database, sizes: { chain: many }, shell, check, doing }: BenchContext): Promise<Measured> =>
    inSchema(database, async ({ url, client }) => {
      doing(`a medium of ${many} records`);
      const count = Math.min(TIMED_MAX, Math.floor(many / 10));
      const long = chainOf(0, many, count);
      const short = Array.from({ length: count }, (_, index) => chainOf(index + 1, FEW, 1));
      const central = await openCentral({ database: url, now: shell.now });
      try {
        const stored = [long, ...short].flatMap((each) => each.stored);
        for (let at = 0; at < stored.length; at += FED_AT_ONCE) await feed(central, stored.slice(at, at + FED_AT_ONCE));
        await settle(client);
        doing('its next records, and late ones');
        const times = {
          nextShort: [] as number[],
          nextLong: [] as number[],
          lateShort: [] as number[],
          lateLong: [] as number[],
        };
        for (let turn = 0; turn < count; turn += 1) {
          const few = short[turn] as Chain;
          times.nextShort.push(await timed(central, few.next[0] as JournalRecord, shell));
          times.nextLong.push(await timed(central, long.next[turn] as JournalRecord, shell));
          times.lateShort.push(await timed(central, few.late[0] as JournalRecord, shell));
          times.lateLong.push(await timed(central, long.late[turn] as JournalRecord, shell));
        }
        await proven(central, stored.length + 4 * count, check);
        const [nextShort, nextLong] = [median(times.nextShort), median(times.nextLong)];
        const [lateShort, lateLong] = [median(times.lateShort), median(times.lateLong)];
        return {
          ...{ 'chain-next-short': nextShort, 'chain-next-long': nextLong, 'chain-next-ratio': nextLong / nextShort },
          ...{ 'chain-late-short': lateShort, 'chain-late-long': lateLong, 'chain-late-ratio': lateLong / lateShort },
        };
      } finally {
        await central.close();
      }
    }),
};

async function feed(central: Central, records: readonly JournalRecord[]): Promise<void> {
  const body = new TextEncoder().encode(records.map((record) => `${formatRecord(record)}\n`).join(''));
  await central.receive([{ form: 'journal', body }]);
  while ((await central.reconcile()) > 0);
}

/** @returns milliseconds */
async function timed(central: Central, record: JournalRecord, shell: Shell): Promise<number> {
  const start = shell.elapsed();
  await feed(central, [record]);
  return shell.elapsed() - start;
}

interface Chain {
  readonly stored: readonly JournalRecord[];
  /** What follows, in order. */
  readonly next: readonly JournalRecord[];
  /** From the middle of what is stored, which has holes there. */
  readonly late: readonly JournalRecord[];
}

/** One medium, by turns at two terminals of its own; `held` records are late, spread over its middle half, and as many are next. */
function chainOf(index: number, count: number, held: number): Chain {
  const place = { terminal: TERMINAL + 2 * LATE_TERMINAL * index, late: LATE_TERMINAL * (2 * index + 1) };
  const medium = `04C${String(index).padStart(11, '0')}`;
  const opening = count + held + 1;
  const isLate = new Set(
    Array.from({ length: held }, (_, at) => Math.floor(count / 4 + ((at + 0.5) / held) * (count / 2))),
  );
  const chain: Record<keyof Chain, JournalRecord[]> = { stored: [], next: [], late: [] };
  const serials = new Map<number, number>();
  let lastTerminal = 0;
  for (let at = 0; at < count + held; at += 1) {
    const terminal = isLate.has(at) ? place.late : place.terminal;
    const serial = (serials.get(terminal) ?? 0) + 1;
    serials.set(terminal, serial);
    const common = { terminal, serial, medium, time: START + at * TAP_MS, balance: amountOf(opening - FARE * at) };
    const status = 'successful';
    const record: JournalRecord =
      at === 0
        ? { ...common, type: 'open', amount: common.balance, status }
        : {
            ...{ ...common, type: 'debit', amount: amountOf(-FARE), status, mediumSerial: at },
            ...{ lastTime: common.time - TAP_MS, lastTerminal },
          };
    chain[at >= count ? 'next' : isLate.has(at) ? 'late' : 'stored'].push(record);
    lastTerminal = terminal;
  }
  return chain;
}
