/**
 * Random lives of two cards at three terminals. A failure says its seed; a night: RETAP_LIVES=20000 RETAP_SEED=$RANDOM npx vitest
 * run --project unit tests/exhaustive/tear/life
 */
import { proofJudgeOf } from '@retap/central-service';
import { identityOf, isTransaction, type JournalRecord } from '@retap/model';
import { oracle, randomOf } from '@retap/testkit';
import { expect, test } from 'vitest';
import { proofAlertsOfMedium, proofRows } from '../../../packages/central/src/proof/rules.ts';
import { CLOCK_TOLERANCE, issue, keys } from './city.ts';
import { Life, type Tally } from './life.ts';

const { RETAP_SEED = 'life', RETAP_LIVES = '100' } = process.env;
const PASSAGES = 8;
const judge = proofJudgeOf(keys);
const UIDS = [0x11, 0x22].map((last) => Uint8Array.of(0x04, 0x2a, 0x61, 0x8c, 0x19, 0x90, last));

test(`${RETAP_LIVES} lives: nobody pays twice, nobody passes unpaid beyond the bound, the centre believes what the cards hold`, async () => {
  const issued = [];
  for (const [index, uid] of UIDS.entries()) issued.push(await issue(uid, 98 + index));
  const tally: Tally = new Map();
  for (let run = 0; run < Number(RETAP_LIVES); run += 1) {
    const seed = `${RETAP_SEED}-${run}`;
    const life = await Life.begin(issued, randomOf(seed), tally);
    try {
      for (let passage = 0; passage < PASSAGES; passage += 1) await life.passage();
      assertBelieved(await life.end(), life);
    } catch (cause) {
      throw new Error(`life ${seed}: ${cause instanceof Error ? cause.message : cause}\n${life.story.join('\n')}`, {
        cause,
      });
    }
  }
  console.log([...tally].map(([what, count]) => `${String(count).padStart(7)}  ${what}`).join('\n'));
  for (const what of ['successful', 'completed', 'kill', 'unseen', 'card power'])
    expect(tally.get(what)).toBeGreaterThan(0);
});

function assertBelieved(records: readonly JournalRecord[], life: Life): void {
  const asOf = life.line.now + 1000 * 3_600_000;
  const report = oracle(records, { asOf, maxDelay: 0, clockTolerance: CLOCK_TOLERANCE, minimumBalance: 0 });
  expect(report.alerts).toEqual([]);
  expect(report.transactions.filter(({ status }) => status === 'unverified')).toEqual([]);
  const took = new Set(report.transactions.filter(({ status }) => status === 'successful').map(identityOf));
  for (const { medium, truth } of life.people) {
    const { balance, lastTime, lastTerminal, products } = truth;
    const account = report.accounts.find((one) => one.medium === medium);
    expect(account).toMatchObject({ balance, lastTime, lastTerminal, synchronization: [] });
    const uses = products.map(({ id, uses: used }) => ({ id, uses: used })).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(account?.products).toEqual(uses);
    const own = records.filter(isTransaction).filter((record) => record.medium === medium);
    expect(proofAlertsOfMedium(medium, proofRows(own, judge), (identity) => took.has(identity))).toEqual([]);
  }
}
