import { type AlertCase, type Central, openCentral, type Role } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { addAlertCaseRoutes } from '../src/alert-cases/routes.ts';
import { answerFault } from '../src/answers.ts';
import { Api } from '../src/api/api.ts';
import type { Caller } from '../src/api/caller.ts';
import { Held } from '../src/body.ts';
import { at, batchOf, debit, open } from './records.ts';

const NOW = at(2);
let central: Central;
let caller: Caller = { kind: 'everybody' };
let api: Api;

const as = (name: string, ...roles: Role[]): void => {
  caller = {
    ...{ kind: 'person', name, who: `@${name}`, roles, by: 'session', credential: '1' },
    freshUntil: 0,
    endsAt: NOW + 1,
  };
};

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => NOW });
  const guard = { now: () => NOW, isOpen: async () => false, callerOf: async () => caller, refused: async () => {} };
  api = new Api({ guard: { isLive: async () => true, ...guard } as never, held: new Held(), checkAnswers: true });
  addAlertCaseRoutes(api, central.alertWork);
  api.hono.onError((error, c) => answerFault(c, error, () => {}));
  const records = [
    open(1, 1, 'A', 0, 1000),
    debit({ terminal: 1, serial: 2, medium: 'A', hours: 1, last: [0, 1], amount: -100, balance: 800 }),
  ];
  await central.receive([{ form: 'batch', body: batchOf(records) }]);
  await central.drain();
  await central.alertWork.watch(NOW);
});
afterAll(() => central.close());

async function ask(method: string, path: string, body?: unknown): Promise<[number, Record<string, unknown>]> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const answer = await api.hono.request(path, { method, ...init });
  return [answer.status, (await answer.json()) as Record<string, unknown>];
}
const step = async (what: string, body: unknown): Promise<unknown> => {
  const [status, answer] = await ask('POST', `/alert-cases/1/${what}`, body);
  return [status, answer.state ?? answer.code];
};

describe('cases over HTTP', () => {
  test('are read by whoever may see alerts, and worked on by whoever may', async () => {
    as('eva', 'clerk');
    expect((await ask('GET', '/alert-cases'))[0]).toBe(403);
    as('ivo', 'auditor');
    const [status, { cases, next }] = await ask('GET', '/alert-cases?state=new&medium=A&limit=1');
    expect([status, (cases as AlertCase[]).map(({ alert }) => alert.kind), next]).toEqual([
      200,
      ['balance-mismatch'],
      1,
    ]);
    expect((await ask('GET', '/alert-cases?before=1'))[1]).toEqual({ cases: [], next: null });
    const [, several] = await ask('GET', '/alert-cases?state=acknowledged,new');
    expect(several.cases).toEqual(cases);
    expect((await ask('GET', '/alert-cases?state=resolved,cured'))[1]).toEqual({ cases: [], next: null });
    expect(await ask('GET', '/alert-cases?state=new,open')).toMatchObject([
      400,
      {
        code: 'question-malformed',
        message: '"state" has "open", which is none of new, acknowledged, assigned, resolved, cured',
      },
    ]);
    expect(await step('acknowledgement', {})).toEqual([403, 'not-allowed']);
  });

  test('go their way, with who did what, and nowhere else', async () => {
    as('ana', 'operator');
    expect(await step('acknowledgement', {})).toEqual([200, 'acknowledged']);
    expect(await step('acknowledgement', {})).toEqual([409, 'case-not-new']);
    expect(await step('comments', { text: 'looks like a bent reader' })).toEqual([200, 'acknowledged']);
    expect(await step('comments', { text: ' ' })).toEqual([400, 'text-missing']);
    expect(await step('comments', { text: 'x'.repeat(2_001) })).toEqual([400, 'question-malformed']);
    expect(await step('resolution', {})).toEqual([400, 'question-malformed']);
    expect(await step('resolution', { reason: 'reader replaced' })).toEqual([200, 'resolved']);
    expect(await step('resolution', { reason: 'again' })).toEqual([409, 'case-resolved']);
    const [, found] = await ask('GET', '/alert-cases/1');
    expect((found.history as { who: string; what: string }[]).map(({ who, what }) => `${who} ${what}`)).toEqual([
      'centre raised',
      '@ana acknowledged',
      '@ana commented',
      '@ana resolved',
    ]);
  });

  test('that are not there are not found', async () => {
    as('ana', 'operator');
    expect((await ask('GET', '/alert-cases/99'))[0]).toBe(404);
    expect((await ask('POST', '/alert-cases/99/acknowledgement', {}))[1]).toMatchObject({ code: 'case-unknown' });
    expect((await ask('GET', '/alert-cases/x'))[0]).toBe(400);
  });
});
