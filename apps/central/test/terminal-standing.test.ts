/** How the terminals do, over HTTP. */
import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, ENROLLED, verifySignature } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { signedIn, type Visitor } from './people/signed-in.ts';

const now = 1_700_000_000_000;
let central: Central;
let service: Service;
let [auditor, clerk]: Visitor[] = [];

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle(ENROLLED);
  const [one, two] = [new Device(1).work(3), new Device(2)];
  await one.join(central);
  await two.join(central);
  await central.receive([await one.batch(1, 1), await one.batch(3, 3)]);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, checkAnswers: true });
  auditor = await signedIn(central, service, 'aldo', 'auditor');
  clerk = await signedIn(central, service, 'cene', 'clerk');
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const terminals = async (question: string) => {
  const { status, body } = await auditor!.ask('GET', `/terminals/standing${question}`);
  return status === 200 ? body.terminals.map(({ terminal }: { terminal: number }) => terminal) : body.code;
};

test('terminals are filtered, sorted and paged', async () => {
  expect((await auditor!.ask('GET', '/terminals/standing?limit=1')).body).toMatchObject({
    ...{ found: 2, next: '[1,1]', flags: { missing: 1, licence: 2 }, states: { active: 2 } },
    terminals: [{ terminal: 1, missing: 1, flags: expect.arrayContaining(['missing', 'licence']) }],
  });
  expect(await terminals('?limit=1&after=%5B1%2C1%5D')).toEqual([2]);
  expect(await terminals('?sort=missing&order=down')).toEqual([1, 2]);
  expect(await terminals('?flag=missing&state=active&role=gate&text=1')).toEqual([1]);
  expect(await terminals('?flag=silent')).toEqual([]);
});

test('what makes no sense is refused, and so is who may not see', async () => {
  for (const question of ['?sort=key', '?order=left', '?after=x', '?after=%5B%5D', '?flag=late', '?limit=9999']) {
    expect(await terminals(question), question).toBe('question-malformed');
  }
  expect((await clerk!.ask('GET', '/terminals/standing')).status).toBe(403);
});

test('one is told in detail, with what it owes', async () => {
  expect((await auditor!.ask('GET', '/terminals/1/standing')).body).toMatchObject({
    ...{ standing: { terminal: 1, lastSerial: 3 }, missing: [[2, 2]], newest: { tariff: null } },
  });
  expect((await auditor!.ask('GET', '/terminals/9/standing')).body.code).toBe('terminal-unknown');
  expect((await auditor!.ask('GET', '/terminals/1/owed')).body).toEqual({ owed: [], next: null });
  expect((await auditor!.ask('GET', '/terminals/1/owed?before=1')).body.code).toBe('question-malformed');
});
