/**
 * Phones and a centre as one model: random lives with losses, kills at every write, replays and broken links. Whatever happened, once
 * everybody was online: money is conserved, every phone is what the centre believes, and honest phones have no alert.
 */
import { amountOf, identityOf } from '@retap/model';
import { type OracleRecord, oracle } from '@retap/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPayment } from './centre.ts';
import type { Handset } from './handset.ts';
import { said, World } from './world.ts';

const RUNS = Number(process.env.RETAP_PHONE_LIVES ?? 40);
const DAY = 86_400_000;
const CONFIGURATION = { maxDelay: 3 * DAY, clockTolerance: 120_000, minimumBalance: 0 };

/** What happens next; numbers are taken modulo what there is. */
type Step = { readonly does: (typeof DEEDS)[number]; readonly a: number; readonly b: number; readonly n: number };
const DEEDS = [
  'pay',
  'pay',
  'pay',
  'take',
  'take',
  'refund',
  'top-up',
  'sync',
  'reclaim',
  'cash-out',
  'wait',
  'late',
] as const;

const step = fc.record({
  does: fc.constantFrom(...DEEDS),
  a: fc.nat(2),
  b: fc.nat(2),
  n: fc.nat(1_000_000),
}) as fc.Arbitrary<Step>;

class Life {
  readonly world: World;
  readonly phones: Handset[] = [];
  /** Everything that was ever shown, for replays: also what its viewer never scanned. */
  readonly shown: Uint8Array[] = [];
  toppedUp = 0;

  constructor(seed: number) {
    this.world = new World(seed);
  }

  async begin(): Promise<void> {
    for (const name of ['Ana', 'Ben']) this.phones.push(await this.world.handset(name));
    this.phones.push(await this.world.handset('Kiosk', 'merchant'));
    for (const phone of this.phones) await this.topUp(phone, 10_000);
  }

  async live({ does, a, b, n }: Step): Promise<void> {
    const { world } = this;
    const [one, other] = [this.phones[a] as Handset, this.phones[b] as Handset];
    // A third of all deeds end in the middle, before a write or just after it.
    const when = (['before', 'after', null, null, null, null] as const)[n % 6] ?? null;
    const doing = (work: () => Promise<unknown>) => (when ? one.killedDuring(when, work) : work());
    world.pass(1 + (n % 5_000));
    switch (does) {
      case 'pay': {
        const asked = await other.phone.ask({ amount: amountOf(1 + (n % 3_000)), note: '', product: null });
        if (asked.outcome !== 'asked') return;
        await doing(async () => this.keep(await one.phone.pay(asked.message)));
        // Scanned at once, as a rule; sometimes the payer was online first, and shows it again.
        if (n % 5 === 0) await world.sync(one);
        const item = one.phone.view.items[0];
        const isThis = item?.requestNumber === asked.request.number && item.other?.terminal === other.terminal;
        if (n % 4 === 0 || !item || !isThis || item.amount > 0) return;
        const shown = one.phone.messageOf(item.id);
        // What an honest phone shows at once is taken.
        if (shown) expect(said(await other.phone.take(shown))).toMatch(/^taken|balance-limit$/);
        return;
      }
      case 'take':
        return void (await doing(() => this.takeLast(one, 1 + (n % 6))));
      case 'refund': {
        const item = one.phone.view.items.find((each) => each.kind === 'payment' && each.amount > 0);
        if (!item) return;
        await doing(async () => this.keep(await one.phone.refund(item.id, amountOf(1 + (n % 200)))));
        return;
      }
      case 'top-up':
        return this.topUp(one, 1 + (n % 500));
      case 'sync': {
        let left = n % 9;
        const isLost = () => left-- === 0;
        return void (await doing(() => world.sync(one, isLost)));
      }
      case 'reclaim': {
        const item = one.phone.view.items.find((each) => each.amount < 0 && each.state !== 'taken' && each.batch);
        if (item) await one.phone.wish({ kind: 'reclaim', amount: amountOf(0), serial: item.serial, code: '' });
        return;
      }
      case 'cash-out':
        return void (await doing(() => one.phone.cashOut(amountOf(1 + (n % 100)))));
      case 'wait':
        return world.pass(n);
      case 'late':
        return this.showLate(one, other);
    }
  }

  /** A payment is not scanned, had back, and then shown all the same, to whoever it was for and whose request is still open. */
  async showLate(payer: Handset, payee: Handset): Promise<void> {
    const asked = await payee.phone.ask({ amount: amountOf(90), note: '', product: null });
    if (asked.outcome !== 'asked') return;
    const paid = await payer.phone.pay(asked.message);
    if (paid.outcome !== 'paid') return;
    this.keep(paid);
    this.world.pass(13 * 60_000);
    await this.world.sync(payee);
    await this.world.sync(payer);
    await payer.phone.wish({ kind: 'reclaim', amount: amountOf(0), serial: paid.item.serial, code: '' });
    await this.world.sync(payer);
    expect(said(await payee.phone.take(paid.message))).toBe('refused: too-late');
  }

  keep(outcome: { readonly outcome: string; readonly message?: Uint8Array }): void {
    if (outcome.message) this.shown.push(outcome.message);
  }

  async takeLast(taker: Handset, back: number): Promise<void> {
    const message = this.shown.at(-back);
    if (!message) return;
    const outcome = await taker.phone.take(message);
    if (outcome.outcome === 'taken') this.keep(outcome);
  }

