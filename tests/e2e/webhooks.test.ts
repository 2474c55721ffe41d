/** Webhooks and cases with real processes: a centre that is killed, a receiver that verifies, and the commands of both. */
import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderOf, type Running, retap, startRetap, until } from './retap.ts';

let postgres: TestPostgres;
let env: Record<string, string>;
let cwd: string;
let centre: Running;
let receiver: Server;
let secret = '';
const received: { id: string; genuine: boolean; type: string }[] = [];

async function run(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await retap(words, { cwd, env });
  expect([status, stderr], words.join(' ')).toEqual([0, '']);
  return stdout;
}

beforeAll(async () => {
  postgres = await startPostgres();
  cwd = folderOf();
  env = { DATABASE_URL: await postgres.createDatabase() };
  receiver = createServer(async (request, response) => {
    let body = '';
    for await (const bytes of request) body += bytes;
    const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = request.headers;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    received.push({ id: String(id), genuine: signature === `v1,${expected}`, type: JSON.parse(body).type });
    // Slowly, so that a kill finds something on its way.
    setTimeout(() => response.writeHead(204).end(), 100);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  centre = startRetap(['serve', '--port', '0', '--webhooks-to-loopback'], { cwd, env });
  await centre.url();
});
afterAll(async () => {
  await centre?.stop('SIGKILL');
  receiver?.closeAllConnections();
  receiver?.close();
  await postgres?.stop();
});

/** So many records of which each leaves a balance that does not follow. */
async function spoil(terminal: number, count: number): Promise<void> {
  const records = Array.from({ length: count }, (_, i) => {
    const place = { terminal, medium: `M${terminal}-${i}`, status: 'successful' };
    const opened = { ...place, serial: 2 * i + 1, type: 'open', time: 1_000 + 20 * i, amount: 500, balance: 500 };
    const paid = { ...place, serial: 2 * i + 2, type: 'debit', time: 1_010 + 20 * i, amount: -10, balance: 400 };
    return [opened, { ...paid, lastTime: 1_000 + 20 * i, lastTerminal: terminal }];
  });
  const body = JSON.stringify({ terminal, from: 1, to: 2 * count, records: records.flat() });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${await centre.url()}/batches`, { method: 'POST', headers, body })).status).toBe(200);
}

test('each alert reaches the other system, signed, though the centre is killed on the way; and its case is worked on', async () => {
  const { port } = receiver.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/hook`;
  const added = await run('webhooks', 'add', '--to-loopback', '--url', url, '--events', 'alert.*');
  secret = /whsec_\S+/.exec(added)?.[0] ?? expect.fail(added);
  await spoil(7, 12);
  await until(
    async () => received.length,
    (count) => count >= 4,
  );
  await centre.stop('SIGKILL');
  centre = startRetap(['serve', '--port', '0', '--webhooks-to-loopback'], { cwd, env });
  await centre.url();
  const ids = () => [...new Set(received.map(({ id }) => id))];
  await until(
    async () => ids().length,
    (count) => count === 12,
  );
  expect(received.every(({ genuine, type }) => genuine && type === 'alert.raised')).toBe(true);
  // In order, and at most what was on its way is there twice.
  expect(ids()).toEqual(ids().toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4))));
  expect(received.length - 12).toBeLessThanOrEqual(1);

  expect(await run('alerts', 'list', '--medium', 'M7-0')).toMatch(/ new .* balance-mismatch .*terminal 7, serial 2/);
  const [id = ''] = /\d+/.exec(await run('alerts', 'list', '--medium', 'M7-0')) ?? [];
  expect(await run('alerts', 'acknowledge', id)).toBe(`case ${id} is acknowledged\n`);
  expect(await run('alerts', 'resolve', id, '--reason', 'reader replaced')).toBe(`case ${id} is resolved\n`);
  expect(await run('alerts', 'list', '--medium', 'M7-0')).toBe('no cases\n');
  const [, , more = ''] = (await run('alerts', 'list', '--limit', '1')).split('\n');
  expect(more).toMatch(/^there may be more: --before \d+$/);
  expect((await run('alerts', 'list', ...more.split(' ').slice(-2))).split('\n').length).toBe(1 + 10 + 1);
  expect(await run('alerts', 'show', id)).toMatch(/acknowledged\n.*resolved: reader replaced\n$/);
  const again = await retap(['alerts', 'resolve', id, '--reason', 'again'], { cwd, env });
  expect([again.status, again.stderr]).toEqual([1, `retap: case ${id} is resolved; it may still be commented\n`]);
  expect(await run('webhooks', 'show', '1')).toMatch(/delivered +204/);
});
