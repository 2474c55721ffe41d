/** What is claimed for a webhook, and what that costs with a long history. */
import { randomOf, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { emptyTemplate, inTransaction, sqlIn } from '../database.ts';
import { costOf } from '../rows-read.ts';

const REASON = { who: 'ana', why: '' };
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres({ settings: { autovacuum: 'off' } }); // it would read tables while we count
  await emptyTemplate(postgres);
});
afterAll(() => postgres?.stop());

/** Events from the first position on, the n-th of the type that is given for n. */
async function happened(database: string, types: readonly string[]): Promise<void> {
  await sqlIn(
    database,
    `with told as (
       insert into event (position, at, type, data)
       select last + n, 0, type, '{}' from event_place, unnest($1::text[]) with ordinality as u (type, n) returning 1)
     update event_place set last = last + (select count(*) from told)`,
    [types],
  );
}

async function newHook(central: Central, ...types: ('alert.raised' | 'person.changed')[]): Promise<number> {
  const made = await central.webhooks.add({ url: 'https://a.example', types, secret: new Uint8Array(32) }, REASON);
  return 'refusal' in made ? expect.fail(made.refusal) : made.id;
}

const hook = async (central: Central, id: number) => (await central.webhooks.webhook(id)) ?? expect.fail('no webhook');

describe('to look for what is to be sent', () => {
  /** Rows and index entries of events that one look of a process reads. */
  async function costOfLook(database: string): Promise<number> {
    const { of } = await costOf(database, async ({ webhooks }) => {
      await webhooks.passOver();
      expect(await webhooks.claim('lease')).toBe(null);
    });
    return of.event ?? 0;
  }

  async function lookedAt(events: number): Promise<number[]> {
    const database = await postgres.createDatabase(undefined, 'empty');
    const central = await openCentral({ database, now: () => 0 });
    for (let n = 0; n < 3; n += 1) await newHook(central, 'alert.raised');
    while ((await central.events.place()) > 0);
    await central.close();
    await happened(database, Array(events).fill('person.changed'));
    await sqlIn(database, 'analyze');
    const costs = [];
    for (let look = 0; look < 4; look += 1) costs.push(await costOfLook(database));
    return costs;
  }

  test('costs the same however much has happened that no webhook is told of', async () => {
    const [some, many] = [await lookedAt(4_000), await lookedAt(40_000)];
    // Each event once for each webhook, by the index and in the table, and once more that it is not to be claimed.
    for (const cost of [...some, ...many]) expect(cost, `${some} ${many}`).toBeLessThan(3 * 2 * 2 * 1_000 + 50);
  });

  test('costs next to nothing once what has happened was looked at', async () => {
    const costs = await lookedAt(900);
    expect(costs[0]).toBeGreaterThan(900);
    for (const cost of costs.slice(1)) expect(cost, String(costs)).toBeLessThan(10);
  });
});

describe('a webhook', () => {
  test.each([1, 2, 3])(
    'gets each event of its types once and in order, however far between they are (%i)',
    async (seed) => {
      const random = randomOf(seed);
      const database = await postgres.createDatabase(undefined, 'empty');
      let now = 0;
      const central = await openCentral({ database, now: () => now });
      const [rare, all] = [
        await newHook(central, 'alert.raised'),
        await newHook(central, 'alert.raised', 'person.changed'),
      ];
      while ((await central.events.place()) > 0);
      const sent = new Map<number, number[]>([
        [rare, []],
        [all, []],
      ]);
      let leases = 0;
      /** A process that sends, and now and then dies on the way. @returns whether there may be more */
      const send = async (): Promise<boolean> => {
        const isBehind = await central.webhooks.passOver();
        leases += 1;
        const claimed = await central.webhooks.claim(`lease ${leases}`);
        if (!claimed) return isBehind;
        for (const { position } of claimed.events) {
          if (random.chance(0.02)) return true;
          const attempt = { position, outcome: 'delivered', status: 200, tookMs: 1 } as const;
          if (!(await central.webhooks.attempted(claimed, attempt, 0))) return true;
          sent.get(claimed.id)?.push(position);
        }
        await central.webhooks.release(claimed);
        return true;
      };
      const drain = async (): Promise<void> => {
        for (let idle = 0; idle < 2; ) {
          const more = await Promise.all([send(), send()]);
          idle = more.includes(true) ? 0 : idle + 1;
          now += 15_000; // a lease of who died ends
        }
      };
      const types: string[] = Array.from({ length: 5_000 }, () =>
        random.chance(0.0008) ? 'alert.raised' : 'terminal.seen-first',
      );
      for (let n = 2_900; n < 3_100; n += 1) types[n] = 'person.changed';
      const first = (await central.events.last()) + 1;
      const positions = (...wanted: string[]) => types.flatMap((type, n) => (wanted.includes(type) ? [first + n] : []));
      await happened(database, types);
      await drain();
      expect(sent.get(rare)).toEqual(positions('alert.raised'));
      expect(sent.get(all)).toEqual(positions('alert.raised', 'person.changed'));
      expect((await hook(central, rare)).position).toBe(await central.events.last());

      await central.webhooks.replay(rare, first, REASON);
      while ((await central.events.place()) > 0);
      await drain();
      expect(sent.get(rare)).toEqual([...positions('alert.raised'), ...positions('alert.raised')]);
      await central.close();
    },
  );

  test('that was disabled until what it had not got was forgotten goes on with what is kept', async () => {
    const database = await postgres.createDatabase(undefined, 'empty');
    const central = await openCentral({ database, now: () => 0 });
    const id = await newHook(central, 'alert.raised');
    await happened(database, Array(50_000).fill('person.changed'));
    await happened(database, ['alert.raised']);
    await sqlIn(database, 'delete from event where position < 50000');
    await central.webhooks.passOver();
    expect((await central.webhooks.claim('lease'))?.events.map(({ position }) => position)).toEqual([50_001]);
    expect((await hook(central, id)).position).toBeLessThan(50_001);
    await sqlIn(database, 'delete from event');
    await sqlIn(database, 'update webhook set lease = null, leased_until = 0');
    expect(await central.webhooks.passOver()).toBe(false);
    expect((await hook(central, id)).position).toBe(50_001);
    await central.close();
  });

  test('is not moved while somebody sends to it, or changes it', async () => {
    const database = await postgres.createDatabase(undefined, 'empty');
    const central = await openCentral({ database, now: () => 0 });
    const [held, free] = [await newHook(central, 'alert.raised'), await newHook(central, 'alert.raised')];
    await happened(database, ['person.changed', 'person.changed']);
    const end = await inTransaction(database, `update webhook set url = url where id = ${held}`);
    await central.webhooks.passOver();
    expect([(await hook(central, held)).position, (await hook(central, free)).position]).toEqual([0, 2]);
    await end();
    await sqlIn(database, `update webhook set lease = 'other', leased_until = 1 where id = ${held}`);
    await central.webhooks.passOver();
    expect((await hook(central, held)).position).toBe(0);
    await central.close();
  });
});
