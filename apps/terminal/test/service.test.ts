import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { ReaderError } from '../src/reader.ts';
import type { Command } from '../src/screen/command.ts';
import type { ScreenState } from '../src/screen/screen.ts';
import { MIDNIGHT, RISING, StandInLists } from './lists/tariffs.ts';
import { CARD, debitOf, OTHER_CARD, POINT_OF_SALE, type Stage, stage, VALIDATOR } from './scene.ts';

let scene: Stage;
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await scene?.service.stop();
});

const QUICK = { ...VALIDATOR, screen: { port: 0, messageFor: '1ms' } };
const kind = async (): Promise<string> => (await scene.state()).message.kind;

/** A page's socket, as the browser opens it unless headers say otherwise. */
async function socket(headers: Readonly<Record<string, string>> = {}, states: ScreenState[] = []): Promise<WebSocket> {
  const url = new URL(scene.service.url);
  const opened = new WebSocket(`ws://${url.host}/screen`, { headers: { origin: url.origin, ...headers } });
  ends.push(() => opened.terminate());
  opened.on('message', (data) => {
    const { state } = JSON.parse(String(data));
    if (state) states.push(state);
  });
  await new Promise((resolve, reject) => {
    opened.once('open', resolve);
    opened.once('error', reject);
  });
  return opened;
}

/** Sends a command, and waits until the screen shows what it selected. */
async function command(what: Command): Promise<void> {
  const page = await socket();
  page.send(JSON.stringify(what));
  await new Promise((resolve) => setTimeout(resolve, 30));
}

