import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, folderOf, retap, startRetap, until } from './retap.ts';

interface Totals {
  readonly batches: number;
  readonly records: number;
}

const totalsOf = async (url: string): Promise<Totals> => (await ask(`${url}/totals`)) as unknown as Totals;

describe('retap start, on a machine with nothing but Node', () => {
  test('shows an address and a growing city; Ctrl-C ends it, and the next start goes on from there', async () => {
    const cwd = folderOf();
    const first = startRetap(['start', '--port', '0'], { cwd });
    const url = await first.url();
    const early = await totalsOf(url);
    const later = await until(
      () => totalsOf(url),
      ({ records }) => records > early.records + 100,
    );
    await first.printed(/day 1, Mon \d\d:\d\d \| [\d,]+ taps, [\d,]+ batches, \d+ in doubt, \d+ alerts/);
    const ended = await first.stop();
    expect([ended.status, ended.stderr]).toEqual([0, '']);
    expect(ended.stdout).toContain('The next start goes on from there');

    const second = startRetap(['start', '--port', '0'], { cwd });
    const again = await second.url();
    const kept = await totalsOf(again);
    expect(kept.batches).toBeGreaterThanOrEqual(later.batches);
    const grown = await until(
      () => totalsOf(again),
      ({ records }) => records > kept.records + 100,
    );
    // Not one by one again from the beginning: the city goes on after what was delivered.
    expect(grown.batches).toBeGreaterThan(kept.batches);
    expect((await second.stop('SIGTERM')).status).toBe(0);

    const checked = await retap(['check', '--database', 'retap-data/start'], { cwd });
    expect([checked.status, checked.stderr]).toEqual([0, '']);
  });
});

describe('retap start on PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres?.stop());

  test('when its days are over the centre stays up and says so', async () => {
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const running = startRetap(['start', '--port', '0', '--days', '1', '--speed', '24'], { cwd: folderOf(), env });
    await running.printed(/The 1 simulated days? (is|are) over/);
    expect((await totalsOf(await running.url())).records).toBeGreaterThan(1_000);
    expect((await running.stop()).status).toBe(0);
  });

  test('does not fill a database that holds something else', async () => {
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const record =
      '{"terminal":1,"serial":1,"type":"open","medium":"M1","time":1000,"amount":5,"balance":5,"status":"successful"}';
    expect((await retap(['reconcile'], { env, stdin: record })).status).toBe(0);
    const { status, stderr } = await retap(['start', '--port', '0'], { env });
    expect(status).toBe(1);
    expect(stderr).toContain('not of this city');
  });
});
