import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { City, DEFAULT_START } from '@retap/simulator';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Shell } from '../src/shell.ts';
import { Feeder } from '../src/start/feeder.ts';
import { CityPosition } from '../src/start/position.ts';

let folder: string;
let centre: Server;
let answer: (ordinal: number) => number;
let asked: number;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retap-feeder-'));
  asked = 0;
  centre = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      asked += 1;
      response.writeHead(answer(asked)).end();
    });
  });
  await new Promise<void>((resolve) => centre.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  centre.closeAllConnections();
  await new Promise((resolve) => centre.close(resolve));
  await rm(folder, { recursive: true });
});

/** Feeds a small city until the centre was asked so often, then stops, and tells where the city stands. */
async function deliveredWhenStopped(askedEnough: number): Promise<number> {
  const position = await CityPosition.read(path.join(folder, 'city.json'), 'a database');
  const shell = { elapsed: () => performance.now() } as Shell;
  const feeder = new Feeder({ position, until: 3, pace: 1_000 * 3_600_000, shell });
  const city = await City.found({ seed: 'feeder', days: 3, media: 20, terminals: 3, start: DEFAULT_START });
  const feeding = feeder.feed(city, `http://127.0.0.1:${(centre.address() as AddressInfo).port}/batches`);
  feeding.catch(() => {}); // what ends the feeding is not asked here
  while (asked < askedEnough) await new Promise((resolve) => setTimeout(resolve, 5));
  await feeder.stop();
  return position.delivered;
}

describe('stopped before the centre has answered, the city', () => {
  test('does not take an upload for delivered', async () => {
    answer = () => 503;
    expect(await deliveredWhenStopped(1)).toBe(0);
  });

  test('goes on no later than after the uploads that were answered', async () => {
    answer = (ordinal) => (ordinal <= 3 ? 200 : 503);
    // Several are under way at once: at most these three have arrived, and nothing after the first gap may count.
    expect(await deliveredWhenStopped(12)).toBeLessThanOrEqual(3);
  });
});