describe('only a page of this machine is let in', () => {
  const answered = (headers: Readonly<Record<string, string>>, path = '/state'): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(scene.service.url);
      request({ hostname, port, path, headers }, ({ statusCode }) => resolve(statusCode))
        .once('error', reject)
        .end();
    });

  test('a name that was made to point here is refused, on every path', async () => {
    scene = await stage();
    const { port } = new URL(scene.service.url);
    expect(await answered({ host: `127.0.0.1:${port}` })).toBe(200);
    expect(await answered({ host: `localhost:${port}` })).toBe(200);
    for (const host of [
      `evil.example:${port}`,
      `127.0.0.1.evil.example:${port}`,
      '127.0.0.1',
      `127.0.0.1:${Number(port) + 1}`,
    ]) {
      for (const path of ['/', '/state', '/main.js', '/words.json', '/nowhere'])
        expect(await answered({ host }, path)).toBe(403);
    }
  });

  test('another origin gets neither the state nor a socket', async () => {
    scene = await stage();
    const { host, origin } = new URL(scene.service.url);
    expect(await answered({ host, origin })).toBe(200);
    for (const other of ['http://evil.example', 'null', `https://${host}`, 'http://127.0.0.1:1']) {
      expect(await answered({ host, origin: other })).toBe(403);
      await expect(socket({ origin: other })).rejects.toThrow('403');
    }
    await expect(socket({ host: 'evil.example' })).rejects.toThrow('403');
  });

  test('a socket that names no origin is no page of a browser', async () => {
    scene = await stage();
    const { host } = new URL(scene.service.url);
    const bare = new WebSocket(`ws://${host}/screen`);
    await expect(new Promise((_, reject) => bare.once('error', reject))).rejects.toThrow('403');
  });

  test('the page may load nothing from elsewhere', async () => {
    scene = await stage();
    const { headers } = await fetch(scene.service.url);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

test('who comes late sees what is, and what changes', async () => {
  scene = await stage();
  await scene.tap();
  const states: ScreenState[] = [];
  await socket({}, states);
  await expect.poll(() => states[0]?.message.kind).toBe('go');
  scene.terminal.outcome = debitOf('unverified');
  await scene.tap(OTHER_CARD);
  await expect.poll(() => states.at(-1)?.message).toEqual({ kind: 'again', reason: 'torn' });
});

test.each([
  '',
  'no JSON',
  '[]',
  '{"do":"choose","offer":0}',
  '{"do":"choose","offer":"1"}',
  '{"do":"open"}',
  '{"do":"enter","type":"debit","amount":1e99}',
  '{"do":"cancel","x":1}',
])('a page that sends %j changes nothing and stays connected', async (text) => {
  scene = await stage();
  const before = await scene.state();
  const page = await socket();
  page.send(text);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await scene.state()).toEqual(before);
  expect(page.readyState).toBe(WebSocket.OPEN);
});

test('a message too large to be a command ends the connection, and nothing else', async () => {
  scene = await stage();
  const page = await socket();
  page.send('x'.repeat(5_000));
  await expect.poll(() => page.readyState).toBe(WebSocket.CLOSED);
  expect(await kind()).toBe('ready');
});

describe('a choice', () => {
  test('of an offer that is not there, or an amount where none may be keyed in, changes nothing', async () => {
    scene = await stage();
    await command({ do: 'choose', offer: 3 });
    await command({ do: 'enter', type: 'debit', amount: 100 });
    expect(await scene.state()).toMatchObject({ selected: { offer: 1 }, isDefault: true });
  });

  test('holds for one tap', async () => {
    scene = await stage(QUICK);
    await command({ do: 'choose', offer: 2 });
    expect(await scene.state()).toMatchObject({ selected: { offer: 2 }, isDefault: false });
    await scene.tap();
    await expect.poll(kind).toBe('ready');
    await scene.tap();
    expect(scene.terminal.requests.map(({ type }) => type)).toEqual(['validation', 'debit']);
  });

  test('stays for the card that has to be held again, and for no other', async () => {
    scene = await stage();
    scene.terminal.outcome = debitOf('unverified');
    await command({ do: 'choose', offer: 2 });
    await scene.tap(CARD);
    await scene.tap(CARD);
    await scene.tap(OTHER_CARD);
    expect(scene.terminal.requests.map(({ type }) => type)).toEqual(['validation', 'validation', 'debit']);
  });

  test('goes with the person who does not hold the card again', async () => {
    scene = await stage(QUICK);
    scene.terminal.outcome = debitOf('unverified');
    await command({ do: 'choose', offer: 2 });
    await scene.tap(CARD);
    await expect.poll(kind).toBe('ready');
    expect(await scene.state()).toMatchObject({ isDefault: true });
  });

  test('none, at a point of sale: the card is read and nothing is charged', async () => {
    scene = await stage(POINT_OF_SALE);
    await scene.tap();
    expect((await scene.state()).message).toMatchObject({ kind: 'account', medium: CARD, balance: 1000 });
    expect(scene.terminal.requests).toEqual([]);
  });
});

test('at midnight the screen has the new tariff, and the tap its price; nothing was sent for it', async () => {
  let now = MIDNIGHT - 1;
  const lists = new StandInLists(RISING);
  scene = await stage(QUICK, { lists: lists as never, now: () => now });
  expect(await scene.state()).toMatchObject({ selected: { offer: 1 }, offers: [{ amount: 130 }, { amount: 50 }, {}] });
  await scene.tap();
  await expect.poll(kind).toBe('ready');
  await command({ do: 'choose', offer: 2 });
  now = MIDNIGHT;
  // Nobody touches anything: the terminal looks by itself.
  await expect.poll(async () => (await scene.state()).offers.length, { timeout: 3_000 }).toBe(2);
  expect(await scene.state()).toMatchObject({ selected: { offer: 2 }, isDefault: true, offers: [{}, { amount: 140 }] });
  await scene.tap();
  expect(scene.terminal.requests).toEqual([
    { type: 'debit', amount: 130 },
    { type: 'debit', amount: 140 },
  ]);
});

describe('a card at the edge of the field', () => {
  test('is not charged twice while its go is shown', async () => {
    scene = await stage();
    await scene.tap();
    for (let bounce = 0; bounce < 3; bounce += 1) {
      scene.reader.hold(CARD);
      await new Promise((resolve) => setTimeout(resolve, 20));
      scene.reader.pull();
    }
    expect(scene.terminal.requests).toHaveLength(1);
  });

  test('another card is served at once', async () => {
    scene = await stage();
    await scene.tap();
    await scene.tap(OTHER_CARD);
    expect(scene.terminal.requests).toHaveLength(2);
  });

  test('one that stays is charged once, however long', async () => {
    scene = await stage(QUICK);
    scene.reader.hold(CARD);
    await expect.poll(() => scene.terminal.requests.length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(scene.terminal.requests).toHaveLength(1);
  });
});

describe('out of service', () => {
  test('as the terminal says, without any tap, and in service again by itself', async () => {
    scene = await stage();
    scene.terminal.outOfService = 'clock-not-set';
    await expect
      .poll(async () => (await scene.state()).message, { timeout: 3_000 })
      .toEqual({
        kind: 'out-of-service',
        reason: 'clock-not-set',
      });
    scene.terminal.outOfService = null;
    await expect.poll(kind, { timeout: 3_000 }).toBe('ready');
  });

  test('for too much unsent: stays until a tap is served', async () => {
    scene = await stage(QUICK);
    scene.terminal.outcome = { outcome: 'refused', reason: 'unsent-limit' };
    await scene.tap();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await kind()).toBe('out-of-service');
    await command({ do: 'cancel' });
    expect(await kind()).toBe('out-of-service');
    scene.terminal.outcome = debitOf('successful');
    await scene.tap();
    await expect.poll(kind).toBe('ready');
  });

  test('a reader that is missing, until it is back', async () => {
    scene = await stage();
    scene.reader.breakWith(new ReaderError('reader-missing', 'unplugged'));
    await expect.poll(async () => (await scene.state()).message).toEqual({ kind: 'out-of-service', reason: 'reader' });
    scene.reader.breakWith(null);
    await expect.poll(kind, { timeout: 3_000 }).toBe('ready');
    await scene.tap();
    expect(await kind()).toBe('go');
  });

  test('our own mistake ends neither the process nor its hope', async () => {
    scene = await stage(QUICK);
    const { tap } = scene.terminal;
    scene.terminal.tap = async () => {
      throw new Error('a mistake');
    };
    scene.reader.hold(CARD);
    await expect.poll(async () => (await scene.state()).message).toEqual({ kind: 'out-of-service', reason: 'fault' });
    scene.reader.pull();
    scene.terminal.tap = tap;
    await expect.poll(kind, { timeout: 3_000 }).toBe('ready');
  });
});

test('a card that cannot be spoken to at all: hold it again', async () => {
  scene = await stage();
  scene.service.unusableCard('mute');
  expect((await scene.state()).message).toEqual({ kind: 'again', reason: 'unreadable' });
});

test('the end waits for the tap that is under way, and gives the reader back', async () => {
  scene = await stage();
  let finish = (): void => {};
  let isOver = false;
  scene.terminal.tap = async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    isOver = true;
    return debitOf('successful');
  };
  scene.reader.hold(CARD);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const stopped = scene.service.stop();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([isOver, scene.reader.isClosed]).toEqual([false, false]);
  finish();
  await stopped;
  expect([isOver, scene.reader.isClosed]).toEqual([true, true]);
});

