/** As an auditor does it: a checkpoint kept elsewhere, an export carried away, and what somebody did to the database in between. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlIn } from '../../packages/central/test/database.ts';
import { folderOf, retap, startRetap } from './retap.ts';

let postgres: TestPostgres;
let database: string;
let cwd: string;
let env: Record<string, string>;
let fingerprint: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  cwd = folderOf();
  env = { DATABASE_URL: database, RETAP_IDENTITY_PASSPHRASE: 'one for the centre alone' };
  fingerprint = /^fingerprint\s+(\S+)$/m.exec(await run('init', '--identity', 'centre.identity'))![1]!;
});
afterAll(() => postgres?.stop());

async function run(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await retap(words, { cwd, env });
  expect([status, stderr], words.join(' ')).toEqual([0, '']);
  return stdout;
}

async function refused(...words: string[]): Promise<string> {
  const { status, stderr } = await retap(words, { cwd, env });
  expect(status, words.join(' ')).toBe(1);
  return stderr;
}

const sql = (statement: string) => sqlIn(database, statement);

const verify = async (...words: string[]): Promise<[number | null, string]> => {
  const ended = await retap(['audit', 'verify', ...words, '--centre-fingerprint', fingerprint], { cwd, env: {} });
  return [ended.status, ended.stdout + ended.stderr];
};

test('what was done is signed when the centre stops, and verified without it', async () => {
  await run('lists', 'deny', 'add', 'M1', '--why', 'reported stolen');
  const centre = startRetap(['serve', '--port', '0', '--identity', 'centre.identity'], { cwd, env });
  await centre.url();
  await run('lists', 'deny', 'remove', 'M1', '--why', 'found');
  await centre.stop();
  await run('audit', 'checkpoint', '--output', 'kept.json');
  await run('audit', 'export', '--output', 'log.ndjson');
  expect(await run('audit', 'show', '--limit', '9')).toMatch(
    /audit\.exported[\s\S]*deny\.removed +medium M1 +done[\s\S]*deny\.added/,
  );
  const [status, said] = await verify('log.ndjson', '--checkpoint', 'kept.json');
  expect([status, said]).toEqual([
    0,
    expect.stringMatching(/entries 1 to \d+ are whole and in order, signed up to entry \d+/),
  ]);
  expect(said).toContain('1 after that nobody has signed yet');

  const file = path.join(cwd, 'log.ndjson');
  writeFileSync(
    path.join(cwd, 'changed.ndjson'),
    readFileSync(file, 'utf8').replace('reported stolen', 'reported stollen'),
  );
  expect(await verify('changed.ndjson')).toEqual([2, expect.stringContaining('the hash of entry 2 does not follow')]);
  expect(await verify('no-such-file')).toEqual([1, expect.stringContaining('no-such-file')]);
});

test('what the owner of the database changed is found by an export that was kept', async () => {
  await sql(`alter table audit disable trigger all; update audit set who = 'nobody' where id = 2`);
  const [status, said] = await verify('--database', database, '--checkpoint', 'log.ndjson');
  expect([status, said]).toEqual([2, expect.stringContaining('the hash of entry 2 does not follow')]);
});

test('where there are people a change waits for a second one, and who proposed it is not that one', async () => {
  await sql(`insert into person (name, roles, user_handle, invited_at) values ('ana', '{operator}', '\\x01', 0)`);
  const said = await run('lists', 'deny', 'add', 'M2', '--why', 'reported stolen');
  expect(said).toBe("proposal 1 waits for a second person; 'retap proposals approve 1'\n");
  expect(await run('lists', 'show', 'deny')).not.toContain('M2');
  expect(await run('proposals', 'list', '--state', 'proposed')).toMatch(/1 +proposed +deny\.add +medium M2/);
  expect(await refused('proposals', 'approve', '1')).toContain('you proposed 1: another person must decide');
  await sql("update proposal set proposed_by = '@ana'");
  expect(await run('proposals', 'approve', '1', '--why', 'seen')).toContain(
    'proposal 1 is approved: deny.add, medium M2',
  );
  expect(await run('lists', 'show', 'deny')).toContain('M2');
  expect(await run('proposals', 'show', '1')).toMatch(/result +"added"/);
  expect(await refused('proposals', 'withdraw', '1')).toContain('was decided before');
});
