/** Two processes on one database, and processes that die: a wish is granted once, a number given once. */
import { amountOf } from '@retap/model';
import { openOrder, phoneMedium } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { ENROLLED, REASON, verifySignature } from '../device.ts';
import { newKey, Pocket, wishId } from './pocket.ts';

const DAY = 86_400_000;
let postgres: TestPostgres;
let database: string;
let central: Central;
let other: Central;
let now = 1_800_000_000_000;

const opened = (): Promise<Central> => openCentral({ database, now: () => now, verifySignature });

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  central = await opened();
  await central.registry.settle(ENROLLED);
  await central.phones.set({ topUp: 'free' }, REASON);
  other = await opened();
});
afterAll(async () => {
  await central?.close();
  await other?.close();
  await postgres?.stop();
});

const ordered = async ({ terminal }: Pocket): Promise<number> =>
  (await central.lists.ordersOf(phoneMedium(terminal))).actions.length;

describe('two processes', () => {
  test('the same wish at both, many times at once: one order, the same answer', async () => {
    const phone = await new Pocket().join(central);
    const wish = { kind: 'top-up', id: wishId(), amount: amountOf(500) } as const;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, each) => phone.wish(each % 2 === 0 ? central : other, wish)),
    );
    expect(new Set(answers.map(({ answer }) => answer))).toEqual(new Set(['granted']));
    expect(await ordered(phone)).toBe(1);
  });

  test('many wishes at both at once: none is lost, none above the limit, serials without holes', async () => {
    const phone = await new Pocket().join(central);
    const wishes = Array.from(
      { length: 10 },
      () => ({ kind: 'top-up', id: wishId(), amount: amountOf(2_000) }) as const,
    );
    const answers = await Promise.all(wishes.map((wish, each) => phone.wish(each % 2 === 0 ? central : other, wish)));
    // 7 · 2,000 ≤ 15,000 < 8 · 2,000
    expect(answers.filter(({ answer }) => answer === 'granted')).toHaveLength(7);
    const { orders } = await phone.hear(other);
    expect(orders.map((bytes) => openOrder(bytes).order.serial)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test('the same key at both at once: one number; others at the same time: others', async () => {
    const [one, two] = [new Pocket(), new Pocket()];
    const answers = await Promise.all([
      ...[one.register(central), one.register(other), two.register(central), two.register(other)],
    ]);
    const numbers = answers.map((answer) => ('terminal' in answer ? answer.terminal : 0));
    expect(numbers[0]).toBe(numbers[1]);
    expect(numbers[2]).toBe(numbers[3]);
    expect(numbers[0]).not.toBe(numbers[2]);
  });

  test('a balance is moved to one of two phones that ask at once', async () => {
    const [old, left, right] = await Promise.all([0, 1, 2].map(() => new Pocket().join(central)));
    if (!old || !left || !right) return expect.fail('no phones');
    await old.wish(central, { kind: 'top-up', id: wishId(), amount: amountOf(900) });
    old.commit(900, now, 'centre', 1);
    await central.receive([await old.batch(1, 2)]);
    await central.drain();
    await central.phones.lose(old.code);
    now += 10 * DAY;
    const move = () => ({ kind: 'move', id: wishId(), code: old.code }) as const;
    const answers = await Promise.all([left.wish(central, move()), right.wish(other, move())]);
    expect(answers.map(({ answer }) => answer).sort()).toEqual(['granted', 'refused']);
    expect((await ordered(left)) + (await ordered(right))).toBe(1);
  });

  test('a standing is heard while batches of the same phone become durable, and neither waits for ever', async () => {
    const phone = await new Pocket().join(central);
    for (let each = 1; each <= 20; each += 1) {
      await phone.wish(central, { kind: 'top-up', id: wishId(), amount: amountOf(10) });
      phone.commit(10, now + each, 'centre', each);
    }
    const batches = await Promise.all(Array.from({ length: 21 }, (_, at) => phone.batch(at + 1, at + 1)));
    await Promise.all(batches.flatMap((batch) => [central.receive([batch]), phone.hear(other)]));
    expect(await phone.hear(other)).toMatchObject({ standing: 'active', lastSerial: 21 });
  });
});

describe('a process that ends after the wish was durable, and before its answer', () => {
  test('the next one gives the same answer, and orders nothing more', async () => {
    const phone = await new Pocket().join(central);
    const wish = { kind: 'top-up', id: wishId(), amount: amountOf(700) } as const;
    const dying = await opened();
    await phone.wish(dying, wish);
    await dying.close();
    const next = await opened();
    expect(await phone.wish(next, wish)).toEqual({ answer: 'granted' });
    await next.close();
    expect(await ordered(phone)).toBe(1);
  });

  test('a wish whose SQL transaction was cut off has no answer, and is granted when it comes again', async () => {
    const phone = await new Pocket().join(central);
    const wish = { kind: 'top-up', id: wishId(), amount: amountOf(700) } as const;
    const dying = await opened();
    // The connection is cut under it, wherever it has got to.
    const broken = phone.wish(dying, wish).catch((error: { code?: string }) => error.code);
    const client = new pg.Client(database);
    await client.connect();
    await client.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
    );
    await client.end();
    await broken;
    await dying.close();
    const next = await opened();
    expect(await phone.wish(next, wish)).toEqual({ answer: 'granted' });
    expect((await next.lists.ordersOf(phoneMedium(phone.terminal))).actions).toHaveLength(1);
    await next.close();
  });
});

