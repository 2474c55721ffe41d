/** The lists as people see and change them over HTTP. */

import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type Central, type Lists, openCentral, type Role } from '@retap/central';
import { openList } from '@retap/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { Api } from '../../src/api/api.ts';
import type { Caller, Guard } from '../../src/api/caller.ts';
import { Held } from '../../src/body.ts';
import { addListChangeRoutes } from '../../src/lists/change-routes.ts';
import { addSeeListRoutes } from '../../src/lists/see-routes.ts';

const START = 1_780_000_000_000;
const DAY = 86_400_000;
const { privateKey } = generateKeyPairSync('ed25519');
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);

let caller: Caller;
const guard: Guard = {
  now: () => START,
  isOpen: async () => false,
  callerOf: async () => caller,
  refused: async () => {},
  isLive: async () => true,
};
const as = (...roles: Role[]): void => {
  caller = {
    ...{
      kind: 'person',
      name: 'ana',
      who: '@ana',
      roles,
      by: 'session',
      credential: 's1',
      freshUntil: START,
      endsAt: START + 9,
    },
  };
};

function apiOf(lists: Lists, by: typeof signed | null = signed): Api {
  const api = new Api({ guard, held: new Held(), checkAnswers: true });
  addSeeListRoutes(api, { lists, sign: by, validMs: 7 * DAY });
  addListChangeRoutes(api, lists);
  return api;
}

async function ask(api: Api, path: string, body?: object): Promise<[number, unknown]> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await api.hono.request(path, body === undefined ? {} : init);
  return [answer.status, await answer.json()];
}
const codeOf = ([status, answer]: [number, unknown]): unknown[] => [status, (answer as { code: string }).code];

let central: Central;
let api: Api;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => START });
  api = apiOf(central.lists);
  api.hono.onError((error, c) => c.json({ code: (error as { code?: string }).code ?? String(error) }, 400));
});
beforeEach(() => as('operator'));
afterAll(() => central.close());

const NAME = { sl: 'Vožnja', en: 'Ride' };
const TARIFF = {
  tariffs: [
    {
      ...{ validFrom: '2026-01-01T00:00:00Z', currency: 'EUR', fares: { ride: { amount: 130, name: NAME } } },
      parts: [{ role: 'validator', defaultOffer: 1, offers: [{ kind: 'debit', fare: 'ride' }] }],
    },
  ],
};

describe('who may change lists does', () => {
  test('a medium is denied once, and served again once, in the name of who asked', async () => {
    const body = { medium: 'M1', why: 'stolen' };
    expect(await ask(api, '/lists/deny', body)).toEqual([200, { outcome: 'added' }]);
    expect(codeOf(await ask(api, '/lists/deny', body))).toEqual([409, 'denied-already']);
    expect(await ask(api, '/lists/deny/removal', { medium: 'M1', why: 'found' })).toEqual([
      200,
      { outcome: 'removed' },
    ]);
    expect(codeOf(await ask(api, '/lists/deny/removal', body))).toEqual([409, 'not-denied']);
    await ask(api, '/lists/deny', { medium: 'M2', why: 'lost' });
    const [, history] = await ask(api, '/lists/deny/history?limit=2');
    expect(history).toEqual({
      changes: [
        { at: START, what: 'removed', entry: 'M1', who: '@ana', why: 'found' },
        { at: START, what: 'added', entry: 'M2', who: '@ana', why: 'lost' },
      ],
    });
  });

  test('an action is numbered, limits and a tariff are set', async () => {
    const refund = { medium: 'M1', kind: 'refund', amount: 130, why: 'complaint 12' };
    expect(await ask(api, '/lists/actions', refund)).toEqual([200, { outcome: 'ordered', serial: 1 }]);
    const product = { medium: 'M1', kind: 'product', product: { code: 'month', maxUses: 3 }, why: 'gift' };
    expect(await ask(api, '/lists/actions', product)).toEqual([200, { outcome: 'ordered', serial: 2 }]);
    const limits = { limits: { dayTapsMax: 20, minimumBalance: -100 }, why: 'winter' };
    expect(await ask(api, '/lists/limits', limits)).toEqual([200, { outcome: 'set' }]);
    expect(await ask(api, '/lists/limits', limits)).toEqual([200, { outcome: 'unchanged' }]);
    expect(await ask(api, '/lists/tariff', { tariff: TARIFF, why: '2026' })).toEqual([200, { outcome: 'set' }]);
    expect((await central.lists.working()).tariff).toMatchObject([{ currency: 'EUR', fares: [{ code: 'ride' }] }]);
  });

  test('and sees what is not published yet, publishes it, and what comes of it is signed', async () => {
    const [, before] = await ask(api, '/lists/actions/working');
    expect(before).toMatchObject({ kind: 'actions', published: null, isPublished: false });
    expect((before as { entries: unknown[] }).entries).toHaveLength(2);
    expect(await ask(api, '/lists/publish', { kinds: ['actions', 'deny'] })).toEqual([
      200,
      {
        published: [
          { kind: 'actions', version: 1, isNew: true, expiresAt: START + 7 * DAY },
          { kind: 'deny', version: 1, isNew: true, expiresAt: START + 7 * DAY },
        ],
      },
    ]);
    expect(await ask(api, '/lists/deny/working')).toEqual([
      200,
      {
        ...{ kind: 'deny', isPublished: true, entries: ['M2'] },
        published: { version: 1, issuedAt: START, expiresAt: START + 7 * DAY },
      },
    ]);
    const [, { published }] = (await ask(api, '/lists/publish', {})) as [
      number,
      { published: { kind: string; isNew: boolean }[] },
    ];
    expect(published.map(({ kind, isNew }) => [kind, isNew])).toEqual([
      ['deny', false],
      ['actions', false],
      ['limits', true],
      ['tariff', true],
    ]);
    const { toBeSigned, signature } = openList((await central.lists.newest('tariff'))!.document);
    expect(verify(null, toBeSigned, createPublicKey(privateKey), signature)).toBe(true);
    const [, status] = await ask(api, '/lists/status');
    expect(status).toMatchObject({ newest: { tariff: { version: 1 }, deny: { version: 1 } }, terminals: [] });
  });
});

