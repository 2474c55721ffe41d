import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Central, messageId, openCentral } from '@retap/central';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import type { Log } from '../../src/log.ts';
import type { DeliveryRules } from '../../src/webhooks/deliver.ts';
import { sealBy, UNSEALED } from '../../src/webhooks/seal.ts';
import { sendSome } from '../../src/webhooks/sender.ts';
import { batchOf, open } from '../records.ts';

const REASON = { who: 'ana', why: '' };
const LEASE_MS = 15_000;
const DAY = 86_400_000;
let central: Central;
let receiver: Server;
let url: string;
let now = 1_000;
let status = 204;
let received: string[] = [];
let leases = 0;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  receiver = createServer((request, response) => {
    received.push(String(request.headers['webhook-id']));
    request.resume();
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  receiver.close();
  await central.close();
});
beforeEach(async () => {
  for (const { id } of await central.webhooks.list()) await central.webhooks.remove(id, REASON);
  while ((await central.events.place()) > 0);
  received = [];
  status = 204;
});

const rules: DeliveryRules = {
  ...{ toLoopback: true, timeoutMs: 5_000, answerBytesMax: 1_000 },
  resolve: () => Promise.reject(new Error('nobody may ask')),
};

/** A process that sends. */
function sender(
  stopping = () => false,
  seal = UNSEALED,
  log: Log = () => {},
  sideBySide?: number,
): () => Promise<boolean> {
  const newLease = (): string => {
    leases += 1;
    return `lease ${leases}`;
  };
  const quiet = { log, random: () => 1, now: () => now };
  return () => sendSome({ webhooks: central.webhooks, seal, rules, newLease, stopping, ...quiet }, sideBySide);
}

async function newHook(secret: Uint8Array = new Uint8Array(32)): Promise<number> {
  const made = await central.webhooks.add({ url, types: ['batch.quarantined'], secret }, REASON);
  return 'refusal' in made ? expect.fail(made.refusal) : made.id;
}

let terminal = 0;
/** So many events; returns the ids of their messages. */
async function happen(count: number): Promise<string[]> {
  const before = await central.events.last();
  for (let n = 0; n < count; n += 1) {
    terminal += 1;
    const good = JSON.parse(new TextDecoder().decode(batchOf([open(terminal, 1, 'A', 0, 1)])));
    const body = new TextEncoder().encode(JSON.stringify({ ...good, records: [{ ...good.records[0], amount: 'x' }] }));
    await central.receive([{ form: 'batch', body }]);
  }
  while ((await central.events.place()) > 0);
  const events = await central.events.after(before, { types: ['batch.quarantined'], limit: 1_000 });
  expect(events.length).toBe(count);
  return events.map(messageId);
}

const hook = async (id: number) => (await central.webhooks.webhook(id)) ?? expect.fail('no webhook');

