import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral, type Role } from '../../src/index.ts';
import { ENROLLED } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';
import { receiveTold, watchAll } from './watching.ts';

let central: Central;
let id: number;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_000 });
  await receiveTold(central, ['100: T1 opens M with 100', '110: T2 debits 10, balance 80']);
  await watchAll(central, 1_000);
  await central.registry.settle(ENROLLED);
  id = (await central.alertWork.cases({ limit: 1 }))[0]?.id ?? expect.fail('no case');
});
afterAll(() => central.close());

const REASON = { who: 'root', why: 'new here' };
let links = 0;
async function hire(name: string, role: Role): Promise<void> {
  links += 1;
  const [digest, userHandle] = [new Uint8Array(32).fill(links), new Uint8Array(64).fill(links)];
  expect(await central.people.invite({ name, roles: [role], digest, userHandle, validMs: 1_000 }, REASON)).toBe(
    'invited',
  );
}
const assign = async (to: string): Promise<string> => {
  const answer = await central.alertWork.assign(id, to, '@eva');
  return 'refusal' in answer ? answer.refusal : `${answer.state} to ${answer.assignedTo}`;
};

test('a case is assigned to somebody who can work on it, to another later, and to nobody else', async () => {
  await hire('ana', 'operator');
  await hire('bor', 'operator');
  await hire('ivo', 'auditor');
  expect(await assign('nobody')).toBe('person-unknown');
  expect(await assign('ivo')).toBe('person-not-allowed');
  expect(await assign('ana')).toBe('assigned to ana');
  expect(await assign('bor')).toBe('assigned to bor');
  expect(await central.people.disable('ana', REASON)).toBe('disabled');
  expect(await assign('ana')).toBe('person-disabled');
  expect(await central.alertWork.acknowledge(id, '@eva')).toEqual({ refusal: 'case-not-new' });
  expect((await central.alertWork.cases({ assigned: 'bor', limit: 9 })).map((each) => each.id)).toEqual([id]);
  await central.alertWork.resolve(id, { who: '@bor', why: 'reader replaced' });
  expect(await assign('bor')).toBe('case-resolved');
  const { history } = (await central.alertWork.case(id)) ?? expect.fail('no case');
  expect(history.map(({ what, detail }) => `${what} ${detail.to ?? ''}`.trim())).toEqual([
    ...['raised', 'assigned ana', 'assigned bor', 'resolved'],
  ]);
});

test('who is hired or leaves is told, and how they sign in is not', async () => {
  while ((await central.events.place()) > 0);
  const told = await central.events.after(0, { types: ['person.changed'], limit: 100 });
  expect(told.map(({ data }) => `${data.what} ${data.object}`)).toEqual([
    ...['person.invited person ana', 'person.invited person bor', 'person.invited person ivo'],
    'person.disabled person ana',
  ]);
});
