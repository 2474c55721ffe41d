import { describe, expect, test } from 'vitest';
import { Held, UploadsFull } from '../src/body.ts';

const KIB = 1_024;
/** A request whose body comes in pieces, without a declared length. */
function inPieces(sizes: readonly number[], fault?: Error): Request {
  const pieces = [...sizes];
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const size = pieces.shift();
      if (size !== undefined) controller.enqueue(new Uint8Array(size).fill(1));
      else if (fault) controller.error(fault);
      else controller.close();
    },
  });
  const headers = { 'transfer-encoding': 'chunked' };
  return new Request('http://centre/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
}
const whole = (size: number): Request =>
  new Request('http://centre/', {
    method: 'POST',
    body: new Uint8Array(size),
    headers: { 'content-length': String(size) },
  });

describe('what requests hold of memory', () => {
  test('is refused beyond a number of requests, too, before any of the body is read', async () => {
    const held = new Held(100, 2);
    let letGo = (): void => {};
    const work = () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
      });
    const first = held.during(whole(1), 80, () => Promise.resolve());
    const second = held.during(whole(1), 80, work);
    const request = whole(1);
    await expect(held.during(request, 80, work)).rejects.toBeInstanceOf(UploadsFull);
    expect(request.bodyUsed).toBe(false);
    await first;
    await held.during(whole(1), 80, () => Promise.resolve());
    letGo();
    await second;
    expect(held.requests).toBe(0);
  });

  test('counts while they are worked on, and no longer', async () => {
    const held = new Held(100);
    const during = await held.during(whole(60), 80, async (body) => [body.length, held.bytes]);
    expect([during, held.bytes]).toEqual([[60, 60], 0]);
  });

  test.each([
    ['declared', () => whole(60)],
    ['in pieces', () => inPieces([30, 30])],
  ])('beyond what there is, a body %s is to come again later', async (_how, make) => {
    const held = new Held(100);
    await held.during(whole(60), 80, async () => {
      await expect(held.during(make(), 80, async () => 'read')).rejects.toMatchObject({ code: 'uploads-full' });
      expect(held.bytes).toBe(60);
    });
    expect(await held.during(make(), 80, async () => 'read')).toBe('read');
  });

  test.each([
    ['declared', () => whole(81)],
    ['in pieces', () => inPieces([40, 41])],
    ['large and declared', () => whole(100 * KIB)],
  ])('a body %s is no longer than it may be', async (_how, make) => {
    const held = new Held();
    await expect(held.during(make(), 80, async () => 'read')).rejects.toMatchObject({ code: 'body-too-large' });
    expect(held.bytes).toBe(0);
  });

  test('a body cut off, and work that fails, give back what they held', async () => {
    const held = new Held();
    const cut = held.during(inPieces([70 * KIB], new Error('gone')), 80 * KIB, async () => 'read');
    await expect(cut).rejects.toMatchObject({ code: 'body-cut-off' });
    const failing = held.during(whole(5), 80, () => Promise.reject(new Error('no')));
    await expect(failing).rejects.toThrow('no');
    expect(held.bytes).toBe(0);
  });

  /** Declares a length, sends a first piece, and then nothing. */
  const drawnOut = (declared: number, first: number): Request => {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => first > 0 && controller.enqueue(new Uint8Array(first)),
    });
    const headers = { 'content-length': String(declared) };
    return new Request('http://centre/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
  };
  const slow = (bytesMax: number, requestsMax: number) => {
    const clock = { now: 0 };
    return { clock, held: new Held(bytesMax, requestsMax, () => clock.now) };
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  test.each([
    ['of which nothing came', 60, 0, 100, 9],
    ['of which a part came', 70 * KIB, 60 * KIB, 100 * KIB, 9],
    ['that takes a place', 1, 0, 100 * KIB, 1],
  ])(
    'a body %s makes room, after some seconds, for one that comes at once',
    async (_how, declared, first, bytes, count) => {
      const { held, clock } = slow(bytes, count);
      const cut = held.during(drawnOut(declared, first), 80 * KIB, async () => 'read').catch(({ code }) => code);
      while (held.bytes < first) await turn();
      const quick = () => held.during(whole(bytes - 1), bytes, async () => 'read');
      clock.now = 4_999;
      await expect(quick()).rejects.toBeInstanceOf(UploadsFull);
      clock.now = 5_000;
      expect(await quick()).toBe('read');
      expect([await cut, held.bytes, held.requests]).toEqual(['uploads-full', 0, 0]);
    },
  );

  test('a body that has come whole makes no room, however long it is worked on', async () => {
    const { held, clock } = slow(100, 9);
    let letGo = (): void => {};
    const first = held.during(
      whole(60),
      80,
      () =>
        new Promise<void>((resolve) => {
          letGo = resolve;
        }),
    );
    await turn();
    clock.now = 60_000;
    await expect(held.during(whole(60), 80, async () => 'read')).rejects.toBeInstanceOf(UploadsFull);
    letGo();
    await first;
  });

  test('heads without bodies, as many as there may be, leave room for bodies', async () => {
    const held = new Held();
    const cut = Array.from({ length: 3_999 }, () => held.during(drawnOut(64 * KIB, 0), 64 * KIB, async () => 'read'));
    expect(await held.during(whole(64 * KIB), 64 * KIB, async () => 'read')).toBe('read');
    for (const each of cut) each.catch(() => {});
  });

  test('comes together from its pieces', async () => {
    const length = await new Held().during(inPieces([70 * KIB, 3, 500]), 80 * KIB, async (body) => body.length);
    expect(length).toBe(70 * KIB + 503);
  });
});
