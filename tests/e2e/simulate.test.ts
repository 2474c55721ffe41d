import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseReport } from './report.ts';
import { ask, folderOf, retap, startRetap, until } from './retap.ts';

interface Truth {
  readonly asOf: number;
  readonly media: Readonly<Record<string, { readonly balance: number }>>;
  readonly tornTaps: readonly { readonly terminal: number; readonly serial: number; readonly committed: boolean }[];
}

const CITY = ['--days', '2', '--media', '60', '--terminals', '6', '--seed', '7', '--torn-rate', '0.02'];

let postgres: TestPostgres;
let folder: string;
let truth: Truth;

beforeAll(async () => {
  postgres = await startPostgres();
  folder = folderOf();
  const { status } = await retap(['simulate', ...CITY, '--output', 'city'], { cwd: folder });
  expect(status).toBe(0);
  truth = JSON.parse(readFileSync(path.join(folder, 'city/truth.json'), 'utf8')) as Truth;
});
afterAll(() => postgres?.stop());

const filesOf = (name: string): string[] => readdirSync(path.join(folder, name)).map((file) => path.join(name, file));
const balancesOf = (accounts: readonly { readonly medium: string; readonly balance: number }[]) =>
  Object.fromEntries(accounts.map(({ medium, balance }) => [medium, balance]));

/** What the media hold, except where only a later tap could tell: the last tap on it was torn. */
function expectTruth(balances: Readonly<Record<string, number>>, inDoubt: ReadonlySet<string>): void {
  const settled = Object.entries(truth.media).filter(([medium]) => !inDoubt.has(medium));
  expect(settled.length).toBeGreaterThan(40);
  for (const [medium, { balance }] of settled) expect([medium, balances[medium]]).toEqual([medium, balance]);
}

describe('a simulated city', () => {
  test('its journals reconcile to the truth, without an alert', async () => {
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const args = ['reconcile', ...filesOf('city/journals'), '--as-of', String(truth.asOf), '--format', 'json'];
    const { status, stdout } = await retap(args, { cwd: folder, env });
    const report = parseReport(stdout);
    expect([status, report.alerts, report.rejected]).toEqual([0, [], []]);
    const transactions = report.transactions as { medium: string; status: string }[];
    const inDoubt = transactions.filter((each) => each.status === 'unverified').map(({ medium }) => medium);
    expectTruth(balancesOf(report.accounts), new Set(inDoubt));
  });

  test('the same seed gives the same files', async () => {
    const { status } = await retap(['simulate', ...CITY, '--output', 'again'], { cwd: folder });
    expect(status).toBe(0);
    for (const file of [...filesOf('city/journals'), ...filesOf('city/batches'), 'city/truth.json']) {
      const again = file.replace('city', 'again');
      expect(readFileSync(path.join(folder, again)).equals(readFileSync(path.join(folder, file)))).toBe(true);
    }
  });

  test('is not written over another by mistake', async () => {
    const refused = await retap(['simulate', ...CITY, '--output', 'city'], { cwd: folder });
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('--force');
    const forced = await retap(['simulate', ...CITY, '--output', 'city', '--force'], { cwd: folder });
    expect(forced.status).toBe(0);
  });
});

/** Of the answer to a file of batches: one that is cut off is refused whole. */
const statusOf = (file: string): number => (file.includes('-cut') ? 400 : 200);

describe('retap serve', () => {
  test('takes the shuffled batches by POST and comes to the truth; check finds it equal, rebuild changes nothing', async () => {
    const database = await postgres.createDatabase();
    const serving = startRetap(['serve', '--database', database, '--port', '0', '--processors', '2'], { cwd: folder });
    const url = await serving.url();
    for (const file of filesOf('city/batches')) {
      const body = readFileSync(path.join(folder, file));
      const answer = await fetch(`${url}/batches`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect([file, answer.status]).toEqual([file, statusOf(file)]);
    }
    const totals = await until(
      () => ask(`${url}/totals`),
      ({ waiting }) => waiting === 0,
    );
    expect(totals).toMatchObject({ media: 60, quarantined: 0 });
    const { status, stderr } = await serving.stop('SIGTERM');
    expect(status).toBe(0);
    const logged = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; route?: string; status?: number });
    expect(logged.map(({ event }) => event).filter((event) => event !== 'request')).toEqual([
      ...['listening', 'stopping', 'stopped'],
    ]);
    // Every request has its line, and the database none of its own.
    const uploads = logged.filter(({ event, route }) => event === 'request' && route === '/batches');
    expect(uploads.map(({ status }) => status)).toEqual(filesOf('city/batches').map(statusOf));

    const report = async () => {
      const args = ['reconcile', '--database', database, '--as-of', String(truth.asOf), '--format', 'json'];
      return (await retap(args)).stdout;
    };
    const before = await report();
    const accounts = parseReport(before).accounts;
    const inDoubt = (parseReport(before).transactions as { medium: string; status: string }[])
      .filter((each) => each.status === 'unverified')
      .map(({ medium }) => medium);
    expectTruth(balancesOf(accounts), new Set(inDoubt));
    const checked = await retap(['check', '--database', database, '--as-of', String(truth.asOf)]);
    expect([checked.status, checked.stderr]).toEqual([0, '']);
    expect((await retap(['rebuild', '--database', database])).status).toBe(0);
    expect(await report()).toBe(before);
  });

  test('two centres on one directory: the second refuses and names it', async () => {
    const first = startRetap(['serve', '--database', 'shared', '--port', '0'], { cwd: folder });
    await first.url();
    const second = await retap(['serve', '--database', 'shared', '--port', '0'], { cwd: folder });
    expect([second.status, second.stdout]).toEqual([1, '']);
    expect(second.stderr).toContain('shared');
    expect((await first.stop()).status).toBe(0);
  });

  test('a port in use: what to do is said', async () => {
    const first = startRetap(['serve', '--database', await postgres.createDatabase(), '--port', '0']);
    const port = new URL(await first.url()).port;
    const second = await retap(['serve', '--database', await postgres.createDatabase(), '--port', port]);
    expect(second.status).toBe(1);
    expect(second.stderr).toMatch(new RegExp(`port ${port} .*in use.*--port`));
    await first.stop();
  });
});
