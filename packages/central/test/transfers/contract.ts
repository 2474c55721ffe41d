/** What a centre does about what phones' records say of each other, over whatever database. */
import { amountOf, DEFAULT_CONFIGURATION, type JournalRecord } from '@retap/model';
import { phoneMedium } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AlertCase, type Central, openCentral } from '../../src/index.ts';
import { Device, ENROLLED, verifySignature } from '../device.ts';
import { findings } from '../incremental.ts';

const HOUR = 3_600_000;
const START = 1_000_000_000;

class Phone extends Device {
  constructor(terminal: number) {
    super(terminal, phoneMedium(terminal));
    const common = { terminal, serial: 1, medium: phoneMedium(terminal), time: START };
    this.journal.push({ type: 'open', ...common, amount: amountOf(0), balance: amountOf(0), status: 'successful' });
  }

  /** The next record of its journal; `over` changes what is usual. */
  write(type: 'refill' | 'debit', amount: number, over: object): JournalRecord {
    const before = this.journal.at(-1) as JournalRecord;
    const serial = this.journal.length + 1;
    const balance = amountOf(before.balance + amount);
    const read = { lastTime: before.time, lastTerminal: this.terminal, mediumSerial: serial - 1 };
    const common = { terminal: this.terminal, serial, medium: before.medium, time: before.time + 1_000, ...read };
    const record = {
      type,
      ...common,
      amount: amountOf(amount),
      balance,
      status: 'successful',
      ...over,
    } as JournalRecord;
    this.journal.push(record);
    return record;
  }

  pay(to: Phone, amount: number): JournalRecord {
    return this.write('debit', -amount, { counterparty: phoneMedium(to.terminal), reason: 'payment-1' });
  }

  take(payment: JournalRecord, amount: number): JournalRecord {
    const { terminal, serial } = payment;
    return this.write('refill', amount, {
      refersTo: { terminal, serial },
      counterparty: phoneMedium(terminal),
      reason: 'received',
    });
  }

  /** The same phone and key, going on from here with a journal of its own. */
  copy(): Phone {
    return Object.assign(Object.create(this), { journal: [...this.journal], batch: Phone.prototype.batch }) as Phone;
  }

  async send(central: Central, from = 1, to = this.journal.length): Promise<void> {
    await central.receive([await this.batch(from, to)]);
  }
}

