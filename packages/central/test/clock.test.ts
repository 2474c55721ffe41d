import { type ClockReport, encodeTimeQuestion } from '@retap/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../src/index.ts';
import { expectCases, watchAll } from './alert-work/watching.ts';
import { Device, ENROLLED, LICENCE_MS, REASON, verifySignature } from './device.ts';
import { embeddedDirectory } from './embedded-directory.ts';

const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i);
/** Half of the default clock tolerance. */
const LIMIT = 60_000;

let central: Central;
let now = 1_000_000;
let terminals = 0;
let one: Device;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle(ENROLLED);
});
afterAll(() => central.close());
beforeEach(async () => {
  now += 10_000;
  terminals += 1;
  one = await new Device(terminals).work(3).join(central);
});

const question = (device: Device, report: ClockReport | null) =>
  encodeTimeQuestion({ terminal: device.terminal, nonce: NONCE, report }, device.sign);
const say = async (offset: number, delay = 40, measuredAt = now, device = one) =>
  central.registry.hearTimeQuestion(await question(device, { offset, delay, measuredAt }));
const clockOf = async (device = one) => (await central.registry.terminal(device.terminal))?.clock;
const clocksOff = async () =>
  (await central.integrityAlerts({ limit: 100 })).filter(({ kind }) => kind === 'terminal-clock-off');
const isOff = async (device = one): Promise<boolean> =>
  (await clocksOff()).some(({ terminal }) => terminal === device.terminal);

describe('what a terminal says of its clock', () => {
  test('is kept, with when it was measured; who has measured nothing yet is heard too', async () => {
    expect(await central.registry.hearTimeQuestion(await question(one, null))).toEqual({
      ...{ terminal: one.terminal, nonce: NONCE, report: null },
    });
    expect(await central.registry.terminal(one.terminal)).toMatchObject({ seenAt: now, clock: null });
    await say(-4_200, 35, now - 5);
    expect(await clockOf()).toEqual({ offset: -4_200, delay: 35, measuredAt: now - 5 });
    const listed = (await central.registry.terminals()).find(({ terminal }) => terminal === one.terminal);
    expect(listed?.clock).toEqual(await clockOf());
  });

  test('stands beside what an upload says, which neither replaces nor is replaced', async () => {
    await say(7, 35);
    await central.receive([{ ...(await one.batch(1, 3)), sentAt: now - 2_500 }]);
    await say(8, 35, now + 0);
    expect(await central.registry.terminal(one.terminal)).toMatchObject({ clockOffset: 2_500, clock: { offset: 7 } });
  });

  test('sent again, or in another order, changes nothing: what was measured last stands', async () => {
    const before = await question(one, { offset: 90_000, delay: 1, measuredAt: now - 20 });
    await central.registry.hearTimeQuestion(before);
    await say(3, 1, now - 10);
    await central.registry.hearTimeQuestion(before);
    expect(await clockOf()).toMatchObject({ offset: 3 });
  });

  test('sent again shows no terminal at work: somebody who recorded it may have sent it', async () => {
    const seenAt = async () => (await central.registry.terminal(one.terminal))?.seenAt;
    const withoutReport = await question(one, null);
    await central.registry.hearTimeQuestion(withoutReport);
    const joined = now;
    now += 10;
    const measured = await question(one, { offset: 3, delay: 1, measuredAt: now });
    await central.registry.hearTimeQuestion(measured);
    expect(await seenAt()).toBe(joined + 10);
    now += 60_000;
    await central.registry.hearTimeQuestion(measured);
    await central.registry.hearTimeQuestion(withoutReport);
    expect(await seenAt()).toBe(joined + 10);
    await say(4, 1, joined + 20);
    expect(await seenAt()).toBe(now);
  });

  test('is heard again after the centre’s own clock was set back', async () => {
    now += LICENCE_MS / 2;
    await say(1, 1, now);
    now -= LICENCE_MS / 2;
    await say(2, 1, now);
    expect(await clockOf()).toEqual({ offset: 2, delay: 1, measuredAt: now });
  });

  test('is not kept where it rests on a time that the centre cannot have told', async () => {
    await say(1, 1, now + 1);
    expect(await clockOf()).toBeNull();
  });
});

describe('the time is not told to', () => {
  const refused = async (device: Device, code: string): Promise<void> => {
    const asked = central.registry.hearTimeQuestion(await question(device, { offset: 1, delay: 1, measuredAt: now }));
    await expect(asked).rejects.toMatchObject({ code });
  };

  test('a stranger, and who speaks as another', async () => {
    await refused(new Device(60_000), 'terminal-unknown');
    await refused(new Device(one.terminal), 'signature-invalid');
    expect(await clockOf()).toBeNull();
  });

  test('one that is suspended, revoked or expired', async () => {
    await central.registry.suspend(one.terminal, REASON);
    await refused(one, 'terminal-suspended');
    await central.registry.resume(one.terminal, REASON);
    now += LICENCE_MS;
    await refused(one, 'licence-expired');
    await central.registry.revoke(one.terminal, REASON);
    await refused(one, 'terminal-revoked');
    expect(await clockOf()).toBeNull();
  });

  test('who sends no whole question', async () => {
    await expect(central.registry.hearTimeQuestion(new Uint8Array(9))).rejects.toMatchObject({
      code: 'time-malformed',
    });
  });
});