describe('the gate', () => {
  test('takes a phone’s batch by any key that it ever had; its word only by the one that it has', async () => {
    const phone = await new Pocket().join(central);
    const before = newKey();
    const client = new pg.Client(database);
    await client.connect();
    await client.query('insert into terminal_key values ($1, $2, 1)', [phone.terminal, Buffer.from(before.publicKey)]);
    await client.end();
    const old = Object.assign(new Pocket().as(phone.terminal), { key: before });
    const [acknowledged] = await central.receive([await old.batch(1, 1)]);
    expect(acknowledged).toMatchObject({ accepted: 1 });
    await expect(old.hear(central)).rejects.toMatchObject({ code: 'signature-invalid' });
    const stranger = Object.assign(new Pocket().as(phone.terminal), { key: newKey() });
    await expect(central.receive([await stranger.batch(1, 1)])).rejects.toMatchObject({ code: 'signature-invalid' });
    await expect(central.verify(await stranger.batch(1, 1))).rejects.toMatchObject({ code: 'signature-invalid' });
  });
});

describe('where there are people', () => {
  test('a top-up that is asked for waits for one of them, and is granted when it is approved', async () => {
    await central.people.invite(
      {
        name: 'ana',
        roles: ['clerk'],
        validMs: DAY,
        digest: new Uint8Array(32).fill(1),
        userHandle: new Uint8Array(32),
      },
      REASON,
    );
    await central.phones.set({ topUp: 'asked' }, REASON);
    const phone = await new Pocket().join(central);
    const topUp = () => ({ kind: 'top-up', id: wishId(), amount: amountOf(300) }) as const;
    const [yes, no] = [topUp(), topUp()];
    expect(await phone.wish(central, yes)).toEqual({ answer: 'waits', until: null });
    expect(await phone.wish(central, no)).toEqual({ answer: 'waits', until: null });
    expect(await phone.wish(central, yes)).toEqual({ answer: 'waits', until: null });
    const [second, first] = await central.proposals.list({ state: 'proposed', limit: 9 });
    const decider = { who: '@ana', why: 'paid at the desk', may: () => true };
    expect(first).toMatchObject({ kind: 'action.order', proposedBy: `terminal ${phone.terminal}` });
    const version = (await central.phones.versions([phone.terminal])).get(phone.terminal);
    await central.proposals.approve(first?.id ?? 0, decider);
    await central.proposals.reject(second?.id ?? 0, decider);
    expect((await central.phones.versions([phone.terminal])).get(phone.terminal)).not.toBe(version);
    const { orders } = await phone.hear(central);
    expect(orders.map((bytes) => openOrder(bytes).order)).toMatchObject([{ amount: 300, why: 'top-up' }]);
    expect(await phone.wish(central, yes)).toEqual({ answer: 'granted' });
    expect(await phone.wish(central, no)).toEqual({ answer: 'refused', refusal: 'top-up-refused' });
    await central.phones.set({ topUp: 'free' }, REASON);
  });
});