  async topUp(phone: Handset, amount: number): Promise<void> {
    const wished = await phone.phone.wish({ kind: 'top-up', amount: amountOf(amount), serial: 0, code: '' });
    if (wished.outcome === 'wished') this.toppedUp += amount;
    await this.world.sync(phone);
  }

  /** Nobody can take anything any more; all are online, twice, for orders are carried out and reported. */
  async end(): Promise<void> {
    this.world.pass(DAY);
    for (let round = 0; round < 4; round += 1) for (const phone of this.phones) await this.world.sync(phone);
  }

  get balances(): Record<string, number> {
    return Object.fromEntries(this.phones.map((phone) => [`P${phone.terminal}`, phone.balance]));
  }
}

async function lived(seed: number, steps: readonly Step[]): Promise<Life> {
  const life = new Life(seed);
  await life.begin();
  for (const each of steps) await life.live(each);
  await life.end();
  return life;
}

test(`money is conserved, and the centre knows it, over ${RUNS} lives`, { timeout: 300_000 }, async () => {
  let payments = 0;
  let unverified = 0;
  await fc.assert(
    fc.asyncProperty(fc.nat(1_000), fc.array(step, { minLength: 5, maxLength: 60 }), async (seed, steps) => {
      const { world, phones, balances, toppedUp } = await lived(seed, steps);
      const { centre, now } = world;
      const state = centre.state(now + 30 * DAY);
      expect(centre.faults).toEqual([]);
      // Honest phones have no alert, whatever broke.
      expect(state.alerts).toEqual([]);
      // The centre believes what is on the phones.
      expect(Object.fromEntries(state.accounts.map(({ medium, balance }) => [medium, balance]))).toEqual(balances);
      // Σ W = topped up − cashed out − paid and neither taken nor reclaimed
      const cashedOut = sumOf(centre.records.filter((r) => 'reason' in r && r.reason === 'cash-out'));
      const states = phones.flatMap((phone) =>
        centre.statesOf(phone.terminal).map(({ serial, state: of }) => [`${phone.terminal}-${serial}`, of] as const),
      );
      const open = new Set<string>(
        states.filter(([, of]) => of === 'reported' || of === 'reclaimable').map(([id]) => id),
      );
      const inDoubt = sumOf(centre.records.filter((r) => isPayment(r) && open.has(identityOf(r))));
      const held = Object.values(balances).reduce((sum, each) => sum + each, 0);
      expect(held).toBe(toppedUp + cashedOut + inDoubt);
      // All is settled: each payment is taken, reclaimed, or can be reclaimed; nothing is disputed.
      expect(states.filter(([, of]) => of === 'reported' || of === 'disputed')).toEqual([]);
      // And the phones tell their owners so.
      for (const phone of phones) {
        const told = new Map<string, string>(phone.phone.view.items.map((item) => [item.id, item.state]));
        for (const [id, of] of states) if (told.has(id)) expect(told.get(id)).toBe(of);
        expect(phone.phone.view.unsent).toBe(0);
      }
      payments += states.length;
      unverified += open.size;
    }),
    { numRuns: RUNS, ...(process.env.RETAP_SEED && { seed: Number(process.env.RETAP_SEED) }) },
  );
  // A test whose phones never pay, or never fail to be scanned, would prove nothing.
  expect(payments).toBeGreaterThan(RUNS);
  expect(unverified).toBeGreaterThan(0);
});

test('the same records in any order, twice, by the oracle of the specification', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), fc.nat(1_000), async (steps, seed) => {
      const { world, balances } = await lived(seed, steps);
      const asOf = world.now + 30 * DAY;
      const shuffled = world.random.shuffle([...world.centre.records, ...world.centre.records]);
      const report = oracle(shuffled as OracleRecord[], { asOf, ...CONFIGURATION });
      expect(report.alerts).toEqual([]);
      expect(Object.fromEntries(report.accounts.map(({ medium, balance }) => [medium, balance]))).toEqual(balances);
    }),
    { numRuns: 12 },
  );
});

test('killed at every write of a whole payment, before it and after it: once, or not at all', async () => {
  for (const who of ['payer', 'payee'] as const) {
    for (const when of ['before', 'after'] as const) {
      const life = new Life(7);
      await life.begin();
      const [ana, , kiosk] = life.phones as [Handset, Handset, Handset];
      const asked = await kiosk.phone.ask({ amount: amountOf(700), note: '', product: null });
      if (asked.outcome !== 'asked') throw new Error(said(asked));
      if (who === 'payer') expect(await ana.killedDuring(when, () => ana.phone.pay(asked.message))).toBe(true);
      // Nobody saw anything: the person scans again.
      const paid = await ana.phone.pay(asked.message);
      if (paid.outcome !== 'paid') throw new Error(said(paid));
      expect(ana.balance).toBe(9_300);
      if (who === 'payee') expect(await kiosk.killedDuring(when, () => kiosk.phone.take(paid.message))).toBe(true);
      const taken = await kiosk.phone.take(paid.message);
      expect(said(taken)).toBe(who === 'payee' && when === 'after' ? 'taken-already' : 'taken');
      expect([ana.balance, kiosk.balance]).toEqual([9_300, 10_700]);
      await life.end();
      expect(life.world.centre.state(life.world.now + 30 * DAY).alerts).toEqual([]);
    }
  }
});

function sumOf(records: readonly object[]): number {
  return records.reduce((sum, record) => sum + ('amount' in record ? Number(record.amount) : 0), 0);
}
