/** `retap phones`, and the second centre of `retap start`. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ask, folderOf, retap, startRetap } from './retap.ts';

const PLACE = 'retap-data/start/retap-phones';

test('retap start runs a centre for phones beside the city, and retap phones says what they may do there', async () => {
  const cwd = folderOf();
  const running = startRetap(['start', '--port', '0'], { cwd });
  const [, origin] = await running.printed(/Wallet for phones: (http:\/\/localhost:\d+)\/wallet\//);
  const url = (origin ?? '').replace('localhost', '127.0.0.1');
  expect(await ask(`${url}/ready`)).toEqual({ ready: true });
  const lost = await fetch(`${url}/phones/lost`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"code":"nobody"}' },
  });
  expect([lost.status, Object.keys((await lost.json()) as object)]).toEqual([200, ['movableAt']]);
  const ended = await running.stop();
  expect([ended.status, ended.stderr]).toEqual([0, '']);
  expect(statSync(path.join(cwd, PLACE, 'retap-centre.identity')).mode & 0o777).toBe(0o600);

  const shown = await retap(['phones', 'limits', '--database', PLACE], { cwd });
  expect([shown.status, shown.stderr]).toEqual([0, '']);
  expect(shown.stdout).toMatch(/limits +eu, in EUR; a certificate is valid for 7 days/);
  expect(shown.stdout).toMatch(/person +50\.00 +150\.00 +50 +150\.00/);
  const set = await retap(['phones', 'limits', '--database', PLACE, '--set', 'rbi', '--days', '3'], { cwd });
  expect(set.stdout).toMatch(/limits +rbi, in INR; a certificate is valid for 3 days/);
  expect(set.stdout).toMatch(/person +500\.00 +2,000\.00/);

  const invited = await retap(['phones', 'invite', '--database', PLACE, '--name', 'Bakery'], { cwd });
  expect(invited.stdout).toMatch(/^Phone 1000000001 is invited/);
  expect(invited.stdout).toMatch(/code +\w{4}-/);
  expect((await retap(['phones', 'list', '--database', PLACE], { cwd })).stdout).toContain('no phone is registered');
  const gone = await retap(['phones', 'lost', '1000000001', '--database', PLACE, '--why', 'stolen'], { cwd });
  expect([gone.status, gone.stderr]).toMatchObject([1, expect.stringContaining('no phone has the number 1000000001')]);
});

test('retap start --no-phones runs the city alone', async () => {
  const running = startRetap(['start', '--port', '0', '--no-phones'], { cwd: folderOf() });
  await running.printed(/day 1, Mon \d\d:\d\d \|/);
  expect((await running.stop()).stdout).not.toContain('Wallet');
});