test('where a second person must approve, it comes to a proposal, and to nothing else', async () => {
  const proposing = async () => ({ proposal: 12 });
  const waiting = apiOf({
    deny: proposing,
    undeny: proposing,
    order: proposing,
    limit: proposing,
    setTariffs: proposing,
  } as never);
  const why = 'x';
  for (const [path, body] of [
    ['/lists/deny', { medium: 'M1', why }],
    ['/lists/deny/removal', { medium: 'M1', why }],
    ['/lists/actions', { medium: 'M1', kind: 'block', why }],
    ['/lists/limits', { limits: {}, why }],
    ['/lists/tariff', { tariff: TARIFF, why }],
  ] as const) {
    const answer = await waiting.hono.request(path, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    });
    expect([path, answer.status, answer.headers.get('location'), await answer.json()]).toEqual([
      ...[path, 202, '/proposals/12', { proposal: 12 }],
    ]);
  }
});

describe('what makes no sense is refused in words, and nothing is changed', () => {
  test.each<[string, object, string]>([
    ['/lists/deny', { medium: 'M 1', why: 'x' }, 'question-malformed'],
    ['/lists/deny', { medium: 'M9' }, 'question-malformed'],
    ['/lists/deny', { medium: 'M9', why: '' }, 'question-malformed'],
    ['/lists/actions', { medium: 'M9', kind: 'give', why: 'x' }, 'question-malformed'],
    ['/lists/actions', { medium: 'M9', kind: 'refund', why: 'x' }, 'action-malformed'],
    ['/lists/actions', { medium: 'M9', kind: 'refund', amount: 0, why: 'x' }, 'action-malformed'],
    ['/lists/actions', { medium: 'M9', kind: 'block', amount: 5, why: 'x' }, 'action-malformed'],
    ['/lists/actions', { medium: 'M9', kind: 'product', why: 'x' }, 'action-malformed'],
    ['/lists/actions', { medium: 'M9', kind: 'product', product: { code: 'a month' }, why: 'x' }, 'action-malformed'],
    ['/lists/limits', { limits: { dayTaps: 1 }, why: 'x' }, 'question-malformed'],
    ['/lists/limits', { limits: { dayTapsMax: -1 }, why: 'x' }, 'limits-malformed'],
    ['/lists/limits', { limits: { minimumBalance: 5, maximumBalance: 4 }, why: 'x' }, 'limits-malformed'],
    ['/lists/tariff', { tariff: { tariffs: [{}] }, why: 'x' }, 'tariff-malformed'],
    ['/lists/publish', { kinds: ['tariffs'] }, 'question-malformed'],
  ])('%s %j', async (path, body, code) => {
    const before = await central.lists.working();
    expect(codeOf(await ask(api, path, body))).toEqual([400, code]);
    expect(await central.lists.working()).toEqual(before);
  });

  test('a tariff with the place of each fault', async () => {
    const [, answer] = await ask(api, '/lists/tariff', { tariff: { tariffs: [{ currency: 'euro' }] }, why: 'x' });
    expect((answer as { message: string }).message.split('\n')).toEqual([
      expect.stringContaining('tariffs[0].validFrom: '),
      expect.stringContaining('tariffs[0].currency: '),
      expect.stringContaining('tariffs[0].parts: '),
    ]);
  });

  test('a centre without a key publishes nothing', async () => {
    expect(codeOf(await ask(apiOf(central.lists, null), '/lists/publish', {}))).toEqual([409, 'centre-open']);
  });
});

describe('each role may do what is its work', () => {
  const ROUTES: readonly [string, object | undefined][] = [
    ['/lists/status', undefined],
    ['/lists/deny/working', undefined],
    ['/lists/limits/history', undefined],
    // Malformed: whoever may is told so, and nothing is changed.
    ['/lists/deny', {}],
    ['/lists/deny/removal', {}],
    ['/lists/actions', {}],
    ['/lists/limits', {}],
    ['/lists/tariff', {}],
    ['/lists/publish', { kinds: [] }],
  ];
  test.each<[Role, string]>([
    ['administrator', '111 000000'],
    ['operator', '111 111111'],
    ['clerk', '111 111000'],
    ['inspector', '000 000000'],
    ['auditor', '111 000000'],
  ])('%s: %s', async (role, may) => {
    as(role);
    const found: string[] = [];
    for (const [path, body] of ROUTES) found.push((await ask(api, path, body))[0] === 403 ? '0' : '1');
    expect(`${found.slice(0, 3).join('')} ${found.slice(3).join('')}`).toBe(may);
  });
});
