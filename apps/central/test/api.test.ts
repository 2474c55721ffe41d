/** Routes from their declarations: guarded, parsed, described; and that all that is served is declared. */

import { CAPABILITIES, openCentral, type Role } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { Api } from '../src/api/api.ts';
import type { Caller, DenialCode, Guard } from '../src/api/caller.ts';
import { Held } from '../src/body.ts';
import { siteOf } from '../src/people/site.ts';
import { RateExceeded, Rates } from '../src/rate.ts';
import { createRoutes, type Routes } from '../src/routes.ts';
import { TotalsFeed } from '../src/totals-feed.ts';
import { Uploads } from '../src/uploads.ts';

const NOW = 1_000_000;
const denied: DenialCode[] = [];
let caller: Caller = { kind: 'everybody' };
let isOpen = false;
const guard: Guard = {
  now: () => NOW,
  isOpen: async () => isOpen,
  callerOf: async () => caller,
  isLive: async () => true,
  refused: async (_c, _caller, code) => {
    denied.push(code);
  },
};
const person = (roles: Role[], more: Partial<Extract<Caller, { kind: 'person' }>> = {}): Caller => ({
  ...{
    kind: 'person',
    name: 'ana',
    who: '@ana',
    roles,
    by: 'session',
    credential: 's1',
    freshUntil: NOW + 1,
    endsAt: NOW + 9,
  },
  ...more,
});

const api = new Api({ guard, held: new Held(), checkAnswers: true });
const answers = { 200: { description: 'It is done', schema: z.object({ said: z.unknown() }) } };
const common = { summary: '', tag: 'service', answers } as const;
api.add({ ...common, method: 'get', path: '/free', operationId: 'free', access: 'anyone' }, ({ c }) =>
  c.json({ said: c.var.route }),
);
api.add({ ...common, method: 'get', path: '/seen', operationId: 'seen', access: 'see-media' }, ({ c }) =>
  c.json({ said: 'seen' }),
);
api.add({ ...common, method: 'get', path: '/own', operationId: 'own', access: 'signed-in' }, ({ c, caller: who }) =>
  c.json({ said: who.kind === 'person' && who.name }),
);
api.add(
  {
    ...{ ...common, method: 'post', path: '/things/{thing}', operationId: 'change', access: 'manage-people' },
    ...{ fresh: true, params: { thing: z.string().max(3, 'must be short') }, bodyBytesMax: 100 },
    body: z.strictObject({ count: z.int({ error: 'must be a whole number' }) }),
  },
  ({ c, params, body }) => c.json({ said: [params.thing, body.count] }),
);
api.add(
  {
    ...{ ...common, method: 'get', path: '/listed', operationId: 'listed', access: 'anyone' },
    query: { name: z.string().optional() },
  },
  ({ c, query }) => c.json({ said: query.name }),
);
api.add({ ...common, method: 'get', path: '/lies', operationId: 'lies', access: 'anyone' }, ({ c }) => c.json({}));
api.refuseOtherMethods();
api.hono.onError((error, c) => c.text(error.message, 500));

async function ask(path: string, init: RequestInit = {}): Promise<[number, string]> {
  const answer = await api.hono.request(path, init);
  const { code, said } = (await answer.json()) as { code?: string; said?: unknown };
  return [answer.status, code ?? JSON.stringify(said)];
}
const change = (body: unknown, path = '/things/a', type = 'application/json'): Promise<[number, string]> =>
  ask(path, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });

describe('who may ask', () => {
  test('anyone: also at an enrolled centre, and with a database that is gone', async () => {
    caller = { kind: 'everybody' };
    expect(await ask('/free')).toEqual([200, '"/free"']);
  });

  test('an open centre lets everybody look, and change nothing', async () => {
    [isOpen, caller] = [true, { kind: 'everybody' }];
    expect(await ask('/seen')).toEqual([200, '"seen"']);
    expect(await change({ count: 1 })).toEqual([403, 'centre-open']);
    expect(await ask('/own')).toEqual([403, 'centre-open']);
    isOpen = false;
  });

  test.each<[string, Caller, string, number, string]>([
    ['nobody has signed in', { kind: 'everybody' }, '/seen', 401, 'sign-in-needed'],
    ['the role does not bring it', person(['administrator']), '/seen', 403, 'not-allowed'],
    ['one of several roles does', person(['administrator', 'clerk']), '/seen', 200, '"seen"'],
    ['a token may ask too', person(['clerk'], { by: 'token' }), '/seen', 200, '"seen"'],
    ['without any role one asks about oneself', person([]), '/own', 200, '"ana"'],
  ])('%s', async (_what, who, path, status, said) => {
    caller = who;
    expect(await ask(path)).toEqual([status, said]);
  });

  test('what is sensitive needs a passkey shown minutes ago, which a token never has', async () => {
    caller = person(['administrator']);
    expect(await change({ count: 1 })).toEqual([200, '["a",1]']);
    caller = person(['administrator'], { freshUntil: NOW });
    expect(await change({ count: 1 })).toEqual([403, 'sign-in-again']);
    caller = person(['administrator'], { by: 'token' });
    expect(await change({ count: 1 })).toEqual([403, 'token-not-allowed']);
  });

  test('a token that asks too often does not keep its owner from asking, as to revoke it', async () => {
    const rates = new Rates(() => 0, { account: { perSecond: 1, burst: 3 } });
    const limited = new Api({ guard, held: new Held(), rates });
    limited.add({ ...common, method: 'get', path: '/seen', operationId: 'seen', access: 'see-media' }, ({ c }) =>
      c.json({ said: 'seen' }),
    );
    limited.hono.onError((error, c) => c.text(error.message, error instanceof RateExceeded ? 429 : 500));
    const status = async () => (await limited.hono.request('/seen')).status;
    caller = person(['clerk'], { by: 'token' });
    expect([await status(), await status(), await status(), await status()]).toEqual([200, 200, 200, 429]);
    caller = person(['clerk']);
    expect(await status()).toBe(200);
  });

  test('who was refused is told to the guard', async () => {
    denied.length = 0;
    caller = person(['inspector']);
    await change({ count: 1 });
    expect(denied).toEqual(['not-allowed']);
  });
});

