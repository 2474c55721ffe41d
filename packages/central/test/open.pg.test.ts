import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startPostgres } from '@retap/testkit';
import { describe, expect, test } from 'vitest';
import { CentralError, openCentral } from '../src/index.ts';
import { sqlIn } from './database.ts';
import { newDirectory } from './directory.ts';

async function refusalOf(database: string): Promise<CentralError> {
  const refusal = await openCentral({ database, now: () => 0 }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CentralError);
  return refusal as CentralError;
}

describe('a PostgreSQL that cannot be used is named, and its password is not', () => {
  test.each([
    ['where nothing listens', 'postgresql://retap:se@cret@127.0.0.1:1/retap'],
    ['whose name nobody knows', 'postgres://retap:se%40cret@nowhere.invalid/retap'],
    ['told its password apart', 'postgresql://retap@127.0.0.1:1/retap?password=se%40cret&application_name=x'],
    ['written wrongly', 'postgresql://retap:se/cr#et@[:1/retap'],
    ['whose password was not escaped', 'postgresql://retap:1/cret@127.0.0.1:1/retap'],
    ['with a port that is none', 'postgresql://retap:se@cret@127.0.0.1:99999999/retap'],
  ])('%s', { timeout: 30_000 }, async (_, database) => {
    const { code, message } = await refusalOf(database);
    expect(code).toBe('database-unreachable');
    expect(message).toMatch(/^postgres(ql)?:\/\//);
    expect(message).not.toMatch(/cret|cr#et|se@|se%40|se\//);
    expect(message.length).toBeGreaterThan('postgresql://: '.length);
  });

  test('one that wants another password, and one that has no such database', { timeout: 60_000 }, async () => {
    const rules = join(await newDirectory(), 'pg_hba.conf');
    await writeFile(rules, 'local all postgres trust\nlocal all all scram-sha-256\n');
    await chmod(join(rules, '..'), 0o755);
    const postgres = await startPostgres({ settings: { hba_file: rules } });
    try {
      const database = await postgres.createDatabase();
      await sqlIn(database, "create role guest login password 'right'");
      await sqlIn(database, 'grant create on schema public to guest');
      const as = (password: string) => database.replace('postgres@', `guest:${password}@`);
      const wrong = await refusalOf(as('wr0ng'));
      expect(wrong.code).toBe('database-unreachable');
      expect(wrong.message).toContain('password authentication failed for user "guest"');
      expect(wrong.message).not.toContain('wr0ng');
      const absent = await refusalOf(`${database}x`);
      expect(absent.code).toBe('database-unreachable');
      expect(absent.message).toContain('does not exist');
      await (await openCentral({ database: as('right'), now: () => 0 })).close();
      const foreign = await postgres.createDatabase();
      await sqlIn(foreign, 'create table record (it text)');
      expect(await refusalOf(foreign)).toMatchObject({ code: 'database-unusable' });
      await sqlIn(database, "insert into migration values ('9999_later.sql')");
      const newer = await refusalOf(database);
      expect(newer).toMatchObject({ code: 'database-unusable' });
      expect(newer.message).toContain('9999_later.sql');
    } finally {
      await postgres.stop();
    }
  });
});
