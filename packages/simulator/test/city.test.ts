import { parseBatch } from '@retap/protocol';
import { describe, expect, test } from 'vitest';
import { City, type CityEvent } from '../src/index.ts';
import { HARSH, HOUR, lived, reportOf } from './lived.ts';

const small = { seed: 7, days: 3, media: 30, terminals: 12, faults: HARSH } as const;

describe('a seed', () => {
  test('replays the city to the byte, and its truth', async () => {
    const [first, second] = [await lived(small), await lived(small)];
    expect(second.digest).toBe(first.digest);
    expect(second.city.truth()).toEqual(first.city.truth());
    expect(first.received.length).toBeGreaterThan(150);
  });

  test('of another number is another city', async () => {
    expect((await lived({ ...small, seed: 8 })).digest).not.toBe((await lived(small)).digest);
  });

  test('goes on from a position as it would have without the stop', async () => {
    const { deliveries } = await lived(small);
    const half = Math.floor(deliveries.length / 2);
    const city = await City.found(small);
    const rest: CityEvent[] = [];
    for await (const event of city.events(half + 1)) if (event.kind === 'delivery') rest.push(event);
    expect(rest).toEqual(deliveries.slice(half));
  });
});

describe('an honest city', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('causes no alert of any kind, at any moment: seed %i', async (seed) => {
    const alerts: unknown[] = [];
    let next = 0;
    let looks = 0;
    const options = { seed, days: 6, media: 25, terminals: 5 + seed * 2, faults: HARSH };
    const { city, received } = await lived(options, ({ at }, sofar) => {
      if (at < next) return;
      alerts.push(...reportOf(sofar, at).alerts);
      next = at + 11 * HOUR;
      looks += 1;
    });
    expect(alerts).toEqual([]);
    expect(looks).toBeGreaterThan(8);
    expect(reportOf(received, city.truth().asOf + 1000 * HOUR).alerts).toEqual([]);
  });

  test('causes none once all has arrived, either: 200 seeds', async () => {
    for (let seed = 101; seed <= 300; seed += 1) {
      const { city, received } = await lived({ seed, days: 5, media: 6, terminals: 3 + (seed % 17), faults: HARSH });
      const { asOf } = city.truth();
      const alerts = [...reportOf(received, asOf).alerts, ...reportOf(received, asOf + 1000 * HOUR).alerts];
      expect([seed, alerts, city.violations()]).toEqual([seed, [], []]);
    }
  });

  test.each([11, 12, 13, 14])('is what the centre believes once all has arrived: seed %i', async (seed) => {
    const { city, received } = await lived({ seed, days: 5, media: 40, terminals: 20, faults: HARSH });
    const truth = city.truth();
    const report = reportOf(received, truth.asOf);
    const committed = new Map(truth.tornTaps.map((tap) => [`${tap.terminal}-${tap.serial}`, tap.committed]));
    const inDoubt = new Set<string>();
    for (const { terminal, serial, medium, status } of report.transactions) {
      const truly = committed.get(`${terminal}-${serial}`);
      if (status === 'unverified') inDoubt.add(medium);
      else if (truly !== undefined)
        expect([terminal, serial, status === 'successful']).toEqual([terminal, serial, truly]);
    }
    // In doubt is only a medium that nobody has read since its last tap tore.
    expect(inDoubt.size).toBeLessThan(5);
    expect(truth.tornTaps.length).toBeGreaterThan(40);
    expect(report.accounts.map(({ medium }) => medium)).toEqual(Object.keys(truth.media).sort());
    for (const { medium, balance, lastTime, lastTerminal, products, synchronization } of report.accounts) {
      if (inDoubt.has(medium)) continue;
      const { mediumSerial: _, ...held } = truth.media[medium] ?? { mediumSerial: 0 };
      expect({ balance, lastTime, lastTerminal, products }).toEqual(held);
      expect(synchronization).toEqual([]);
    }
  });

  test.each([21, 22, 23])(
    'charges nobody twice, lets nobody through unpaid, and keeps its money: seed %i',
    async (seed) => {
      const { city } = await lived({ seed, days: 4, media: 60, terminals: 16, faults: { ...HARSH, tornShare: 0.3 } });
      expect(city.counts.completed).toBeGreaterThan(20);
      expect(city.violations()).toEqual([]);
    },
  );

  test('has every fault that it is said to have', async () => {
    const { city, deliveries, received } = await lived({ ...small, days: 6 });
    const whole = deliveries.filter(({ isCut }) => !isCut);
    const serials = new Set(received.map(({ terminal, serial }) => `${terminal}-${serial}`));
    expect(deliveries.length).toBeGreaterThan(whole.length);
    expect(received.length).toBeGreaterThan(serials.size);
    expect(city.truth().tornTaps.some(({ committed }) => committed)).toBe(true);
    expect(city.truth().tornTaps.some(({ committed }) => !committed)).toBe(true);
    expect(new Set(received.map(({ type }) => type)).size).toBe(6);
    const statuses = received.map((record) => (record.type === 'observation' ? null : record.status));
    expect(new Set(statuses)).toEqual(new Set([null, 'successful', 'unsuccessful', 'unverified']));
    const late = whole.filter(({ at, bytes }) => at - (parseBatch(bytes).records[0]?.record.time ?? at) > 24 * HOUR);
    expect(late.length).toBeGreaterThan(0);
    const order = whole.filter(({ terminal }) => terminal === 2).map(({ from }) => from);
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
  });

  test('tells each record once, in order, as the journals of its terminals', async () => {
    const journals = new Map<number, number>();
    const city = await City.found(small);
    for await (const event of city.events()) {
      if (event.kind !== 'journal') continue;
      const { records } = parseBatch(event.bytes);
      expect(records.map(({ record }) => record.serial)).toEqual(records.map((_, at) => event.from + at));
      expect(event.from).toBe((journals.get(event.terminal) ?? 0) + 1);
      journals.set(event.terminal, event.to);
    }
    const { received } = await lived(small);
    for (const { terminal, serial } of received) expect(serial).toBeLessThanOrEqual(journals.get(terminal) ?? 0);
  });

  test('of one terminal and one medium lives, too', async () => {
    const { city, received } = await lived({ seed: 1, days: 7, media: 1, terminals: 1 });
    expect(received.length).toBeGreaterThan(5);
    expect(reportOf(received, city.truth().asOf + 1000 * HOUR).alerts).toEqual([]);
  });
});

describe('options that make no city are refused in words', () => {
  test.each([
    [{ media: 0 }, /media must be an integer from 1/],
    [{ days: 1.5 }, /days must be an integer from 1/],
    [{ terminals: -1 }, /terminals must be/],
    [{ faults: { tornShare: 2 } }, /tornShare must be 0 to 1, not 2/],
    [{ faults: { offlineHoursMax: 70 } }, /offlineHoursMax 70 is not honest/],
    [{ frauds: { clones: -1 } }, /clones must be/],
    [{ frauds: { clones: 20, forged: 11 } }, /frauds need 31 media/],
  ])('%o', async (change, message) => {
    await expect(City.found({ ...small, ...change })).rejects.toThrow(message);
  });
});
