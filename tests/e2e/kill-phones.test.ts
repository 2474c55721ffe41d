/**
 * Phones pay each other offline, and synchronise over web sockets with a centre that is killed −9 in the middle, several tabs of one at
 * once. Whatever was cut: money is conserved, the centre and the phones agree, nothing is an alert, and what nobody took is given back.
 */
import { openCentral, type Takings } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { amountOf } from '@retap/model';
import { type Random, randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Handset } from '../../packages/phone/test/handset.ts';
import { registering, syncOver } from './kill/phone-line.ts';
import { type Round, replayable, roundsOf } from './kill/replay.ts';
import { Serving } from './kill/serving.ts';
import { enrolAll } from './kill/signed.ts';
import { folderOf, retap } from './retap.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LOADED = 8_000;

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function centreOf(database: string): Promise<Serving> {
  const enrolled = await enrolAll(database, [], folderOf());
  const central = await openCentral({ database, now: Date.now, verifySignature });
  const settings = { admission: 'anybody', topUp: 'free', preset: 'festival' } as const;
  await central.phones.set(settings, { who: 'ana', why: 'kill test' });
  await central.close();
  return new Serving(database, 2, enrolled.options, enrolled.surroundings);
}

/** An hour behind, so that what nobody has taken is out of date once they are told the time. */
async function phonesOf(centre: Serving, random: Random): Promise<Handset[]> {
  const post = registering(centre);
  const phones: Handset[] = [];
  for (const [name, kind] of [
    ['Ana', 'person'],
    ['Ben', 'person'],
    ['Kiosk', 'merchant'],
    ['Stand', 'merchant'],
  ] as const) {
    const handset = new Handset({ name, kind, post, random: random.fork(name), clock: Date.now });
    handset.skewMs = -HOUR;
    phones.push(await handset.register());
    await handset.phone.wish({ kind: 'top-up', amount: amountOf(LOADED), serial: 0, code: '' });
    expect(await syncOver(centre, handset)).toBe('done');
  }
  return phones;
}

/** One payment, scanned or not, its receipt scanned or not. */
async function pay(random: Random, phones: readonly Handset[]): Promise<void> {
  const [payer, payee] = random.shuffle(phones) as [Handset, Handset];
  const asked = await payee.phone.ask({ amount: amountOf(1 + random.int(400)), note: '', product: null });
  if (asked.outcome !== 'asked') return;
  const paid = await payer.phone.pay(asked.message);
  if (paid.outcome !== 'paid' || random.chance(0.2)) return;
  const taken = await payee.phone.take(paid.message);
  if (taken.outcome === 'taken' && random.chance(0.5)) await payer.phone.take(taken.message);
  if (taken.outcome !== 'taken' || payee.kind !== 'merchant' || random.chance(0.8)) return;
  const refund = await payee.phone.refund(taken.item.id, amountOf(1));
  if (refund.outcome === 'paid' && random.chance(0.7)) await payer.phone.take(refund.message);
}

async function killedInTheMiddle({ seed, kills }: Round): Promise<void> {
  const random = randomOf(seed);
  const database = await postgres.createDatabase();
  const centre = await centreOf(database);
  const phones = await phonesOf(centre, random);
  let loaded = LOADED * phones.length;
  for (let kill = 0; kill < kills; kill += 1) {
    for (let payments = 0; payments < 6; payments += 1) await pay(random, phones);
    // A wish that is sent again and again is granted once.
    loaded += 100;
    const wish = { kind: 'top-up', amount: amountOf(100), serial: 0, code: '' } as const;
    await random.pick(phones).phone.wish(wish);
    // All at once, two tabs of the first, and the centre dies while they do.
    const tab = await (phones[0] as Handset).tab();
    const under = phones.map((handset) => syncOver(centre, handset));
    under.push(syncOver(centre, phones[0] as Handset, tab));
    await new Promise((resolve) => setTimeout(resolve, random.int(300)));
    await centre.kill();
    await Promise.all(under);
  }
  const cashedOut = await (phones[0] as Handset).phone.cashOut(amountOf(50));
  if (cashedOut.outcome === 'paid') loaded -= 50;
  await settle(centre, phones);
  if (cashedOut.outcome === 'paid') await expectPaidOut(database, cashedOut.item.id);
  await expectAgreement(database, phones, loaded);
  expect(await centre.stop()).toBe(0);
  expect(centre.log.split('\n').filter((line) => line.includes('"stack"'))).toEqual([]);
}

