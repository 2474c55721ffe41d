/** Plays histories into one or several centres over one database, in every way a network and a night shift can. */
import type { Configuration, JournalRecord } from '@retap/model';
import { encodeBatch } from '@retap/protocol';
import { arrivals, type History, oracle, type Random, relocated } from '@retap/testkit';
import { expect } from 'vitest';
import type { ReceivedBatch, Reconciling } from '../src/index.ts';
import { findings, journalPiece, reportOf } from './incremental.ts';

export interface Plan {
  readonly histories: readonly History[];
  readonly configuration: Configuration;
  /** Points in time at which the state is asked for. */
  readonly asOf: readonly number[];
  readonly random: Random;
  /** Number of the first history in this database; see `relocated`. */
  readonly firstNumber: number;
}

/** The centres at work, and how to put another in the place of one, as after a restart. */
export interface Crew {
  readonly centres: Reconciling[];
  readonly restart: (index: number) => Promise<Reconciling>;
}

interface Upload {
  readonly batch: ReceivedBatch;
  readonly records: readonly JournalRecord[];
}

/** Sends all, drains now and then, and holds the state against the oracle each time, and at the end. */
export async function play(plan: Plan, crew: Crew): Promise<void> {
  const { histories, random, firstNumber } = plan;
  const moved = histories.map((history, i) => relocated(history, firstNumber + i).records);
  const waiting = arrivals(moved.flat(), random).map((records) => uploadsOf(records, random));
  const sent: Upload[] = [];
  const received = new Map<number, readonly JournalRecord[]>();
  while (waiting.length > 0) {
    const uploads = waiting.splice(0, random.between(1, crew.centres.length)).flat();
    if (sent.length > 0 && random.chance(0.3)) uploads.push(random.pick(sent)); // the answer had been lost
    sent.push(...uploads);
    await sendAll(uploads, crew, random, received);
    if (random.chance(0.1)) {
      const index = random.int(crew.centres.length);
      crew.centres[index] = await crew.restart(index);
    }
    if (random.chance(0.3)) await expectTold(plan, crew, received);
  }
  await expectTold(plan, crew, received);
  if (random.chance(0.2)) {
    await (crew.centres[0] as Reconciling).rebuild();
    await expectTold(plan, crew, received);
  }
}

/** A batch as one piece of journals, or as uploads of the terminals in it. */
function uploadsOf(records: readonly JournalRecord[], random: Random): Upload[] {
  if (random.chance(0.5)) return [{ batch: journalPiece(records), records }];
  const ofTerminal = new Map<number, JournalRecord[]>();
  for (const record of records) ofTerminal.set(record.terminal, [...(ofTerminal.get(record.terminal) ?? []), record]);
  return [...ofTerminal].map(([terminal, own]) => {
    const serials = own.map((record) => record.serial);
    const body = encodeBatch({ terminal, from: Math.min(...serials), to: Math.max(...serials), records: own });
    return { batch: { form: 'batch', body }, records: own };
  });
}

/** Each centre receives its share, while all of them reconcile. Receipts tell in which order that happened. */
async function sendAll(
  uploads: readonly Upload[],
  { centres }: Crew,
  random: Random,
  received: Map<number, readonly JournalRecord[]>,
): Promise<void> {
  const shares = centres.map((): Upload[] => []);
  for (const upload of uploads) (shares[random.int(centres.length)] as Upload[]).push(upload);
  const reconciling = random.chance(0.6) ? centres : [];
  await Promise.all([
    ...reconciling.map((centre) => centre.reconcile()),
    ...centres.map(async (centre, i) => {
      const share = shares[i] as Upload[];
      const answers = await centre.receive(share.map(({ batch }) => batch));
      for (const [at, { receipt, accepted, quarantined }] of answers.entries()) {
        const { records } = share[at] as Upload;
        expect({ accepted, quarantined }).toEqual({ accepted: records.length, quarantined: [] });
        received.set(receipt, records);
      }
    }),
  ]);
}

async function expectTold(
  { configuration, asOf, random, histories, firstNumber }: Plan,
  { centres }: Crew,
  received: ReadonlyMap<number, readonly JournalRecord[]>,
): Promise<void> {
  await Promise.all(centres.map((centre) => centre.drain()));
  const centre = random.pick(centres);
  const inOrder = [...received].sort(([a], [b]) => a - b).flatMap(([, records]) => records);
  for (const at of asOf) {
    const report = await reportOf(centre, { asOf: at, configuration });
    expect(only(report, firstNumber, histories.length), story(inOrder)).toEqual(
      oracle(inOrder, { asOf: at, ...configuration }),
    );
  }
  if (firstNumber === 0) expect(await findings(centre, asOf[0] ?? 0, configuration), story(inOrder)).toEqual([]);
}

/** What a report says of some histories, where the database holds others too. */
function only(report: Awaited<ReturnType<typeof reportOf>>, first: number, count: number) {
  const isOwn = (finding: object): boolean => {
    const { medium, terminal } = finding as { medium?: string; terminal?: number };
    const number =
      medium === undefined ? Math.floor((Number(terminal) - 1) / 64) : Number(/^h(\d+)\./.exec(medium)?.[1]);
    return number >= first && number < first + count;
  };
  return {
    ...report,
    accounts: report.accounts.filter(isOwn),
    transactions: report.transactions.filter(isOwn),
    alerts: report.alerts.filter(isOwn),
  };
}

function story(records: readonly JournalRecord[]): string {
  return records.map((record) => JSON.stringify(record)).join('\n');
}
