import { amountOf } from '@retap/model';
import { encodeBatch, encodeSignedPayload, signedBatch } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral, type ReceivedBatch } from '../src/index.ts';
import { Device, ENROLLED, LICENCE_MS, newCode, REASON, verifySignature } from './device.ts';
import { embeddedDirectory } from './embedded-directory.ts';
import { findings } from './incremental.ts';

const CONFIGURATION = { maxDelay: 1_000_000, clockTolerance: 120_000, minimumBalance: amountOf(0) };

let central: Central;
let now = 1_000_000;
let terminals = 0;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle(ENROLLED);
});
afterAll(async () => {
  expect(await findings(central, 0, CONFIGURATION)).toEqual([]);
  await central.close();
});

const device = (): Promise<Device> => {
  terminals += 1;
  return new Device(terminals).work(20).join(central);
};
const size = async () => {
  const { batches, records, media } = await central.totals(0);
  return { batches, records, media };
};
/** What both doors say: the gate, and the transaction behind it. */
const codesOf = async (batch: ReceivedBatch) => {
  const code = (work: Promise<unknown>) =>
    work.then(
      () => 'taken',
      (error: { code?: string }) => error.code,
    );
  return [await code(central.verify(batch)), await code(central.receive([batch]))];
};
const refusedBoth = (code: string): string[] => [code, code];

describe('a batch of an enrolled terminal', () => {
  test('is taken; the same bytes again are answered alike', async () => {
    const one = await device();
    const batch = await one.batch(1, 10);
    expect(await central.verify(batch)).toBe(one.terminal);
    const [first] = await central.receive([batch]);
    const before = await size();
    expect(first).toMatchObject({ accepted: 10, quarantined: [] });
    expect(await central.receive([{ ...batch }, batch])).toEqual([first, first]);
    expect(await size()).toEqual(before);
  });

  test('signed twice over is two batches, and each record counts once', async () => {
    const one = await device();
    await central.receive([await one.batch(1, 10)]);
    const { records } = await size();
    await central.receive([await one.batch(6, 15)]);
    expect((await size()).records).toBe(records + 5);
  });

  test('tells when its terminal was seen, and how its clock stands', async () => {
    const one = await device();
    await central.receive([{ ...(await one.batch(1, 3)), sentAt: now - 2_500 }]);
    expect(await central.registry.terminal(one.terminal)).toMatchObject({
      ...{ seenAt: now, clockOffset: 2_500, lastSerial: 3, missing: 0 },
    });
    now += 10;
    await central.receive([await one.batch(5, 6)]); // without its clock: the last word of it stands
    const [listed] = (await central.registry.terminals()).filter(({ terminal }) => terminal === one.terminal);
    expect(listed).toMatchObject({ seenAt: now, clockOffset: 2_500, lastSerial: 6, missing: 1 });
  });

  test('recorded and sent again, by whomever, shows no terminal at work, and says nothing of its clock', async () => {
    const one = await device();
    const recorded = await one.batch(1, 3);
    await central.receive([{ ...recorded, sentAt: now }]);
    const seenAt = now;
    now += 86_400;
    await central.receive([{ ...recorded, sentAt: now - 500_000 }]);
    expect(await central.registry.terminal(one.terminal)).toMatchObject({ seenAt, clockOffset: 0 });
    await central.receive([await one.batch(4, 4), { ...recorded, sentAt: 0 }]);
    expect(await central.registry.terminal(one.terminal)).toMatchObject({ seenAt: now, clockOffset: 0 });
  });
});

