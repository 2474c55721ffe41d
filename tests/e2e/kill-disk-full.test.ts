/** The database's disk fills while a centre takes uploads: what is refused is not there, what was acknowledged is, and with room it goes on. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { openSession, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchOf, open, until, upload } from '../../apps/central/test/records.ts';
import { Serving } from './kill/serving.ts';
import { folderOf, retap } from './retap.ts';

const mount = (...args: string[]): boolean => spawnSync('mount', args).status === 0;
const unmount = (folder: string) => spawnSync('umount', ['--lazy', folder]);
const tmpfs = (folder: string): boolean => mount('-t', 'tmpfs', '-o', 'size=16m,mode=777', 'tmpfs', folder);

function tried(): boolean {
  const folder = folderOf();
  const isMounted = tmpfs(folder);
  if (isMounted) unmount(folder);
  return isMounted;
}
const canMount = tried();

let disk = '';
let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  // Its folder goes with it, and cannot while something is mounted there.
  if (disk !== '') {
    await postgres.shutDown('immediate');
    unmount(disk);
  }
  await postgres?.stop();
});

const RECORDS = 500;
const batch = (number: number): Uint8Array =>
  batchOf(
    Array.from({ length: RECORDS }, (_, at) => {
      const serial = (number - 1) * RECORDS + at + 1;
      return open(1, serial, `M${serial}`, serial / 3_600, 500);
    }),
  );

describe.each(canMount ? ['a file system of 16 MiB'] : [])('%s', () => {
  test('that fills: 503 and come again, nothing lost, nothing doubled, and it goes on by itself when there is room', async () => {
    const session = await openSession(postgres.url);
    const [data] = await session.rows<{ folder: string }>("select current_setting('data_directory') as folder");
    const folder = data?.folder ?? expect.fail('PostgreSQL has no data directory');
    // Beside its data, where its user may go. Its own log stays where there is room: without it, it would stop altogether.
    disk = path.join(path.dirname(folder), 'small');
    mkdirSync(disk);
    expect(tmpfs(disk)).toBe(true);
    const space = path.join(disk, 'space');
    mkdirSync(space);
    spawnSync('chown', ['--reference', folder, disk, space]);
    await session.rows(`create tablespace small location '${space}'`);
    await session.rows('create database full_disk tablespace small');
    await session.close();
    const database = postgres.url.replace(/\/postgres$/, '/full_disk');
    const centre = new Serving(database);
    const url = await centre.url;

    let acknowledged = 0;
    let refused: Response | null = null;
    while (refused === null && acknowledged < 500) {
      const answer = await upload(url, batch(acknowledged + 1));
      if (answer.status === 200) acknowledged += 1;
      else refused = answer;
    }
    expect(acknowledged).toBeGreaterThan(2);
    expect(refused?.status).toBe(503);
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused?.text()).toContain('central-unavailable');
    expect((await fetch(`${url}/health`)).status).toBe(200);

    expect(mount('-o', 'remount,size=256m', disk)).toBe(true);
    for (const number of [acknowledged, acknowledged + 1, acknowledged + 2]) {
      const answer = await until(
        () => upload(url, batch(number)),
        ({ status }) => status === 200,
      );
      expect(await answer.json()).toMatchObject({ accepted: RECORDS, quarantined: [] });
    }
    const totals = await until(
      async () =>
        (await fetch(`${url}/totals`)).json() as Promise<{
          records: number;
          media: number;
          waiting: number;
          balance: number;
        }>,
      ({ waiting }) => waiting === 0,
    );
    const records = (acknowledged + 2) * RECORDS;
    expect(totals).toMatchObject({ records, media: records, balance: records * 500 });
    expect(await centre.stop()).toBe(0);
    const checked = await retap(['check', '--database', database]);
    expect({ status: checked.status, stderr: checked.stderr }, checked.stdout).toEqual({ status: 0, stderr: '' });
  });
});