describe('a webhook', () => {
  test('gets what happens from when it was made on, in order, and nothing of other types', async () => {
    await happen(2);
    const id = await newHook();
    const ids = await happen(120);
    const send = sender();
    while (await send());
    expect(received).toEqual(ids);
    expect(await hook(id)).toMatchObject({ failures: 0, failingSince: null });
    expect((await hook(id)).attempts.length).toBe(20);
  });

  test('gets each once from two processes that send at the same time', async () => {
    await newHook();
    const ids = await happen(80);
    const [one, other] = [sender(), sender()];
    for (let more = [true]; more.includes(true); ) more = await Promise.all([one(), other()]);
    expect(received).toEqual(ids);
  });

  test('has its turn, however much another one has still to be sent', async () => {
    await newHook();
    await newHook();
    const ids = await happen(120);
    const send = sender(undefined, undefined, undefined, 1);
    await send();
    await send();
    expect(received).toEqual([...ids.slice(0, 50), ...ids.slice(0, 50)]);
    while (await send());
    expect(received.toSorted()).toEqual([...ids, ...ids].toSorted());
  });

  test('gets what was under way again, under the same id, when its process was killed', async () => {
    await newHook();
    const ids = await happen(3);
    const killed = await central.webhooks.claim('lease of the dead');
    expect(killed?.events.map(messageId)).toEqual(ids);
    received.push(ids[0] ?? ''); // it was sent, and nobody noted that
    const send = sender();
    expect(await send()).toBe(false);
    now += LEASE_MS;
    while (await send());
    expect(received).toEqual([ids[0], ...ids]);
    // The dead one comes back, and is told that it is no longer its turn.
    const attempt = { position: 1, outcome: 'delivered', status: 200, tookMs: 1 } as const;
    expect(killed && (await central.webhooks.attempted(killed, attempt, 0))).toBe(false);
  });

  test('that fails is tried again later, and nothing overtakes what failed', async () => {
    const id = await newHook();
    const [first, second] = await happen(2);
    const send = sender();
    status = 500;
    await send();
    expect(await send()).toBe(false);
    expect(received).toEqual([first]);
    expect(await hook(id)).toMatchObject({ failures: 1, failingSince: now, nextAt: now + 5_000 });
    now += 5_000;
    await send();
    expect(await hook(id)).toMatchObject({ failures: 2, nextAt: now + 10_000 });
    now += 10_000;
    status = 200;
    await send();
    expect(received).toEqual([first, first, first, second]);
  });

  test('that fails for days, or wants no more, is disabled, and that is told', async () => {
    const id = await newHook();
    await happen(1);
    const send = sender();
    status = 503;
    await send();
    now += 5 * DAY;
    await send();
    expect(await hook(id)).toMatchObject({ enabled: false, failures: 2 });
    status = 410;
    await central.webhooks.enable(id, REASON);
    await send();
    expect(await hook(id)).toMatchObject({ enabled: false, failures: 1 });
    while ((await central.events.place()) > 0);
    const told = await central.events.after(0, { types: ['webhook.changed'], limit: 1_000 });
    expect(told.map(({ data }) => data).slice(-3)).toMatchObject([
      { what: 'webhook.disabled', who: 'centre', why: 'it failed for 5 days' },
      { what: 'webhook.enabled', who: 'ana' },
      { what: 'webhook.disabled', who: 'centre', why: 'it answered 410' },
    ]);
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  test('is sent everything again from a position on', async () => {
    const id = await newHook();
    const ids = await happen(4);
    const send = sender();
    while (await send());
    const from = Number(ids[2]?.slice('evt_'.length));
    await central.webhooks.replay(id, from, REASON);
    while (await send());
    expect(received).toEqual([...ids, ids[2], ids[3]]);
    expect(await central.webhooks.replay(id, 10 ** 9, REASON)).toEqual({ refusal: 'position-unknown' });
    expect(await central.webhooks.replay(99, from, REASON)).toEqual({ refusal: 'webhook-unknown' });
  });

  test('has two secrets for as long as the earlier one is good', async () => {
    const id = await newHook();
    await happen(1);
    await central.webhooks.rotate(id, new Uint8Array(32).fill(1), DAY, REASON);
    const during = await central.webhooks.claim('during');
    expect(during?.secrets.map(([first]) => first)).toEqual([1, 0]);
    now += DAY;
    const after = await central.webhooks.claim('after');
    expect(after?.secrets.map(([first]) => first)).toEqual([1]);
  });

  test('whose secret another identity sealed fails by itself, says why, and sends again once it was rotated', async () => {
    const identity = (n: number) =>
      sealBy(
        { publicKey: new Uint8Array(32), sign: () => new Uint8Array(64).fill(n) },
        (count) => new Uint8Array(count),
      );
    const [ours, others] = [await identity(1), await identity(2)];
    const secret = new Uint8Array(32).fill(7);
    const failing = await newHook(others.seal(secret));
    const good = await newHook(ours.seal(secret));
    const [first] = await happen(1);
    const log = vi.fn();
    const send = sender(() => false, ours, log);
    await send();
    expect(received).toEqual([first]);
    expect(await hook(good)).toMatchObject({ failures: 0 });
    const attempt = { outcome: 'secret-not-opened', status: null, tookMs: 0 };
    expect(await hook(failing)).toMatchObject({ failures: 1, nextAt: now + 5_000, attempts: [attempt] });
    expect(log).toHaveBeenCalledWith('warn', 'webhook-failed', {
      ...{ webhook: failing, outcome: 'secret-not-opened', status: null },
      why: 'its secret was sealed by another identity; rotate it',
    });
    // The one before would sign too for a while, and cannot.
    await central.webhooks.rotate(failing, ours.seal(secret), DAY, REASON);
    now += 5_000;
    await send();
    expect(received).toEqual([first, first]);
    expect(await hook(failing)).toMatchObject({ failures: 0 });
  });

  test('is left in peace by a process that stops', async () => {
    await newHook();
    await happen(2);
    await sender(() => true)();
    expect(received).toEqual([]);
    await sender()();
    expect(received.length).toBe(2);
  });
});