export function transfersContract(name: string, database: () => Promise<string> | string): void {
  describe(`transfers, ${name}`, () => {
    let central: Central;
    let now = START;
    let numbers = 1_000_000_000;

    beforeAll(async () => {
      central = await openCentral({ database: await database(), now: () => now, verifySignature });
      await central.registry.settle({ ...ENROLLED, licenceMs: 10_000 * HOUR });
    });
    afterAll(async () => {
      expect(await findings(central, now, DEFAULT_CONFIGURATION)).toEqual([]);
      await central.rebuild();
      expect(await findings(central, now, DEFAULT_CONFIGURATION)).toEqual([]);
      await central.close();
    });

    const phone = async (): Promise<Phone> => {
      numbers += 1;
      return new Phone(numbers).join(central);
    };
    const watched = async (): Promise<void> => {
      await central.drain();
      while ((await central.alertWork.watch(now)) !== null);
    };
    const casesOf = async ({ terminal }: Phone): Promise<readonly AlertCase[]> => {
      await watched();
      return central.alertWork.cases({ terminal, limit: 100 });
    };
    const kinds = (cases: readonly AlertCase[]) => cases.map(({ alert, state }) => `${alert.kind} ${state}`);
    const alertsOf = async ({ terminal }: Phone) =>
      (await central.integrityAlerts({ limit: 1_000 })).filter((alert) => alert.terminal === terminal);
    const denied = async ({ terminal }: Phone) => (await central.lists.working()).deny.includes(phoneMedium(terminal));

    test('a receipt without its payment → refill-unbacked when it is late, cured by the payment', async () => {
      const [payer, payee] = [await phone(), await phone()];
      payer.write('refill', 500, { time: START + 1_000, action: { serial: 1, kind: 'refill' } });
      await central.lists.order({ medium: phoneMedium(payer.terminal), kind: 'refill', amount: amountOf(500) }, REASON);
      const taken = payee.take(payer.pay(payee, 100), 100);
      await payee.send(central);
      expect(kinds(await casesOf(payee))).toEqual([]);
      now = taken.time + DEFAULT_CONFIGURATION.maxDelay + 1;
      const [raised] = await casesOf(payee);
      expect(raised?.alert).toEqual({
        ...{
          kind: 'refill-unbacked',
          medium: phoneMedium(payee.terminal),
          terminal: payee.terminal,
          serial: taken.serial,
        },
      });
      await payer.send(central);
      const [cured] = await casesOf(payee);
      expect(cured).toMatchObject({ state: 'cured', cure: { by: 'record', terminal: payer.terminal, serial: 3 } });
      expect(kinds(await casesOf(payer))).toEqual([]);
    });

    test('a receipt of another amount, or of a payment to another → refill-unbacked at once', async () => {
      const [payer, payee, thief] = [await phone(), await phone(), await phone()];
      const payment = payer.pay(payee, 100);
      payee.take(payment, 110);
      thief.take(payment, 100);
      for (const one of [thief, payee, payer]) await one.send(central);
      expect(kinds(await casesOf(payee))).toEqual(['refill-unbacked new']);
      expect(kinds(await casesOf(thief))).toEqual(['refill-unbacked new']);
    });

    test('a refill that nothing is behind, an order carried out twice → refill-unbacked at once', async () => {
      const one = await phone();
      await central.lists.order({ medium: phoneMedium(one.terminal), kind: 'refund', amount: amountOf(70) }, REASON);
      one.write('refill', 30, {});
      one.write('refill', 70, { action: { serial: 1, kind: 'refund' } });
      one.write('refill', 70, { action: { serial: 1, kind: 'refund' } });
      one.write('refill', 70, { action: { serial: 2, kind: 'refund' } });
      await one.send(central);
      expect((await alertsOf(one)).map((alert) => 'serial' in alert && alert.serial)).toEqual([2, 4, 5]);
      expect(await casesOf(one)).toHaveLength(3);
    });

    test('one payment taken twice → payment-taken-twice, of the payment', async () => {
      const [payer, payee] = [await phone(), await phone()];
      const payment = payer.pay(payee, 100);
      payee.take(payment, 100);
      payee.take(payment, 100);
      for (const one of [payee, payer]) await one.send(central);
      expect(kinds(await casesOf(payer))).toContain('payment-taken-twice new');
      expect(await alertsOf(payee)).toEqual([]);
    });

    test('an opening with a balance, a refund of more than was taken → phone-out-of-bounds', async () => {
      const [payer, payee] = [await phone(), await phone()];
      payer.journal[0] = {
        ...(payer.journal[0] as JournalRecord & { type: 'open' }),
        amount: amountOf(9),
        balance: amountOf(9),
      };
      const payment = payer.pay(payee, 100);
      payee.take(payment, 100);
      const refersTo = { terminal: payer.terminal, serial: payment.serial };
      const refund = payee.write('debit', -101, {
        counterparty: phoneMedium(payer.terminal),
        reason: 'refund',
        refersTo,
      });
      for (const one of [payee, payer]) await one.send(central);
      const bounds = { kind: 'phone-out-of-bounds' };
      expect(await alertsOf(payer)).toMatchObject([{ ...bounds, serial: 1 }]);
      expect(await alertsOf(payee)).toMatchObject([{ ...bounds, serial: refund.serial }]);
    });

    test('two journals of one phone → denied by the centre itself, once; who takes it off the list is not overruled', async () => {
      const [one, other] = [await phone(), await phone()];
      const copy = one.copy();
      one.pay(other, 10);
      copy.pay(other, 20);
      await one.send(central);
      expect(await central.transfers.denyCopied()).toBe(0);
      await copy.send(central);
      expect(await denied(one)).toBe(false);
      expect(await central.transfers.denyCopied()).toBe(1);
      expect(await denied(one)).toBe(true);
      expect(await central.transfers.denyCopied()).toBe(0);
      expect((await central.lists.history('deny', 1))[0]).toMatchObject({
        ...{ entry: phoneMedium(one.terminal), who: '@centre', what: 'added' },
        why: 'two devices write its journal: conflicting-record 2, journal-chain-broken 3',
      });
      const lines = await central.audit.entries({ who: '@centre', limit: 10 });
      expect(lines).toMatchObject([{ what: 'deny.added', outcome: 'done' }]);

      await central.lists.undeny(phoneMedium(one.terminal), REASON);
      await central.rebuild();
      expect(await central.transfers.denyCopied()).toBe(0);
      expect(await denied(one)).toBe(false);

      one.pay(other, 10);
      copy.pay(other, 20);
      await one.send(central);
      await copy.send(central);
      expect(await central.transfers.denyCopied()).toBe(1);
      expect(await denied(one)).toBe(true);
    });

    test('who writes on another’s medium brings only themselves under suspicion', async () => {
      const [victim, liar, other] = [await phone(), await phone(), await phone()];
      victim.pay(other, 10);
      liar.write('debit', -1, {
        medium: phoneMedium(victim.terminal),
        time: START + 5_000,
        lastTime: START,
        mediumSerial: 1,
      });
      for (const one of [victim, liar]) await one.send(central);
      await central.drain();
      expect(
        await central.alerts(now, { medium: phoneMedium(victim.terminal), kind: 'cloned-medium', limit: 1 }),
      ).toHaveLength(1);
      expect(await central.transfers.denyCopied()).toBe(0);
      expect(await denied(victim)).toBe(false);
    });

    test('takings: taken, not backed, refunded, awaited; a cash-out is paid once', async () => {
      const [payer, shop] = [await phone(), await phone()];
      const first = payer.pay(shop, 100);
      const second = payer.pay(shop, 40);
      const third = payer.pay(shop, 7);
      shop.take(first, 100);
      const refersTo = { terminal: payer.terminal, serial: first.serial };
      shop.write('debit', -30, { counterparty: phoneMedium(payer.terminal), reason: 'refund', refersTo });
      const cashOut = shop.write('debit', -50, { counterparty: 'centre', reason: 'cash-out' });
      shop.take(third, 7);
      await shop.send(central);
      await payer.send(central, 1, 3);
      const takings = async () => (await central.transfers.takings(shop.terminal))[0];
      expect(await takings()).toEqual({
        ...{ terminal: shop.terminal, taken: { count: 2, amount: 107 }, unbacked: { count: 1, amount: 7 } },
        refunded: { count: 1, amount: 30 },
        cashOut: { paid: { count: 0, amount: 0 }, unpaid: { count: 1, amount: 50 } },
        awaited: {
          ...{ count: 1, amount: 40 },
          payments: [{ terminal: payer.terminal, serial: second.serial, amount: 40, time: second.time }],
        },
      });
      expect(await central.transfers.payOut(cashOut, REASON)).toBe('paid');
      expect(await central.transfers.payOut(cashOut, REASON)).toEqual({ refusal: 'paid-already' });
      expect(await central.transfers.payOut(first, REASON)).toEqual({ refusal: 'cash-out-unknown' });
      expect((await takings())?.cashOut).toEqual({ paid: { count: 1, amount: 50 }, unpaid: { count: 0, amount: 0 } });
    });
  });
}

const REASON = { who: 'ana', why: 'because' };
