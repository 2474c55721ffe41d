/** What holds for every answer of the centre, whatever was asked (docs/security/asvs.md). */

import { connect } from 'node:net';
import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { batchOf, open, upload } from './records.ts';

let central: Central;
let service: Service;
let paths: readonly (readonly [string, string])[];

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_000 });
  service = await startService({ central, now: () => 1_000, port: 0, log: () => {}, checkAnswers: true });
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const declared = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x1')] as const),
  );
  paths = [
    ...declared,
    ['GET', '/sign-in.js'],
    ['GET', '/console/'],
    ['GET', '/style.css'],
    ['GET', '/words.json'],
    ['GET', '/no'],
  ];
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

/** The head of an answer; a stream is not waited for. */
async function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const answer = await fetch(service.url + path, { method, redirect: 'manual', ...init });
  await answer.body?.cancel();
  return answer;
}

/** Bytes as they are, for what fetch would not send. */
function raw(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.url);
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('latin1').on('data', (piece) => {
      answer += piece;
    });
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('close', () => resolve(answer)).on('error', reject);
  });
}

test('is not taken for another type, not framed, not led on by a referrer, and runs nothing that is not ours', async () => {
  for (const [method, path] of paths) {
    const { headers } = await ask(method, path);
    expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy, path).toContain("default-src 'none'");
    expect(policy, path).toContain("frame-ancestors 'none'");
    expect(policy, path).not.toContain('unsafe');
    expect(headers.get('referrer-policy'), path).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy'), path).toBe('same-origin');
  }
});

test('is kept by nobody, but for the files of the page and signed lists, which are asked for each time', async () => {
  for (const [method, path] of paths) {
    const kept = (await ask(method, path)).headers.get('cache-control');
    expect(['no-store', 'no-cache'], path).toContain(kept);
    const isFile = /^\/(console\/|[\w-]+\.(js|css|svg|json))$/.test(path) && path !== '/openapi.json';
    expect(kept === 'no-cache', path).toBe(isFile);
  }
});

test('says its type, of text with its charset', async () => {
  for (const [method, path] of paths) {
    const answer = await ask(method, path);
    if (answer.status === 304) continue;
    const type = answer.headers.get('content-type') ?? '';
    expect(type, path).toMatch(/^(application\/json|image\/svg\+xml|text\/event-stream)$|charset=utf-8/i);
  }
});

test('lets no other origin read it, also one that asks nicely', async () => {
  for (const [method, path] of paths) {
    const { headers } = await ask(method, path, { headers: { origin: 'https://elsewhere.example' } });
    expect(
      [...headers.keys()].filter((name) => name.startsWith('access-control-')),
      path,
    ).toEqual([]);
  }
});

test('leads nowhere else', async () => {
  for (const [method, path] of paths) expect((await ask(method, path)).headers.has('location'), path).toBe(false);
});

test('a GET changes nothing, whoever had it asked', async () => {
  await upload(service.url, batchOf([open(1, 1, 'M1', 0, 500)]));
  const before = await central.totals(0);
  for (const [method, path] of paths) if (method === 'GET') await ask('GET', path);
  const { waiting: _reconciled, ...after } = await central.totals(0);
  expect(before).toMatchObject(after);
});

describe('what is not there', () => {
  test.each([
    '/.git/config',
    '/.git/',
    '/src/routes.ts',
    '/%2e%2e/package.json',
    '/..%2fpackage.json',
    '/words/',
    '/node_modules/',
  ])('no folder and no file but the page’s: %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
    expect(answer).toContain('not-found');
  });

  test.each(['TRACE', 'CONNECT', 'PATCH'])('no method %s', async (method) => {
    const answer = await raw(`${method} /totals HTTP/1.1\r\nhost: x\r\ncookie: secret=1\r\nconnection: close\r\n\r\n`);
    expect(answer).not.toMatch(/^HTTP\/1.1 2/);
    expect(answer).not.toContain('secret');
  });
});

describe('one meaning of where a request ends', () => {
  const body = '{}';
  test.each([
    ['two lengths', 'content-length: 2\r\ncontent-length: 3'],
    ['a length and chunks', 'content-length: 2\r\ntransfer-encoding: chunked'],
    ['an encoding that is none', 'transfer-encoding: xchunked'],
    ['a length that is no number', 'content-length: 2e0'],
    ['a space before the colon', 'content-length : 2'],
  ])('%s is refused, and the connection closed', async (_what, header) => {
    const second = 'GET /totals HTTP/1.1\r\nhost: x\r\n\r\n';
    const answer = await raw(
      `POST /batches HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${header}\r\n\r\n${body}${second}`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).not.toContain('"batches"');
  });

  test('a head that never ends is cut', async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nhost: x\r\nlong: ${'x'.repeat(20_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });
});

test('the same parameter twice is asked for once: the first counts, and one that is no number is refused', async () => {
  const twice = await fetch(`${service.url}/media?limit=1&limit=2000`);
  expect([twice.status, ((await twice.json()) as { media: unknown[] }).media.length]).toEqual([200, 1]);
  expect((await fetch(`${service.url}/media?limit=2000&limit=1`)).status).toBe(400);
});
