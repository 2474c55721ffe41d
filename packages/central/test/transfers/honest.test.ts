/**
 * Honest phones: payments that nobody scanned, taken late, given back by proof, refunded; records that come late, within what they may,
 * in any order and twice. Nothing is ever raised, and money is conserved.
 */
import { amountOf, DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import { PAYMENT_VALID_MS, phoneMedium } from '@retap/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { integrityAlertsOf } from '../../src/registry/integrity.ts';
import { keepSaid } from '../../src/transfers/said.ts';
import { paymentStatesOf, reclaimable } from '../../src/transfers/states.ts';
import { type Ground, groundAt } from './ground.ts';

const HOUR = 3_600_000;
const { maxDelay } = DEFAULT_CONFIGURATION;

let ground: Ground;
beforeAll(async () => {
  ground = await groundAt(null);
});
afterAll(async () => {
  expect(reclaims.given).toBeGreaterThanOrEqual(reclaims.early);
  expect(reclaims.early).toBeGreaterThan(2);
  await ground.database.close();
});
/** Given back, and of these before the long delay was over. */
const reclaims = { given: 0, early: 0 };

class Phone {
  readonly terminal: number;
  readonly medium: string;
  readonly offsetMs: number;
  readonly journal: JournalRecord[] = [];
  /** Of others, that it brings with its own. */
  readonly held: JournalRecord[] = [];
  readonly unsent: { readonly records: JournalRecord[]; readonly since: number }[] = [];
  balance = 0;
  lastTime = 0;
  saidAt = 0;
  actions = 0;

  constructor(terminal: number, offsetMs: number) {
    this.terminal = terminal;
    this.medium = phoneMedium(terminal);
    this.offsetMs = offsetMs;
  }

  nowAt(now: number): number {
    return Math.max(now + this.offsetMs, this.lastTime, this.saidAt);
  }

  write(now: number, rest: object, amount: number): JournalRecord {
    const lastTime = this.lastTime;
    const time = Math.max(this.nowAt(now), lastTime + 1);
    this.balance += amount;
    this.lastTime = time;
    const serial = this.journal.length + 1;
    const common = {
      terminal: this.terminal,
      serial,
      medium: this.medium,
      time,
      amount: amountOf(amount),
      balance: amountOf(this.balance),
    };
    const read = serial === 1 ? {} : { lastTime, lastTerminal: this.terminal, mediumSerial: serial - 1 };
    const record = { ...common, ...read, status: 'successful', ...rest } as JournalRecord;
    this.journal.push(record);
    this.unsent.push({ records: [record], since: now });
    return record;
  }
}

interface Payment {
  readonly payer: Phone;
  readonly payee: Phone;
  readonly record: JournalRecord & { readonly amount: number };
  taken: boolean;
  refunded: boolean;
  reclaimed: boolean;
}

type Act =
  | { readonly what: 'pay'; readonly from: number; readonly to: number; readonly scannedAfterMs: number | null }
  | { readonly what: 'refund' | 'reclaim'; readonly which: number; readonly scanned: boolean }
  | { readonly what: 'upload'; readonly of: number; readonly part: number; readonly again: boolean }
  | { readonly what: 'say' | 'top-up' | 'cash-out'; readonly of: number }
  | { readonly what: 'wait'; readonly ms: number };

const phone = fc.integer({ min: 0, max: 3 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      ...{ what: fc.constant('pay'), from: phone, to: phone },
      scannedAfterMs: fc.constantFrom(null, 0, 5_000, PAYMENT_VALID_MS - 130_000, PAYMENT_VALID_MS + 130_000),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('reclaim'), which: fc.nat(), scanned: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('refund'), which: fc.nat(), scanned: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ what: fc.constant('upload'), of: phone, part: fc.nat(), again: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constantFrom('say', 'say', 'top-up', 'cash-out'), of: phone }) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('wait'),
      ms: fc.constantFrom(1_000, 60_000, 13 * 60_000, 7 * HOUR, 30 * HOUR),
    }),
  },
) as fc.Arbitrary<Act>;

