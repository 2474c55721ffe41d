/** One embedded directory: one centre at a time, and after kill −9 the next one. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { ask, type Ended, folderOf, type Running, retap, startRetap } from './retap.ts';

const TIMEOUT = { timeout: 120_000 };

const serveArgs = (database: string): string[] => ['serve', '--database', database, '--port', '0'];

async function openMedium(url: string, serial: number): Promise<unknown> {
  const medium = { type: 'open', medium: `M${serial}`, time: serial, amount: 5, balance: 5, status: 'successful' };
  const records = [{ terminal: 1, serial, ...medium }];
  const answer = await fetch(`${url}/batches`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ terminal: 1, from: serial, to: serial, records }),
  });
  const { received: _, ...acknowledgement } = (await answer.json()) as { readonly received: unknown };
  return [answer.status, acknowledgement];
}

const acknowledged = (receipt: number): unknown => [200, { receipt, accepted: 1, quarantined: [] }];

function expectRefused({ status, stdout, stderr }: Ended, database: string): void {
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^retap: .* is in use by process \d+; stop it, or name another --database\n$/);
  expect(stderr).toContain(database);
}

describe('two centres on one embedded directory', () => {
  test(
    'whatever comes second refuses and says why, and harms nothing; after kill −9 a new one goes on',
    TIMEOUT,
    async () => {
      const database = path.join(folderOf(), 'central');
      const first = startRetap(serveArgs(database));
      const url = await first.url();
      expect(await openMedium(url, 1)).toEqual(acknowledged(1));
      const others = [
        serveArgs(database),
        ...['check', 'rebuild', 'reconcile'].map((name) => [name, '--database', database]),
      ];
      for (const args of others) {
        expectRefused(await retap(args), database);
        expect(await ask(`${url}/media/M1`)).toMatchObject({ balance: 5 });
      }
      expect(await openMedium(url, 2)).toEqual(acknowledged(2));
      await first.stop('SIGKILL');

      // Two at once find the dead one's lock: one takes it over, the other is told.
      const started = [startRetap(serveArgs(database)), startRetap(serveArgs(database))];
      const { opened, refused } = await whoOpened(started);
      expectRefused(refused, database);
      const again = await opened.url();
      for (const serial of [1, 2, 3]) expect(await openMedium(again, serial)).toEqual(acknowledged(serial));
      expect(await ask(`${again}/totals`)).toMatchObject({ batches: 3, records: 3, media: 3 });
      expect((await opened.stop()).status).toBe(0);
      expect((await retap(['check', '--database', database])).status).toBe(0);
      expect(readdirSync(database)).toEqual(['pgdata']);
    },
  );

  test('a directory whose making was cut off by kill −9 is made again', TIMEOUT, async () => {
    const database = path.join(folderOf(), 'central');
    const cut = startRetap(serveArgs(database));
    while (filesIn(database) < 400) await sleep(2); // of more than a thousand
    expect((await cut.stop('SIGKILL')).stdout).toBe('');
    expect(readdirSync(database)).not.toContain('pgdata'); // else the kill came too late to prove anything
    const serving = startRetap(serveArgs(database));
    expect(await openMedium(await serving.url(), 1)).toEqual(acknowledged(1));
    expect((await serving.stop()).status).toBe(0);
  });
});

async function whoOpened(started: readonly Running[]): Promise<{ opened: Running; refused: Ended }> {
  const index = await Promise.race(started.map((one, i) => one.ended.then(() => i)));
  return { opened: started[1 - index]!, refused: await started[index]!.ended };
}

function filesIn(database: string): number {
  try {
    return readdirSync(database, { recursive: true }).length;
  } catch {
    return 0; // not there yet, or one that was there a moment ago is not any more
  }
}
