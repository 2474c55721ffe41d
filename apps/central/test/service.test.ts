import { type Acknowledgement, type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { UploadsFull } from '../src/body.ts';
import { createLog, type Service, startService } from '../src/index.ts';
import { UPLOAD_BYTES_MAX } from '../src/upload-routes.ts';
import { at, batchOf, debit, open, START, until, upload } from './records.ts';

let central: Central;
let service: Service;
const lines: string[] = [];

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => START });
  const log = createLog(
    (line) => lines.push(line),
    () => START,
  );
  service = await startService({ central, now: () => at(100), port: 0, log, checkAnswers: true });
});

afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const ask = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const answer = await fetch(service.url + path);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

const debitOf = (serial: number, hours: number, balance: number) =>
  debit({ terminal: 2, serial, medium: 'M1', hours, last: [hours - 1, hours === 1 ? 1 : 2], amount: -100, balance });

describe('POST /batches', () => {
  test('is acknowledged, and a repeat is answered alike', async () => {
    const body = batchOf([open(1, 1, 'M1', 0, 1000), open(1, 2, 'M2', 0.5, 500)]);
    const first = await upload(service.url, body);
    const again = await upload(service.url, body);
    expect([first.status, again.status]).toEqual([200, 200]);
    const acknowledgement = (await first.json()) as Acknowledgement;
    const received = { last: 2, missing: [] };
    expect(acknowledgement).toEqual({ receipt: acknowledgement.receipt, accepted: 2, quarantined: [], received });
    expect(await again.json()).toEqual(acknowledgement);
  });

  test('quarantines a bad record with its place and reason; the rest counts', async () => {
    const text = new TextDecoder().decode(batchOf([debitOf(1, 1, 900), debitOf(2, 2, 800)]));
    const answer = await upload(
      service.url,
      new TextEncoder().encode(text.replace('"amount":-100', '"amount":"-100"')),
    );
    expect(answer.status).toBe(200);
    const { accepted, quarantined } = (await answer.json()) as Acknowledgement;
    expect([accepted, quarantined.map(({ position }) => position)]).toEqual([1, [1]]);
    expect(quarantined[0]?.reason).toContain('amount');
  });

  test('a batch cut off in the middle is nothing, and the whole one is taken after it', async () => {
    const body = batchOf([open(7, 1, 'M7', 0, 700)]);
    const cut = await upload(service.url, body.subarray(0, body.length - 20));
    expect([cut.status, ((await cut.json()) as { code: string }).code]).toEqual([400, 'batch-malformed']);
    expect((await ask('/media/M7')).status).toBe(404);
    expect((await upload(service.url, body)).status).toBe(200);
  });

  test('many at once are all taken, a malformed one among them is refused alone', async () => {
    const bodies = Array.from({ length: 20 }, (_, index) => batchOf([open(100 + index, 1, `C${index}`, 1, 100)]));
    const answers = await Promise.all([...bodies, new Uint8Array([0x7b])].map((body) => upload(service.url, body)));
    expect(answers.map(({ status }) => status)).toEqual([...bodies.map(() => 200), 400]);
  });

  test.each([
    ['another content type', 'text/plain', 10, 415, 'content-type-unknown'],
    ['more bytes than a batch may have', 'application/json', UPLOAD_BYTES_MAX + 1, 413, 'batch-too-large'],
  ])('%s is refused in words', async (_what, type, bytes, status, code) => {
    const answer = await upload(service.url, new Uint8Array(bytes).fill(0x20), type);
    const body = (await answer.json()) as { code: string; message: string };
    expect([answer.status, body.code]).toEqual([status, code]);
    expect(body.message.length).toBeGreaterThan(20);
  });

  test('are sent by POST, and by nothing else', async () => {
    const answer = await fetch(`${service.url}/batches`, { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, GET']);
  });
});

describe('questions', () => {
  test('what was acknowledged is reconciled by itself, and found again', async () => {
    await until(
      () => ask('/totals'),
      ({ body }) => body.waiting === 0,
    );
    const { body } = await ask('/media/M1');
    expect([body.opened, body.balance]).toEqual([true, 800]);
    const chain = await ask('/media/M1/chain?limit=1');
    expect(chain.body.links).toMatchObject([{ record: { terminal: 2, serial: 2 }, status: 'successful', node: true }]);
    const older = await ask(`/media/M1/chain?limit=10&before=${chain.body.next}`);
    expect(older.body.links).toMatchObject([{ record: { terminal: 1, serial: 1 } }]);
    expect((await ask('/media?prefix=C1&limit=3')).body).toEqual({ media: ['C1', 'C10', 'C11'] });
  });

  test('alerts are those of the time that the service was given', async () => {
    const { body } = await ask('/alerts?kind=missing-transaction');
    expect(body).toEqual({
      asOf: at(100),
      alerts: [{ kind: 'missing-transaction', medium: 'M1', terminal: 2, time: at(1) }],
    });
    expect((await ask('/alerts?medium=M2')).body.alerts).toEqual([]);
  });

  test.each([
    ['/alerts?kind=robbery', 'kind'],
    ['/alerts?limit=0', 'limit'],
    ['/proofs?kind=missing-transaction', 'kind'],
    ['/alerts?limit=many', 'limit'],
    ['/media?prefix=%25', 'prefix'],
    ['/media/M%201', 'medium'],
    ['/media/M1/chain?before=%3B', 'before'],
  ])('%s → 400 that names "%s"', async (path, name) => {
    const { status, body } = await ask(path);
    expect([status, body.code]).toEqual([400, 'question-malformed']);
    expect(body.message).toContain(`"${name}"`);
  });

  test('what is not there is said in words', async () => {
    expect((await ask('/media/nobody')).body.code).toBe('medium-unknown');
    expect((await ask('/nothing')).body.code).toBe('not-found');
  });

  test('live and ready', async () => {
    expect((await ask('/health')).body).toEqual({ alive: true });
    expect((await ask('/ready')).body).toEqual({ ready: true });
  });

  test('events tell the totals at once, and again when they changed', async () => {
    const answer = await fetch(`${service.url}/events`);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
    const next = async (): Promise<{ media: number }> => {
      for (;;) {
        const { value } = await reader.read();
        const data = /^data: (.*)$/m.exec(new TextDecoder().decode(value))?.[1];
        if (data) return JSON.parse(data) as { media: number };
      }
    };
    const { media } = await next();
    await upload(service.url, batchOf([open(8, 1, 'M8', 1, 10)]));
    const changed = await until(next, (totals) => totals.media > media);
    expect(changed.media).toBe(media + 1);
    await reader.cancel();
  });
});

describe('a database that is gone', () => {
  const gone = (): Promise<never> =>
    Promise.reject(Object.assign(new Error('the password is secret'), { code: 'database-unreachable' }));
  let broken: Service;

  beforeAll(async () => {
    const operations = { ...central.operations, probe: gone };
    const without: Central = { ...central, operations, receive: gone, reconcile: gone, totals: gone, media: gone };
    const log = createLog(
      (line) => lines.push(line),
      () => START,
    );
    broken = await startService({ central: without, now: () => at(100), port: 0, log });
  });
  afterAll(() => broken.stop());

  test('an upload is to come again: 503 with Retry-After, and no word of the inside', async () => {
    const answer = await upload(broken.url, batchOf([open(9, 1, 'M9', 1, 10)]));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.text()).not.toContain('secret');
  });

  test('it is alive, but not ready', async () => {
    const statuses = await Promise.all(['/health', '/ready', '/totals'].map((path) => fetch(broken.url + path)));
    expect(statuses.map(({ status }) => status)).toEqual([200, 503, 503]);
    const said = (await statuses[1]?.json()) as { code: string; message: string };
    expect(said).toMatchObject({ code: 'database-unreachable', message: 'the centre cannot reach its database' });
  });

  test('the log has the code, one JSON object a line', () => {
    const events = lines.map((line) => JSON.parse(line) as { event: string; code?: string });
    expect(events.some(({ event, code }) => event === 'reconcile-failed' && code === 'database-unreachable')).toBe(
      true,
    );
    expect(events.some(({ event, code }) => event === 'request-failed' && code === 'database-unreachable')).toBe(true);
  });
});

test('more than memory should hold is to come again: 429 with Retry-After', async () => {
  const full = (): Promise<never> => Promise.reject(new UploadsFull());
  const congested = await startService({
    central: { ...central, receive: full },
    now: () => START,
    port: 0,
    log: () => {},
  });
  try {
    const answer = await upload(congested.url, batchOf([open(10, 1, 'M10', 1, 10)]));
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([429, 'uploads-full']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  } finally {
    await congested.stop();
  }
});

describe('listening and stopping', () => {
  test('a port in use is an error with its code', async () => {
    const port = Number(new URL(service.url).port);
    const second = startService({ central, now: () => START, port, log: () => {} });
    await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('an upload under way is finished and answered before the service has stopped', async () => {
    let letGo = (): void => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const slow: Central = {
      ...central,
      receive: async (batches) => {
        await held;
        return central.receive(batches);
      },
    };
    const stopping = await startService({ central: slow, now: () => START, port: 0, log: () => {} });
    const watcher = await fetch(`${stopping.url}/events`);
    const answer = upload(stopping.url, batchOf([open(11, 1, 'M11', 1, 10)]));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const stopped = stopping.stop();
    letGo();
    expect((await answer).status).toBe(200);
    await stopped;
    await expect(watcher.text()).resolves.toContain(':');
    await expect(fetch(`${stopping.url}/health`)).rejects.toThrow();
  });
});