class World {
  readonly phones: readonly Phone[];
  readonly payments: Payment[] = [];
  now = 1_000_000_000;
  put = 0;

  constructor(base: number, offsets: readonly number[]) {
    this.phones = offsets.map((offset, at) => new Phone(base + at, offset));
  }

  async begin(): Promise<void> {
    const phones = new Set(this.phones.map(({ terminal }) => terminal));
    await ground.hear({
      heard: { orders: new Map(), reclaimed: new Set(), phones, said: new Map() },
      said: [],
      orders: [],
      reclaimed: [],
    });
    for (const one of this.phones) {
      one.write(this.now, { type: 'open' }, 0);
      await this.order(one, 'refill', 1_000);
    }
  }

  /** Ordered and carried out at once, as where the phone is online. */
  async order(one: Phone, kind: 'refill' | 'refund', amount: number): Promise<number> {
    one.actions += 1;
    const action = { medium: one.medium, serial: one.actions, kind, amount };
    await ground.database.rows('insert into ordered_action values ($1, $2, $3)', [
      one.medium,
      one.actions,
      JSON.stringify(action),
    ]);
    one.write(this.now, { type: 'refill', action: { serial: one.actions, kind }, reason: 'top-up' }, amount);
    this.put += amount;
    return one.actions;
  }

  take({ payer, payee, record }: Payment): boolean {
    if (payee.nowAt(this.now) > record.time + PAYMENT_VALID_MS) return false;
    const refersTo = { terminal: record.terminal, serial: record.serial };
    payee.write(this.now, { type: 'refill', counterparty: payer.medium, refersTo, reason: 'received' }, -record.amount);
    // The payment comes with the receipt, whoever else brings it.
    payee.unsent.at(-1)?.records.push(record);
    return true;
  }

  pay(payer: Phone, payee: Phone, amount: number, rest: object): Payment | null {
    if (payer === payee || payer.balance < amount) return null;
    const record = payer.write(this.now, { type: 'debit', counterparty: payee.medium, ...rest }, -amount);
    return { payer, payee, record: record as Payment['record'], taken: false, refunded: false, reclaimed: false };
  }

  async act(one: Act): Promise<void> {
    const at = (index: number) => this.phones[index] as Phone;
    switch (one.what) {
      case 'wait':
        await this.bring(maxDelay - one.ms - HOUR);
        this.now += one.ms;
        return;
      case 'pay': {
        const payment = this.pay(at(one.from), at(one.to), 100, { reason: 'payment-1' });
        if (payment === null) return;
        this.payments.push(payment);
        if (one.scannedAfterMs === null) return;
        this.now += one.scannedAfterMs;
        payment.taken = this.take(payment);
        return;
      }
      case 'refund': {
        const taken = this.payments.filter((each) => each.taken && !each.refunded);
        const given = taken[one.which % Math.max(1, taken.length)];
        if (given === undefined) return;
        const refersTo = { terminal: given.record.terminal, serial: given.record.serial };
        const back = this.pay(given.payee, given.payer, -given.record.amount, { reason: 'refund', refersTo });
        if (back === null) return;
        given.refunded = true;
        this.payments.push(back);
        if (one.scanned) back.taken = this.take(back);
        return;
      }
      case 'reclaim': {
        const open = this.payments.filter((each) => !each.reclaimed && (one.which % 4 === 0 || !each.taken));
        const wished = open[one.which % Math.max(1, open.length)];
        if (wished === undefined) return;
        if (one.scanned) {
          await this.say(wished.payee);
          await this.bring(0, [wished.payer, wished.payee]);
        }
        await this.reclaim(wished);
        return;
      }
      case 'say':
        return this.say(at(one.of));
      case 'top-up':
        await this.order(at(one.of), 'refill', 50);
        return;
      case 'cash-out': {
        const phone = at(one.of);
        if (phone.balance < 30) return;
        phone.write(this.now, { type: 'debit', counterparty: 'centre', reason: 'cash-out' }, -30);
        this.put -= 30;
        return;
      }
      case 'upload': {
        const { unsent } = at(one.of);
        if (one.part % 3 === 0) return this.bring(0, [at(one.of)]);
        const piece = unsent[one.part % Math.max(1, unsent.length)];
        if (piece === undefined) return;
        await ground.receive(piece.records);
        if (!one.again) unsent.splice(unsent.indexOf(piece), 1);
        return;
      }
    }
  }

