import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPostgres, type TestPostgres } from '../src/index.ts';
import { findBinaries } from '../src/postgres/installation.ts';

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: 'array' })).rows.flat();
  } finally {
    await client.end();
  }
}

const folderOf = (url: string): string => decodeURIComponent(new URL(url).hostname);

describe('a throw-away PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  });
  afterAll(() => postgres.stop());

  test('is recent enough, syncs to disk, and sorts otherwise than by code point', async () => {
    const [version, fsync, commit] = await query(
      postgres.url,
      `SELECT current_setting('server_version_num')::int, current_setting('fsync'), current_setting('synchronous_commit')`,
    );
    expect(version).toBeGreaterThanOrEqual(150_000);
    expect([fsync, commit]).toEqual(['on', 'on']);
    const sorted = `SELECT array_agg(name ORDER BY name) FROM (VALUES ('B'), ('a')) AS names (name)`;
    expect(await query(postgres.url, sorted)).toEqual([['a', 'B']]);
  });

  test('makes databases that know nothing of each other, and copies of one', async () => {
    const [a, b] = [await postgres.createDatabase(), await postgres.createDatabase()];
    await query(a, 'CREATE TABLE only_here (n int)');
    expect(await query(b, `SELECT to_regclass('only_here')`)).toEqual([null]);
    const copy = await postgres.createDatabase('A "copy"', new URL(a).pathname.slice(1));
    expect(await query(copy, `SELECT to_regclass('only_here')::text, current_database()`)).toEqual([
      'only_here',
      'A "copy"',
    ]);
  });

  test('killed −9 and started again, it has what was committed and nothing else', async () => {
    const url = await postgres.createDatabase();
    await query(url, 'CREATE TABLE kept AS SELECT 7 AS n');
    const open = new pg.Client({ connectionString: url });
    const lost = vi.fn();
    open.on('error', lost);
    await open.connect();
    await open.query('BEGIN; INSERT INTO kept VALUES (8)');
    await postgres.kill9();
    await vi.waitFor(() => expect(lost).toHaveBeenCalled());
    await expect(query(url, 'SELECT n FROM kept')).rejects.toThrow();
    await postgres.restart();
    expect(await query(url, 'SELECT n FROM kept')).toEqual([7]);
  });
});

test('a stopped server leaves nothing behind, and a setting is one of the server', async () => {
  const postgres = await startPostgres({ settings: { fsync: 'off' } });
  expect(await query(postgres.url, `SELECT current_setting('fsync')`)).toEqual(['off']);
  await postgres.stop();
  expect(existsSync(folderOf(postgres.url))).toBe(false);
  await postgres.stop(); // twice is as good as once
});

test('where no PostgreSQL is installed, the message says how to install it', async () => {
  await expect(findBinaries('/no/such/folder', 'no-such-program')).rejects.toMatchObject({
    code: 'postgres-missing',
    message: expect.stringContaining('apt-get install postgresql-15'),
  });
});

test('a setting the server does not know is told with the end of its log', async () => {
  await expect(startPostgres({ settings: { no_such_setting: '1' } })).rejects.toThrow('no_such_setting');
});

describe('a server goes with the process that started it, and takes its data along', () => {
  const loader = new URL('./typescript-loader.mjs', import.meta.url);
  const script = fileURLToPath(new URL('./postgres-child.mjs', import.meta.url));

  test.each(['exits', 'waits'])('the process %s, and is killed if it still runs', async (how) => {
    const child = spawn(process.execPath, ['--import', loader.href, script, how], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let said = '';
    for await (const piece of child.stdout) {
      said += piece;
      if (said.endsWith('\n')) break;
    }
    const url = said.trim();
    expect(url).toMatch(/^postgresql:/);
    if (how === 'waits') {
      expect(await query(url, 'SELECT 1')).toEqual([1]);
      child.kill('SIGKILL');
    }
    await exited;
    for (let attempt = 0; attempt < 100 && existsSync(folderOf(url)); attempt++) await sleep(100);
    expect(existsSync(folderOf(url))).toBe(false);
    await expect(query(url, 'SELECT 1')).rejects.toThrow();
  });
});
