/** Proposals and the audit log over HTTP: who may see, who may decide, and how it is answered. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { type Central, openCentral, type Proposed, type Role } from '@retap/central';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sqlIn } from '../../../packages/central/test/database.ts';
import type { Caller, Guard } from '../src/api/caller.ts';
import { siteOf } from '../src/people/site.ts';
import { createRoutes } from '../src/routes.ts';
import { TotalsFeed } from '../src/totals-feed.ts';
import { Uploads } from '../src/uploads.ts';

const NOW = 1_780_000_000_000;
const CENTRE = generateKeyPairSync('ed25519');
const signed = (bytes: Uint8Array): Uint8Array => sign(null, bytes, CENTRE.privateKey);

let postgres: TestPostgres;
let central: Central;
let caller: Caller = { kind: 'everybody' };
let request: (path: string, init?: RequestInit) => Promise<Response>;

const person = (name: string, ...roles: Role[]): Caller => ({
  ...{
    kind: 'person',
    name,
    who: `@${name}`,
    roles,
    by: 'session',
    credential: '1',
    freshUntil: NOW + 1,
    endsAt: NOW + 9,
  },
});

beforeAll(async () => {
  postgres = await startPostgres();
  const database = await postgres.createDatabase();
  central = await openCentral({ database, now: () => NOW });
  const centre = Uint8Array.from(CENTRE.publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
  await central.registry.settle({ admission: 'enrolled', centre, licenceMs: 1 }, 'root');
  await sqlIn(
    database,
    `insert into person (name, roles, user_handle, invited_at) values ('ana', '{operator}', '\\x01', 0)`,
  );
  const guard: Guard = {
    now: () => NOW,
    isOpen: async () => false,
    callerOf: async () => caller,
    isLive: async () => true,
    refused: async () => {},
  };
  const feed = new TotalsFeed(
    () => central.totals(NOW),
    () => {},
  );
  const { app } = createRoutes({
    ...{ central, now: () => NOW, guard, feed, log: () => {}, stopping: () => false, newRequestId: () => 'r1' },
    ...{ site: () => siteOf('http://localhost'), randomBytes: (count: number) => new Uint8Array(count) },
    ...{ uploads: new Uploads({ receive: central.receive, onReceived: () => {} }), checkAnswers: true },
  });
  request = async (path, init) => app.request(path, init);
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

async function ask(path: string, body?: unknown): Promise<{ status: number; said: Record<string, unknown> }> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await request(path, body === undefined ? {} : init);
  return { status: answer.status, said: (await answer.json()) as Record<string, unknown> };
}
async function proposed(medium: string): Promise<number> {
  return ((await central.lists.deny(medium, { who: '@ana', why: 'reported stolen' })) as Proposed).proposal;
}

describe('a proposal', () => {
  test('is seen by who may see, page by page', async () => {
    for (const medium of ['M1', 'M2', 'M3']) await proposed(medium);
    caller = person('eva', 'auditor');
    const { said } = await ask('/proposals?state=proposed&limit=2');
    expect((said.proposals as { object: string }[]).map(({ object }) => object)).toEqual(['medium M3', 'medium M2']);
    const next = await ask(`/proposals?limit=2&before=${said.next}`);
    expect(next.said).toMatchObject({ proposals: [{ object: 'medium M1', proposedBy: '@ana' }], next: null });
    caller = person('jan', 'inspector');
    expect(await ask('/proposals')).toMatchObject({ status: 403, said: { code: 'not-allowed' } });
    caller = { kind: 'everybody' };
    expect(await ask('/proposals/1')).toMatchObject({ status: 401, said: { code: 'sign-in-needed' } });
  });

  test('is approved by another who may, and is done', async () => {
    const id = await proposed('M4');
    caller = person('bor', 'finance');
    const { status, said } = await ask(`/proposals/${id}/approval`, { why: 'seen the report' });
    expect([status, said.state, said.decidedBy, said.decidedWhy]).toEqual([200, 'approved', '@bor', 'seen the report']);
    expect((await central.lists.working()).deny).toContain('M4');
    expect((await ask(`/proposals/${id}`)).said).toEqual(said);
  });

  test.each<[string, Caller, string, number, string]>([
    ['one’s own', person('ana', 'operator'), 'approval', 403, 'own-proposal'],
    ['without the role', person('cilka', 'administrator', 'clerk'), 'approval', 403, 'not-allowed'],
    ['rejected without the role', person('cilka', 'auditor'), 'rejection', 403, 'not-allowed'],
    ['of somebody else, withdrawn', person('bor', 'finance'), 'withdrawal', 403, 'not-own-proposal'],
    [
      'by a passkey shown long ago',
      { ...person('bor', 'finance'), freshUntil: NOW } as Caller,
      'approval',
      403,
      'sign-in-again',
    ],
    ['by a machine', { ...person('bor', 'finance'), by: 'token' } as Caller, 'approval', 403, 'token-not-allowed'],
    ['by nobody', { kind: 'everybody' }, 'rejection', 401, 'sign-in-needed'],
  ])('is not decided: %s', async (_, who, word, status, code) => {
    const id = await proposed(`N${status}${code}`.replaceAll('-', '_'));
    caller = who;
    expect(await ask(`/proposals/${id}/${word}`, { why: '' })).toMatchObject({
      status,
      said: { code, requestId: 'r1' },
    });
    expect((await central.proposals.find(id))?.state).toBe('proposed');
  });

  test('is decided once, and one that is none not at all', async () => {
    const id = await proposed('M5');
    caller = person('ana');
    expect((await ask(`/proposals/${id}/withdrawal`, {})).said.state).toBe('withdrawn');
    caller = person('bor', 'operator');
    expect(await ask(`/proposals/${id}/rejection`, {})).toMatchObject({
      status: 409,
      said: { code: 'proposal-decided' },
    });
    expect(await ask('/proposals/99999/rejection', {})).toMatchObject({
      status: 404,
      said: { code: 'proposal-unknown' },
    });
    expect(await ask('/proposals/none')).toMatchObject({ status: 400, said: { code: 'question-malformed' } });
    expect(await ask(`/proposals/${id}/rejection`, { why: 'x'.repeat(501) })).toMatchObject({ status: 400 });
  });
});

test('a code for recovery is told to who asks for it, and is known to nobody before another has approved', async () => {
  caller = person('zoe', 'administrator');
  const { status, said } = await ask('/people/ana/recovery', { why: 'lost her phone' });
  expect([status, said.code]).toEqual([202, expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){4}$/)]);
  const codeIs = async () => (await central.people.person('ana'))?.entryUntil;
  expect(await codeIs()).toBeNull();
  expect(await ask(`/proposals/${said.proposal}/approval`, {})).toMatchObject({ said: { code: 'own-proposal' } });
  caller = person('dan', 'administrator');
  expect((await ask(`/proposals/${said.proposal}/approval`, {})).said).toMatchObject({ result: 'recovering' });
  expect(await codeIs()).toBe(NOW + 86_400_000);
  caller = person('eva', 'auditor');
  const everything = [await ask('/proposals?limit=1000'), await ask('/audit?limit=1000')];
  expect(JSON.stringify(everything)).not.toContain(said.code);
  expect(await ask('/people/ana/recovery', { why: 'lost' })).toMatchObject({
    status: 403,
    said: { code: 'not-allowed' },
  });
});

describe('the audit log', () => {
  test('is read by who may, page by page, by who and by what', async () => {
    caller = person('bor', 'operator', 'administrator', 'finance', 'clerk', 'inspector');
    expect(await ask('/audit')).toMatchObject({ status: 403, said: { code: 'not-allowed' } });
    caller = person('eva', 'auditor');
    const { said } = await ask('/audit?limit=3');
    const ids = (said.entries as { id: number }[]).map(({ id }) => id);
    expect(ids).toHaveLength(3);
    const older = await ask(`/audit?limit=1000&before=${said.next}`);
    expect(older.said.next).toBeNull();
    expect((older.said.entries as { id: number }[]).map(({ id }) => id)).toEqual(
      Array.from({ length: ids[2]! - 1 }, (_, index) => ids[2]! - 1 - index),
    );
    const refused = await ask('/audit?who=@cilka&what=proposal.approved');
    expect(refused.said.entries).toMatchObject([{ outcome: 'refused', detail: { refusal: 'not-allowed' } }]);
    expect(await ask('/audit?before=0')).toMatchObject({ status: 400 });
  });

  test('hands out its newest checkpoint for somebody to keep', async () => {
    expect(await ask('/audit/checkpoint')).toMatchObject({ status: 404, said: { code: 'checkpoint-missing' } });
    const made = await central.audit.checkpoint(signed);
    const { said } = await ask('/audit/checkpoint');
    const checkpoint = Buffer.from(made!.document).toString('hex').toUpperCase();
    expect(said).toEqual({ checkpoint, size: made!.size, at: NOW });
  });
});
