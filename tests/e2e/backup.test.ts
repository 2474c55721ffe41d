/** Backup and restore by the database's own means: dumped while a fleet uploads, restored, and all of it sent again. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { openSession, startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { livedCity } from './kill/city.ts';
import { expectWhole } from './kill/equalities.ts';
import { Serving } from './kill/serving.ts';
import { Uploads } from './kill/uploads.ts';
import { folderOf, retap } from './retap.ts';

const run = promisify(execFile);

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

async function batchesIn(database: string): Promise<number> {
  const session = await openSession(database);
  const [row] = await session.rows<{ received: string }>('select received from progress');
  await session.close();
  return Number(row?.received);
}

test('an older backup, restored: whole in itself, and what is sent again counts once', {
  timeout: 180_000,
}, async () => {
  const city = await livedCity({ seed: 'backup', days: 2, media: 80, terminals: 15 });
  const database = await postgres.createDatabase('serving');
  const dump = path.join(folderOf(), 'retap.dump');
  const centre = new Serving(database);
  const uploads = new Uploads(city.deliveries, () => centre);
  const uploading = uploads.run();
  await uploads.answered(Math.floor(city.deliveries.length / 3));
  await run(postgres.program('pg_dump'), ['--format=custom', `--file=${dump}`, database]);
  await uploading;
  const all = await batchesIn(database);
  expect(await centre.stop()).toBe(0);

  const restored = await postgres.createDatabase('restored');
  await run(postgres.program('pg_restore'), ['--no-owner', '--exit-on-error', `--dbname=${restored}`, dump]);
  const then = await batchesIn(restored);
  expect(then).toBeGreaterThan(0);
  expect(then).toBeLessThan(all); // otherwise nothing had to be sent again
  const checked = await retap(['check', '--database', restored, '--as-of', String(city.truth.asOf)]);
  expect({ status: checked.status, stderr: checked.stderr }, checked.stdout).toEqual({ status: 0, stderr: '' });

  const again = new Serving(restored);
  const repeats = new Uploads(city.deliveries, () => again);
  await repeats.run();
  await expectWhole(restored, city, repeats, [again]);
  expect(await batchesIn(restored)).toBe(all);
});