describe('what is asked', () => {
  beforeAll(() => {
    caller = person(['administrator']);
  });
  const malformed = (init: RequestInit, path = '/things/a') => api.hono.request(path, { method: 'POST', ...init });

  test('a body of another type could come from a form of another site: it is not read', async () => {
    expect(await change({ count: 1 }, '/things/a', 'text/plain')).toEqual([415, 'content-type-unknown']);
  });

  test.each([
    ['{"count":1.5}', '"count": must be a whole number'],
    ['{"count":1,"other":2}', 'Unrecognized key'],
    ['{', 'the body is not JSON'],
    ['{"count":1,"x":"a\\u0000"}', 'U+0000'],
    ['{"count":1,"x":"\\\\\\u0000"}', 'U+0000'],
    ['{"count":1,"x":"\\\\u0000"}', 'Unrecognized key'], // a backslash, and what follows it
    [`{"count":1,"x":"${'x'.repeat(100)}"}`, 'at most 100'],
  ])('%s is refused in words', async (body, words) => {
    const headers = { 'content-type': 'application/json', 'content-length': String(body.length) };
    const answer = await malformed({ headers, body });
    expect(answer.status).toBe(500); // the words are what this test's own onError tells
    expect(await answer.text()).toContain(words);
  });

  test('U+0000 is refused in words in a path and a query too: no database keeps it', async () => {
    for (const path of ['/things/%00', '/listed?name=a%00']) {
      const answer = await api.hono.request(path, path.startsWith('/listed') ? {} : { method: 'POST' });
      expect(await answer.text()).toContain('U+0000');
    }
  });

  test('another method is answered by which there are', async () => {
    const answer = await api.hono.request('/things/a', { method: 'DELETE' });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test('an answer that is not as declared is our own mistake', async () => {
    expect((await api.hono.request('/lies')).status).toBe(500);
  });
});

describe('what the centre serves', () => {
  let routes: Routes;
  let close = async (): Promise<void> => {};

  beforeAll(async () => {
    const central = await openCentral({ database: embeddedDirectory(), now: () => NOW });
    close = () => central.close();
    const signer = { publicKey: new Uint8Array(32), sign: () => new Uint8Array(64) };
    const uploads = new Uploads({ receive: central.receive, onReceived: () => {} });
    const feed = new TotalsFeed(
      () => central.totals(NOW),
      () => {},
    );
    const quiet = { log: () => {}, stopping: () => false, newRequestId: () => 'r1' };
    const site = () => siteOf('http://localhost:8080');
    const randomBytes = (count: number) => new Uint8Array(count);
    routes = createRoutes({ ...quiet, central, now: () => NOW, site, randomBytes, uploads, feed, signer });
  });
  afterAll(() => close());

  interface Operation {
    readonly operationId: string;
    readonly 'x-retap-access': string;
    readonly security: readonly object[];
    readonly responses: object;
  }
  const document = async () => {
    const answer = await routes.app.request('/openapi.json');
    return (await answer.json()) as { openapi: string; paths: Record<string, Record<string, Operation>> };
  };

  test('every route is declared, and every declared one is served', async () => {
    const page = /^\/(|(console|wallet)(\/.*)?|[a-z.-]+\.(js|css|svg|html|json))$/;
    const served = routes.app.routes
      .filter(({ method, path }) => method !== 'ALL' && (path === '/openapi.json' || !page.test(path)))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const { openapi, paths } = await document();
    const described = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(openapi).toBe('3.1.0');
    expect([...new Set(served)].sort()).toEqual(described.sort());
  });

  test('the description is made once, however often strangers ask for it', () => {
    expect(routes.api.description()).toBe(routes.api.description());
  });

  test('each says who may ask, and what it answers', async () => {
    const operations = Object.values((await document()).paths).flatMap((each) => Object.values(each));
    const known = ['anyone', 'terminal', 'signed-in', ...CAPABILITIES] as readonly string[];
    for (const operation of operations) {
      expect(known, operation.operationId).toContain(operation['x-retap-access']);
      const isForAll = ['anyone', 'terminal'].includes(operation['x-retap-access']);
      expect(operation.security.length > 0, operation.operationId).toBe(!isForAll);
      expect(Object.keys(operation.responses).some((status) => status < '400')).toBe(true);
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  test('every refusal names its request', async () => {
    const answer = await routes.app.request('/nothing');
    expect(answer.headers.get('retap-request')).toBe('r1');
    expect(await answer.json()).toMatchObject({ code: 'not-found', requestId: 'r1' });
  });
});