  async say(phone: Phone): Promise<void> {
    phone.saidAt = phone.nowAt(this.now);
    const said = { terminal: phone.terminal, saidAt: phone.saidAt, lastSerial: phone.journal.length };
    await keepSaid(ground.database, said);
  }

  async reclaim(payment: Payment): Promise<void> {
    const { terminal, serial, time, amount } = payment.record;
    const answer = await ground.database.transaction((sql) => reclaimable(sql, terminal, serial, this.now));
    if (answer === null) return;
    expect(payment.taken).toBe(false);
    expect(answer.amount).toBe(-amount);
    payment.reclaimed = true;
    reclaims.given += 1;
    if (this.now < time + maxDelay) reclaims.early += 1;
    const action = await this.order(payment.payer, 'refund', -amount);
    this.put += amount; // it was put in before
    await ground.database.rows(
      `insert into phone_wish (terminal, id, kind, amount, serial, answer, action_serial, at) values ($1, $2, 'reclaim', 0, $3, 'granted', $4, 0)`,
      [terminal, `W${serial}`, serial, action],
    );
  }

  /** What was kept for so long, and would be late otherwise. */
  async bring(keptMs: number, phones = this.phones): Promise<void> {
    for (const { unsent } of phones) {
      for (const piece of unsent.filter(({ since }) => this.now - since >= keptMs)) {
        await ground.receive(piece.records);
        unsent.splice(unsent.indexOf(piece), 1);
      }
    }
  }

  async expectNoAlert(): Promise<void> {
    const { database } = ground;
    const numbers = new Set(this.phones.map(({ terminal }) => terminal));
    const alerts = await integrityAlertsOf(database, {
      asOf: this.now,
      configuration: DEFAULT_CONFIGURATION,
      limit: 1_000,
    });
    expect(alerts.filter(({ terminal }) => numbers.has(terminal))).toEqual([]);
  }
}

let bases = 1_000_000_000;

test('honest phones, whatever is lost, late or twice → no alert, and every payment ends as it was', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 20, maxLength: 70, size: 'max' }),
      fc.array(fc.integer({ min: -50_000, max: 50_000 }), { minLength: 4, maxLength: 4 }),
      async (acts, offsets) => {
        bases += 10;
        const world = new World(bases, offsets);
        await world.begin();
        for (const one of acts) {
          await world.act(one);
          if (one.what === 'upload' || one.what === 'reclaim' || one.what === 'wait') await world.expectNoAlert();
        }
        await world.bring(0);
        world.now += 2 * maxDelay;
        await ground.reconcile();
        await world.expectNoAlert();
        for (const phone of world.phones) {
          const states = new Map(
            (await paymentStatesOf(ground.database, phone.terminal, world.now)).map((one) => [one.serial, one.state]),
          );
          for (const { payer, record, taken, reclaimed } of world.payments) {
            if (payer !== phone) continue;
            expect(states.get(record.serial)).toBe(taken ? 'taken' : reclaimed ? 'reclaimed' : 'reclaimable');
          }
        }
        const unclaimed = world.payments.filter(({ taken, reclaimed }) => !taken && !reclaimed);
        const held = world.phones.reduce((sum, { balance }) => sum + balance, 0);
        expect(held - unclaimed.reduce((sum, { record }) => sum + record.amount, 0)).toBe(world.put);
      },
    ),
    { numRuns: 12 },
  );
}, 300_000);