/** It is later by an hour, and everybody is online until there is nothing left to say. */
async function settle(centre: Serving, phones: readonly Handset[]): Promise<void> {
  for (const handset of phones) handset.skewMs = 0;
  for (let round = 0; round < 12; round += 1) {
    for (const handset of phones) {
      await handset.phone.refresh();
      expect(await syncOver(centre, handset)).toBe('done');
    }
    const open = phones.flatMap((handset) =>
      handset.phone.view.items
        .filter(({ amount, state }) => amount < 0 && state === 'reclaimable')
        .map(({ serial }) => ({ handset, serial })),
    );
    for (const { handset, serial } of open) {
      await handset.phone.wish({ kind: 'reclaim', amount: amountOf(0), serial, code: '' });
    }
    const isQuiet = phones.every(({ phone }) => phone.view.unsent === 0 && phone.view.document.wishes.length === 0);
    const isKnown = phones.every(({ phone }) => phone.view.items.every((i) => i.amount >= 0 || i.state !== 'reported'));
    if (open.length === 0 && isQuiet && isKnown) return;
  }
  throw new Error(
    `not settled: ${JSON.stringify(phones.map(({ phone }) => phone.view.items.map((i) => [i.kind, i.state])))}`,
  );
}

/** As an operator does: once. */
async function expectPaidOut(database: string, id: string): Promise<void> {
  const sums = async () => {
    const { stdout } = await retap([
      'phones',
      'takings',
      id.split('-')[0] ?? '',
      '--database',
      database,
      '--format',
      'json',
    ]);
    return (JSON.parse(stdout) as Takings).cashOut;
  };
  expect(await sums()).toEqual({ paid: { count: 0, amount: 0 }, unpaid: { count: 1, amount: 50 } });
  const pay = () => retap(['phones', 'pay-out', id, '--database', database, '--why', 'in cash']);
  expect(await pay()).toMatchObject({ status: 0, stdout: `Cash-out ${id} is noted as paid.\n` });
  expect(await pay()).toMatchObject({ status: 1, stderr: expect.stringContaining('was paid before') });
  expect(await sums()).toEqual({ paid: { count: 1, amount: 50 }, unpaid: { count: 0, amount: 0 } });
}

interface Report {
  readonly accounts: readonly { readonly medium: string; readonly balance: number }[];
  readonly alerts: readonly unknown[];
}

async function expectAgreement(database: string, phones: readonly Handset[], loaded: number): Promise<void> {
  const asOf = new Date(Date.now() + 30 * DAY).toISOString();
  const read = await retap(['reconcile', '--database', database, '--format', 'json', '--as-of', asOf]);
  expect(read).toMatchObject({ status: 0 });
  const report: Report = JSON.parse(read.stdout);
  expect(report.alerts).toEqual([]);
  const held = Object.fromEntries(phones.map((handset) => [`P${handset.terminal}`, handset.balance]));
  expect(Object.fromEntries(report.accounts.map(({ medium, balance }) => [medium, balance]))).toEqual(held);
  // Σ W = what was topped up and not cashed out: nothing is in doubt any more.
  expect(Object.values(held).reduce((sum, each) => sum + each, 0)).toBe(loaded);
  const states = phones.flatMap(({ phone }) =>
    phone.view.items.filter(({ amount, kind }) => amount < 0 && kind !== 'cash-out').map(({ state }) => state),
  );
  expect(new Set(states)).toEqual(new Set(['taken', 'reclaimed']));
  expect(await retap(['check', '--database', database])).toMatchObject({ status: 0 });
}

test.each(roundsOf(5))(
  'phones and a centre agree, whatever is killed, seed $seed',
  { timeout: 240_000 },
  async (round) => {
    await replayable('phones and a centre agree', round, () => killedInTheMiddle(round));
  },
);
