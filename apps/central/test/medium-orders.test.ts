import { type Central, openCentral, type Role } from '@retap/central';
import { amountOf } from '@retap/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ENROLLED } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { signedIn, type Visitor } from './people/signed-in.ts';

let central: Central;
let service: Service;
const visitors = new Map<string, Visitor>();

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: Date.now });
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: Date.now, port: 0, log: () => {}, checkAnswers: true });
  for (const [name, role] of [
    ['ana', 'clerk'],
    ['bor', 'operator'],
    ['jan', 'inspector'],
    ['hana', 'administrator'],
  ] as const satisfies readonly (readonly [string, Role])[]) {
    visitors.set(name, await signedIn(central, service, name, role));
  }
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const as = (name: string) => visitors.get(name) as Visitor;
const ordersOf = async (name: string, medium: string) => (await as(name).ask('GET', `/media/${medium}/orders`)).body;

test('what is ordered goes from a proposal to the next tap', async () => {
  const medium = 'M1';
  expect(await ordersOf('ana', medium)).toEqual({ denied: false, actions: [], proposals: [] });
  const refund = { medium, kind: 'refund', amount: 260, why: 'charged twice' };
  expect((await as('ana').ask('POST', '/lists/actions', refund)).status).toBe(202);
  const { proposals } = await ordersOf('ana', medium);
  expect(proposals).toMatchObject([
    { kind: 'action.order', action: 'refund', amount: 260, proposedBy: '@ana', why: 'charged twice' },
  ]);
  await as('bor').confirm();
  expect((await as('bor').ask('POST', `/proposals/${proposals[0].id}/approval`, { why: '' })).status).toBe(200);
  const after = await ordersOf('ana', medium);
  expect(after.proposals).toEqual([]);
  expect(after.actions).toMatchObject([
    { action: { kind: 'refund', amount: amountOf(260), serial: 1 }, state: 'waits' },
  ]);
  expect((await ordersOf('ana', 'M2')).actions).toEqual([]);
});

test('an inspector sees that a medium is denied, and not what is proposed of it; who may see no medium is refused', async () => {
  const medium = 'M3';
  await central.lists.deny(medium, { who: '@ana', why: 'a family quarrel' });
  expect((await ordersOf('bor', medium)).proposals).toHaveLength(1);
  expect(await ordersOf('jan', medium)).toEqual({ denied: false, actions: [], proposals: [] });
  const [proposal] = await central.proposals.list({ state: 'proposed', limit: 1 });
  await central.proposals.approve(proposal?.id as number, { who: '@bor', why: '', may: () => true });
  expect(await ordersOf('jan', medium)).toEqual({ denied: true, actions: [], proposals: [] });
  expect((await as('hana').ask('GET', `/media/${medium}/orders`)).status).toBe(403);
});
