/** Versions, differences and dry runs over HTTP. */
import { type Central, openCentral, type Role } from '@retap/central';
import { amountOf, type JournalRecord } from '@retap/model';
import { encodeBatch } from '@retap/protocol';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Api } from '../../src/api/api.ts';
import type { Caller, Guard } from '../../src/api/caller.ts';
import { addAuditRoutes } from '../../src/audit-routes.ts';
import { Held } from '../../src/body.ts';
import { addDryRunRoute } from '../../src/lists/dry-run-route.ts';
import { addListVersionRoutes } from '../../src/lists/version-routes.ts';

const START = 1_780_000_000_000;
const DAY = 86_400_000;

let caller: Caller;
const as = (...roles: Role[]): void => {
  const how = { by: 'session', credential: 's1', freshUntil: START, endsAt: START + 9 } as const;
  caller = { kind: 'person', name: 'ana', who: '@ana', roles, ...how };
};
const guard: Guard = {
  now: () => START,
  isOpen: async () => false,
  callerOf: async () => caller,
  refused: async () => {},
  isLive: async () => true,
};

let central: Central;
let api: Api;
beforeAll(async () => {
  central = await openCentral({ database: null, now: () => START });
  api = new Api({ guard, held: new Held(), checkAnswers: true });
  addListVersionRoutes(api, central.lists);
  addDryRunRoute(api, central.lists);
  addAuditRoutes(api, central);
  api.hono.onError((error, c) => c.json({ code: (error as { code?: string }).code ?? String(error) }, 400));
  await central.lists.deny('M1', { who: '@ben', why: 'stolen' });
  await central.lists.publish('deny', { sign: () => new Uint8Array(64), validMs: DAY });
  await central.lists.deny('M2', { who: '@ben', why: 'stolen too' });
  const record = {
    ...{ terminal: 17, serial: 1, medium: 'M1', time: START - 1_000, type: 'debit', status: 'successful' },
    ...{ amount: amountOf(-130), balance: amountOf(870), lastTime: START - 2_000, lastTerminal: 17, mediumSerial: 1 },
  } as unknown as JournalRecord;
  const body = encodeBatch({ terminal: 17, from: 1, to: 1, records: [record] });
  await central.receive([{ form: 'batch', body }]);
});
beforeEach(() => as('operator'));
afterAll(() => central.close());

const read = async (path: string) => {
  const answer = await api.hono.request(path);
  return [answer.status, await answer.json()];
};
const dryRun = async (body: object) => {
  const headers = { 'content-type': 'application/json' };
  const answer = await api.hono.request('/lists/dry-run', { method: 'POST', headers, body: JSON.stringify(body) });
  // biome-ignore lint/suspicious/noExplicitAny: whatever the centre answers; each test says what it expects
  return [answer.status, await answer.json()] as [number, any];
};

test('versions, and what the next one would change', async () => {
  expect(await read('/lists/deny/versions')).toMatchObject([
    200,
    { versions: [{ version: 1, entries: 1, who: 'centre', terminals: 0 }], next: null },
  ]);
  expect(await read('/lists/deny/diff')).toMatchObject([
    200,
    { from: { version: 1 }, to: null, entries: [{ what: 'added', entry: 'M2' }] },
  ]);
  expect(await read('/lists/deny/diff?from=0&to=1')).toMatchObject([200, { entries: [{ entry: 'M1' }] }]);
  expect(await read('/lists/deny/diff?from=7')).toMatchObject([404, { code: 'version-unknown' }]);
  expect(await read('/lists/tariff/diff')).toMatchObject([200, { from: null, entries: [] }]);
});

test('a rule is tried; what no record shows is named', async () => {
  const [status, found] = await dryRun({ limits: { tapAmountMax: 129, unsentAgeMax: 1 } });
  expect([status, found]).toMatchObject([
    200,
    { examined: 1, affected: { count: 1, amount: 130 }, notJudged: ['unsentAgeMax'] },
  ]);
  expect(found.samples).toMatchObject([{ medium: 'M1', reason: 'tap-limit' }]);
});

test('whoever may not see media is told of taps, and not whose', async () => {
  as('administrator');
  expect((await dryRun({ deny: ['M1'] }))[1].samples).toMatchObject([{ serial: 1, medium: null }]);
});

test.each([
  {},
  { limits: {}, deny: ['M1'] },
  { limits: { tapAmountMax: -1 } },
  { deny: ['M1'], days: 32 },
  { deny: [] },
  { tariff: { tariffs: [] } },
  { tariff: { tariffs: [{}] } },
])('what is no rule is refused: %j', async (body) => {
  expect((await dryRun(body))[0]).toBe(400);
});

test('the log is handed out as it is hashed, piece by piece', async () => {
  as('auditor');
  const piece = async (query: string) => (await api.hono.request(`/audit/lines?${query}`)).text();
  const { length } = await central.audit.entries({ limit: 9 });
  const whole: string[] = [];
  for await (const line of central.audit.lines(1)) whole.push(line);
  expect(await piece('from=1')).toBe(whole.join(''));
  const [head = '', ...entries] = whole;
  const second = await piece('from=2&limit=1');
  expect(second.split('\n').slice(1)).toEqual([entries[1]?.trimEnd(), '']);
  expect(JSON.parse(second.split('\n')[0] ?? '')).toMatchObject({ log: JSON.parse(head).log, from: 2 });
  expect((await piece(`from=${length + 1}`)).split('\n')).toHaveLength(2);
  expect(await read(`/audit/lines?from=${length + 2}`)).toMatchObject([404, { code: 'entry-unknown' }]);
});