describe('what waits goes to the centre', () => {
  async function centre(statuses: number[]): Promise<{ url: string; bodies: string[] }> {
    const bodies: string[] = [];
    const server = createServer((incoming, answer) => {
      let body = '';
      incoming.on('data', (piece) => {
        body += piece;
      });
      incoming.on('end', () => {
        bodies.push(`${incoming.method} ${incoming.url} ${body}`);
        // A captive portal says 200 too: what acknowledges is the centre's receipt.
        const status = statuses.shift() ?? 200;
        answer.writeHead(status).end(status === 200 ? '{"receipt":1,"accepted":1,"quarantined":[]}' : '{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    ends.push(() => new Promise((resolve) => server.close(resolve)));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/retap`, bodies };
  }

  async function staged(url: string): Promise<void> {
    scene = await stage({ ...VALIDATOR, centre: { url, uploadEvery: '10ms', by: 'http' } }, { random: () => 0 });
  }

  test('the same bytes until they are acknowledged, and only status 200 is that', async () => {
    const { url, bodies } = await centre([503, 500, 202, 200]);
    await staged(url);
    const waiting = [{ from: 1, to: 1, form: 'batch' as const, bytes: new TextEncoder().encode('batch one') }];
    scene.terminal.nextBatch = async () => waiting[0] ?? null;
    scene.terminal.acknowledge = async () => {
      waiting.shift();
    };
    await expect.poll(() => waiting.length).toBe(0);
    expect(bodies).toEqual(Array(4).fill('POST /retap/batches batch one'));
  });

  test('too much unsent is over when the centre has it', async () => {
    const { url } = await centre([]);
    await staged(url);
    scene.terminal.outcome = { outcome: 'refused', reason: 'unsent-limit' };
    await scene.tap();
    expect(await kind()).toBe('out-of-service');
    const waiting = [{ from: 1, to: 1, form: 'batch' as const, bytes: new Uint8Array([1]) }];
    scene.terminal.nextBatch = async () => waiting.shift() ?? null;
    await expect.poll(kind, { timeout: 3_000 }).toBe('ready');
  });

  test('no centre is no reason for anything', async () => {
    await staged('http://127.0.0.1:9');
    scene.terminal.nextBatch = async () => ({ from: 1, to: 1, form: 'batch', bytes: new Uint8Array([1]) });
    await scene.tap();
    expect(await kind()).toBe('go');
  });
});