describe('a clock is an alert', () => {
  test.each([
    [`behind by ${LIMIT} ms and half the round trip: it may be just within`, LIMIT + 20, false],
    ['behind by one more', LIMIT + 21, true],
    ['ahead by as much', -LIMIT - 20, false],
    ['ahead by one more', -LIMIT - 21, true],
  ])('%s', async (_what, offset, expected) => {
    await say(offset);
    expect(await isOff()).toBe(expected);
  });

  test('until the next measurement is good', async () => {
    await say(-3_600_000);
    expect(await clocksOff()).toContainEqual({ kind: 'terminal-clock-off', terminal: one.terminal });
    now += 1;
    await say(40);
    expect(await isOff()).toBe(false);
  });

  test('of a terminal in service, and not of one that can no longer say otherwise', async () => {
    await say(3_600_000);
    await central.registry.suspend(one.terminal, REASON);
    expect(await isOff()).toBe(false);
    await central.registry.resume(one.terminal, REASON);
    expect(await isOff()).toBe(true);
    await central.registry.revoke(one.terminal, REASON);
    expect(await isOff()).toBe(false);
  });

  test('counted in the totals, listed after the broken chains, and no more than are wanted', async () => {
    await say(3_600_000);
    await central.receive([await one.batch(1, 2)]);
    one.journal[0] = new Device(one.terminal).work(1, 700).journal[0]!;
    await central.receive([await one.batch(3, 3)]);
    const off = await clocksOff();
    const broken = { kind: 'journal-chain-broken', terminal: one.terminal, serial: 3 };
    expect(await central.integrityAlerts({ limit: 100 })).toEqual([broken, ...off]);
    expect(await central.integrityAlerts({ limit: 1 })).toEqual([broken]);
    expect((await central.totals(0)).integrity?.alerts).toEqual({
      ...{ 'journal-chain-broken': 1, 'terminal-clock-off': off.length },
    });
  });

  test('by the limit that the operator sets, or half the tolerance again', async () => {
    await say(31_000);
    expect([await central.registry.clockOffsetMax(), await isOff()]).toEqual([LIMIT, false]);
    expect(await central.registry.settleClockOffsetMax(30_000, REASON)).toBe(30_000);
    expect([await central.registry.clockOffsetMax(), await isOff()]).toEqual([30_000, true]);
    expect(await central.registry.settleClockOffsetMax(null, REASON)).toBe(LIMIT);
    expect([await central.registry.clockOffsetMax(), await isOff()]).toEqual([LIMIT, false]);
    expect(await central.audit.entries({ limit: 2 })).toMatchObject([
      { who: 'ana', what: 'centre.clock-limit', outcome: 'done', detail: { most: null, why: 'because' } },
      { who: 'ana', what: 'centre.clock-limit', outcome: 'done', detail: { most: 30_000 } },
    ]);
  });

  test('as a case that people work on: raised, cured by the clock itself or by whatever takes it away, raised again', async () => {
    const cases = async () => {
      await watchAll(central, now);
      await expectCases(central, now);
      const found = await central.alertWork.cases({ kind: 'terminal-clock-off', terminal: one.terminal, limit: 9 });
      return found.map(({ alert, state, cure, appearances }) => ({ alert, state, cure, appearances }));
    };
    expect(await cases()).toEqual([]);
    await say(3_600_000);
    const alert = { kind: 'terminal-clock-off', terminal: one.terminal };
    const stands = { alert, state: 'new', cure: null };
    const cured = { alert, state: 'cured', cure: { by: 'clock' } };
    expect(await cases()).toEqual([{ ...stands, appearances: 1 }]);
    now += 1;
    await say(3_700_000); // further off: the same case
    expect(await cases()).toEqual([{ ...stands, appearances: 1 }]);
    now += 1;
    await say(40);
    expect(await cases()).toEqual([{ ...cured, appearances: 1 }]);
    now += 1;
    await say(45_000);
    await central.registry.settleClockOffsetMax(30_000, REASON);
    expect(await cases()).toEqual([{ ...stands, appearances: 2 }]);
    await central.registry.settleClockOffsetMax(null, REASON);
    expect(await cases()).toEqual([{ ...cured, appearances: 2 }]);
    now += 1;
    await say(-90_000);
    expect(await cases()).toEqual([{ ...stands, appearances: 3 }]);
    await central.registry.suspend(one.terminal, REASON);
    expect(await cases()).toEqual([{ ...cured, appearances: 3 }]);
  });
});
