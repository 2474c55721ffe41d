import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { refuse } from '../src/answers.ts';
import type { ApiEnv } from '../src/api/declaration.ts';
import { type Answered, type ArrivalOptions, arrivals, clientIn } from '../src/arrival.ts';
import { originBy } from '../src/listening/origin.ts';
import { createLog } from '../src/log.ts';

/** A service with one route, asked from 10.0.0.1, which is a proxy of ours. */
function serviceWith(options: Partial<ArrivalOptions> = {}) {
  const lines: Record<string, unknown>[] = [];
  const answered: Answered[] = [];
  let now = 0;
  const app = new Hono<ApiEnv>();
  app.use(
    arrivals({
      originOf: originBy({ ranges: ['10.0.0.1'] }),
      newRequestId: () => 'own-1',
      stopping: () => false,
      log: createLog(
        (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
        () => 0,
      ),
      logRequests: 'all',
      elapsed: () => now,
      onAnswer: (each) => answered.push(each),
      ...options,
    }),
  );
  app.get('/media/:medium', (c) => {
    c.set('route', '/media/{medium}');
    c.set('caller', {
      ...{ kind: 'person', name: 'ana', who: '@ana', roles: [], by: 'token' },
      ...{ credential: 'secret-credential', freshUntil: 0, endsAt: 0 },
    });
    now += 12.34;
    return c.text(clientIn(c));
  });
  app.post('/sign-in/:code', (c) => {
    c.set('route', '/sign-in/{code}');
    return refuse(c, 403, 'code-unknown', 'no such code');
  });
  app.notFound((c) => refuse(c, 404, 'not-found', 'nothing is there'));
  const ask = (path: string, init: RequestInit = {}, remote = '10.0.0.1', encrypted = false) =>
    app.request(path, init, { incoming: { socket: { remoteAddress: remote, ...(encrypted && { encrypted }) } } });
  return { ask, lines, answered };
}

describe('each request has one line in the log', () => {
  test('with its id, route, status, duration, client and caller', async () => {
    const { ask, lines, answered } = serviceWith();
    await ask('/media/M1', { headers: { 'x-forwarded-for': '2001:db8::7' } });
    expect(lines).toEqual([
      {
        ...{ time: '1970-01-01T00:00:00.000Z', level: 'info', event: 'request', requestId: 'own-1', method: 'GET' },
        ...{ route: '/media/{medium}', status: 200, code: null, ms: 12.3, client: '2001:db8:0:0::/64', caller: '@ana' },
      },
    ]);
    expect(answered).toEqual([{ method: 'GET', route: '/media/{medium}', status: 200, code: null, ms: 12.34 }]);
  });

  test('nothing that is secret is in it: path, query, headers, body, credential', async () => {
    const { ask, lines } = serviceWith();
    const headers = {
      authorization: 'Bearer secret-token',
      cookie: '__Host-retap=secret-session',
      'user-agent': 'secret-agent',
      referer: 'https://secret.example/',
    };
    await ask('/sign-in/secret-code?code=secret-query', { method: 'POST', headers, body: 'secret-body' });
    await ask('/secret-path/secret-code', { headers });
    await ask('/media/secret-medium', { headers });
    expect(lines.map(({ route, code }) => [route, code])).toEqual([
      ['/sign-in/{code}', 'code-unknown'],
      [null, 'not-found'],
      ['/media/{medium}', null],
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  test('only failures where that is wished', async () => {
    const { ask, lines, answered } = serviceWith({ logRequests: 'failures' });
    await ask('/media/M1');
    await ask('/nowhere');
    expect(lines.map(({ status }) => status)).toEqual([404]);
    expect(answered).toHaveLength(2);
  });
});

describe('the name of a request', () => {
  const idOf = async (headers: Record<string, string>, remote: string): Promise<string | null> =>
    (await serviceWith().ask('/media/M1', { headers }, remote)).headers.get('retap-request');

  test.each([
    ['a proxy of ours is taken over', 'abc.1:2-3', '10.0.0.1', 'abc.1:2-3'],
    ['a stranger is not', 'abc', '203.0.113.9', 'own-1'],
    ['a proxy is not where it could break the log', 'a "b" {c}', '10.0.0.1', 'own-1'],
    ['a proxy is not where it has no end', 'a'.repeat(65), '10.0.0.1', 'own-1'],
  ])('that %s', async (_what, told, remote, expected) => {
    expect(await idOf({ 'x-request-id': told }, remote)).toBe(expected);
  });

  test('is in the refusal that it gets', async () => {
    const answer = await serviceWith().ask('/nowhere');
    expect(await answer.json()).toMatchObject({ code: 'not-found', requestId: 'own-1' });
  });
});

describe('a browser is told to come by TLS only', () => {
  const toldTo = async (...asked: [RequestInit, string, boolean]): Promise<string | null> =>
    (await serviceWith().ask('/media/M1', ...asked)).headers.get('strict-transport-security');
  const byProxy = { headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' } };

  test('where it came so, or by a proxy to which it did; a plain connection cannot say so', async () => {
    expect(await toldTo({}, '203.0.113.9', true)).toBe('max-age=31536000');
    expect(await toldTo(byProxy, '10.0.0.1', false)).toBe('max-age=31536000');
    expect(await toldTo({}, '203.0.113.9', false)).toBeNull();
    expect(await toldTo(byProxy, '203.0.113.9', false)).toBeNull();
  });
});

test('the log leaves out what is below the level that was asked for', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    () => 0,
    'warn',
  );
  log('info', 'a');
  log('warn', 'b');
  log('error', 'c');
  expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toEqual(['b', 'c']);
});
