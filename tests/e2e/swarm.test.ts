import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retap, startRetap } from './retap.ts';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

const swarm = (...args: readonly string[]) => ['simulate', '--faults', 'swarm', ...args];
const digestIn = (stdout: string): string => /^digest ([0-9a-f]{64})$/m.exec(stdout)?.[1] ?? expect.fail(stdout);

test('worlds hold, and what comes of them does not depend on the number of workers', async () => {
  const args = swarm('--seeds', '4', '--taps', '60');
  const [one, two] = [await retap([...args, '--workers', '1']), await retap([...args, '--workers', '2'])];
  expect([one.status, two.status, one.stderr]).toEqual([0, 0, '']);
  expect(one.stdout).toContain('all held in 4 of 4 worlds (4 on the memory store)');
  expect(digestIn(two.stdout)).toBe(digestIn(one.stdout));
});

test('one seed is that one world', async () => {
  const third = await retap(swarm('--seed', '3', '--taps', '60'));
  const again = await retap(swarm('--seed', '3', '--taps', '60'));
  expect(third.stdout).toContain('all held in 1 of 1 worlds');
  expect(digestIn(again.stdout)).toBe(digestIn(third.stdout));
});

test('the 200th is on PostgreSQL, where one is named', async () => {
  const database = await postgres.createDatabase();
  const { status, stdout } = await retap(swarm('--seed', '200', '--taps', '100', '--database', database));
  expect(stdout).toContain('(1 on PostgreSQL)');
  expect(status).toBe(0);
});

test('Ctrl-C says how far it got', async () => {
  const running = startRetap(swarm('--seeds', '100000', '--taps', '60'));
  setTimeout(() => running.signal('SIGINT'), 3000);
  const { status, stdout } = await running.ended;
  expect(status).toBe(130);
  expect(stdout).toMatch(/^interrupted\. all held in [\d,]+ of 100,000 worlds/);
});

test.each([
  [swarm('--seed', 'seven'), 'a whole number'],
  [swarm('--database', 'a-directory'), 'PostgreSQL'],
  [['simulate'], '--output'],
  [['simulate', '--faults', 'bees'], 'swarm'],
])('%j is refused in words', async (args, says) => {
  const { status, stderr } = await retap(args);
  expect(status).toBe(1);
  expect(stderr).toContain(says);
});
