/** A PostgreSQL that stands still while a fleet uploads: nobody waits for long, memory stays, nothing acknowledged is lost. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Acknowledgement, type Central, openCentral } from '@retap/central';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inTransaction, sqlIn } from '../../../packages/central/test/database.ts';
import { type Service, startService } from '../src/index.ts';
import { batchOf, open, START, until, upload } from './records.ts';

const TERMINALS = 48;
const RECORDS = 150;
const STALL_MS = 3_000;
/** A deadline of a statement and one of silence, and some for a machine that has other things to do. */
const ANSWER_MS_MAX = 10_000;
const RSS_GROWTH_MAX = 160 * 2 ** 20;

let postgres: TestPostgres;
let database: string;
let central: Central;
let service: Service;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  const deadlines = { waitMs: 800, statementMs: 1_200, roundMs: 20_000 };
  central = await openCentral({ database, now: () => START, deadlines });
  service = await startService({
    ...{ central, now: () => START, port: 0, log: () => {} },
    uploadLimits: { waitMs: 300, lateMs: 2_000, waitingBytesMax: 2 ** 20 },
  });
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
  await postgres?.stop();
});

interface Answer {
  readonly status: number;
  readonly ms: number;
  readonly at: number;
  readonly retryAfterS: number | null;
  readonly receipt: number | null;
}

/** One terminal: sends its batches one after the other, and each again until it is acknowledged. It takes no pause: worse than ours. */
async function insist(terminal: number, isOver: () => boolean, answers: Answer[]): Promise<void> {
  for (let serial = 1; !isOver(); ) {
    const records = Array.from({ length: RECORDS }, (_, index) =>
      open(terminal, serial + index, `M${terminal}-${serial + index}`, 1, 100),
    );
    const start = performance.now();
    const answer = await upload(service.url, batchOf(records));
    const said = (await answer.json()) as Partial<Acknowledgement>;
    const retryAfter = answer.headers.get('retry-after');
    answers.push({
      ...{ status: answer.status, ms: performance.now() - start, at: performance.now() },
      retryAfterS: retryAfter === null ? null : Number(retryAfter),
      receipt: answer.status === 200 ? (said.receipt ?? null) : null,
    });
    if (answer.status === 200) serial += RECORDS;
    else await sleep(20);
  }
}

test('the flood is turned away while it stands still, and goes on by itself after it', async () => {
  let isOver = false;
  const answers: Answer[] = [];
  const flood = Promise.all(Array.from({ length: TERMINALS }, (_, index) => insist(index + 1, () => isOver, answers)));
  await until(
    async () => answers.length,
    (length) => length > TERMINALS,
  );
  const rssBefore = process.memoryUsage.rss();
  const letGo = await inTransaction(database, 'select from progress for update');
  const stalledAt = performance.now();
  let rssMost = 0;
  const healthy: number[] = [];
  while (performance.now() - stalledAt < STALL_MS) {
    const start = performance.now();
    expect((await fetch(`${service.url}/health`)).status).toBe(200);
    healthy.push(performance.now() - start);
    rssMost = Math.max(rssMost, process.memoryUsage.rss());
    await sleep(50);
  }
  await letGo();
  const freedAt = performance.now();
  await until(
    async () => answers.filter(({ status, at }) => status === 200 && at > freedAt).length,
    (count) => count > TERMINALS,
  );
  isOver = true;
  await flood;

  const turnedAway = answers.filter(({ status }) => status !== 200);
  expect(turnedAway.length).toBeGreaterThan(TERMINALS);
  for (const { status, retryAfterS } of turnedAway) {
    expect([429, 503]).toContain(status);
    expect(retryAfterS).toBeGreaterThanOrEqual(2);
  }
  // Not all at the same moment: told so by the centre, whatever their own clocks do.
  expect(new Set(turnedAway.map(({ retryAfterS }) => retryAfterS)).size).toBeGreaterThan(1);
  for (const { ms } of answers) expect(ms).toBeLessThan(ANSWER_MS_MAX);
  expect(rssMost - rssBefore).toBeLessThan(RSS_GROWTH_MAX);

  const acknowledged = answers.flatMap(({ receipt }) => (receipt === null ? [] : [receipt]));
  const kept = new Set(
    (await sqlIn<{ receipt: string }>(database, 'select receipt from batch')).map(({ receipt }) => Number(receipt)),
  );
  expect(acknowledged.filter((receipt) => !kept.has(receipt))).toEqual([]);
  expect(new Set(acknowledged).size).toBe(acknowledged.length);
  await central.drain();
  const { records, quarantined, waiting } = await central.totals(START);
  expect([quarantined, waiting]).toEqual([0, 0]);
  // What was made durable and not acknowledged in time was sent again, and is there once.
  expect(records).toBeGreaterThanOrEqual(acknowledged.length * RECORDS);
  expect(records % RECORDS).toBe(0);
});