describe('is refused, with nothing kept:', () => {
  const refused = async (batch: ReceivedBatch, code: string) => {
    const before = await size();
    expect(await codesOf(batch)).toEqual(refusedBoth(code));
    expect(await size()).toEqual(before);
  };

  test('an unsigned one', async () => {
    const records = new Device(500).work(1).journal;
    const body = encodeBatch({ terminal: 500, from: 1, to: 1, records });
    await expect(central.receive([{ form: 'batch', body }])).rejects.toMatchObject({ code: 'batch-unsigned' });
    const lines = new TextEncoder().encode(JSON.stringify(records[0]));
    await expect(central.receive([{ form: 'journal', body: lines }])).rejects.toMatchObject({ code: 'batch-unsigned' });
    await refused({ form: 'batch', body }, 'batch-unsigned');
    expect(await size()).not.toHaveProperty('records', 0);
  });

  test('an unsigned one before it is read, and before it waits with others that would fail with it', async () => {
    const unreadable = new TextEncoder().encode('{');
    await expect(central.verify({ form: 'batch', body: unreadable })).rejects.toMatchObject({ code: 'batch-unsigned' });
  });

  test('one of a terminal that nobody knows', async () => {
    await refused(await new Device(60_000).work(2).batch(1, 2), 'terminal-unknown');
  });

  test('one in the name of a terminal that has another key', async () => {
    const [one, thief] = [await device(), await device()];
    await refused(await thief.batchAs(one.terminal, 1, 2), 'signature-invalid');
    await refused(await new Device(one.terminal).work(2).batch(1, 2), 'signature-invalid');
  });

  test('one with records of another terminal, signed by a terminal that may speak', async () => {
    const [one, thief] = [await device(), await device()];
    const stolen = new Device(one.terminal).work(2);
    await refused(await stolen.batchAs(thief.terminal, 1, 2), 'signature-invalid');
    await refused(await foreignBatch(thief, stolen), 'terminal-mismatch');
  });

  test('one of a suspended terminal, until it is resumed; what it sent before stands', async () => {
    const one = await device();
    const earlier = await one.batch(1, 5);
    const [answer] = await central.receive([earlier]);
    await central.registry.suspend(one.terminal, REASON);
    await refused(await one.batch(6, 8), 'terminal-suspended');
    await refused(earlier, 'terminal-suspended');
    await central.registry.resume(one.terminal, REASON);
    expect(await central.receive([earlier])).toEqual([answer]);
    expect(await central.receive([await one.batch(6, 8)])).toMatchObject([{ accepted: 3 }]);
  });

  test('one of a revoked terminal, though the gate had let it through before', async () => {
    const one = await device();
    await central.receive([await one.batch(1, 5)]);
    const waiting = await one.batch(6, 8);
    await central.verify(waiting);
    await central.registry.revoke(one.terminal, REASON);
    await expect(central.receive([waiting])).rejects.toMatchObject({ code: 'terminal-revoked' });
    await refused(waiting, 'terminal-revoked');
    expect(await central.registry.terminal(one.terminal)).toMatchObject({ lastSerial: 5 });
  });

  test('one whose terminal has another key by now, though the gate had let it through before', async () => {
    const one = await device();
    const waiting = await one.batch(1, 2);
    await central.verify(waiting);
    const { codeDigest } = newCode();
    await central.registry.invite({ terminal: one.terminal, codeDigest, validMs: 1_000, as: null }, REASON);
    const fresh = new Device(one.terminal).work(2);
    await fresh.enrol(central, codeDigest);
    await expect(central.receive([waiting])).rejects.toMatchObject({ code: 'signature-invalid' });
    expect(await central.receive([await fresh.batch(1, 2)])).toMatchObject([{ accepted: 2 }]);
  });

  test('one whose licence has expired, from that millisecond on, until it is renewed', async () => {
    const one = await device();
    const end = now + LICENCE_MS;
    now = end - 1;
    expect(await central.receive([await one.batch(1, 2)])).toMatchObject([{ accepted: 2 }]);
    now = end;
    await refused(await one.batch(3, 4), 'licence-expired');
    await central.registry.renew(one.terminal, REASON);
    expect(await central.receive([await one.batch(3, 4)])).toMatchObject([{ accepted: 2 }]);
  });

  test('all that came with it in one call, for a call is one transaction', async () => {
    const one = await device();
    const before = await size();
    const good = await one.batch(1, 2);
    const bad = await new Device(60_001).work(1).batch(1, 1);
    await expect(central.receive([good, bad])).rejects.toMatchObject({ code: 'terminal-unknown', terminal: 60_001 });
    expect(await size()).toEqual(before);
  });
});

test('a centre without a way to verify takes nothing that is signed', async () => {
  const blind = await openCentral({ database: embeddedDirectory(), now: () => now });
  try {
    await blind.registry.settle(ENROLLED);
    const one = new Device(1).work(1);
    const { codeDigest } = newCode();
    expect(await one.enrol(blind, codeDigest)).toEqual({ refusal: 'signature-invalid' });
    await expect(blind.receive([await one.batch(1, 1)])).rejects.toMatchObject({ code: 'terminal-unknown' });
  } finally {
    await blind.close();
  }
});

/** A batch of somebody else's records under one's own name and signature. */
async function foreignBatch(speaker: Device, records: Device): Promise<ReceivedBatch> {
  const { terminal, journal } = records;
  const payload = encodeSignedPayload({ terminal, from: 1, before: records.linkBefore(1), records: journal });
  return { form: 'signed', body: await signedBatch(payload, speaker.terminal, speaker.sign) };
}
