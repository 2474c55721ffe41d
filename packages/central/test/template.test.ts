import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../src/database/database.ts';
import { migrate } from '../src/database/schema.ts';
import { copyTemplate, makeTemplate, templateFolder } from '../src/database/template.ts';
import { embeddedDirectory } from './embedded-directory.ts';

/** Every column, index, function, trigger, constraint and setting that a new database holds. */
async function contentOf(database: Database) {
  const ask = (text: string) => database.rows<Record<string, unknown>>(text);
  return {
    columns: await ask(`select table_name, column_name, data_type, is_nullable, column_default
      from information_schema.columns where table_schema = 'public' order by table_name, column_name`),
    indexes: await ask("select indexdef from pg_indexes where schemaname = 'public' order by indexdef"),
    functions: await ask(`select pg_get_functiondef(oid) as text from pg_proc
      where pronamespace = 'public'::regnamespace and prokind = 'f' order by text`),
    triggers: await ask('select pg_get_triggerdef(oid) as text from pg_trigger where not tgisinternal order by text'),
    constraints:
      await ask(`select conrelid::regclass::text as name, pg_get_constraintdef(oid) as text from pg_constraint
      where connamespace = 'public'::regnamespace order by name, text`),
    migrations: await ask('select name from migration order by name'),
    settings: await ask('select name, value from setting order by name'),
  };
}

async function migrated(directory: string) {
  const database = await openDatabase(directory);
  try {
    await migrate(database);
    return await contentOf(database);
  } finally {
    await database.close();
  }
}

/** What initdb draws for each database it makes. */
async function identityOf(directory: string) {
  const database = await openDatabase(directory);
  const [row] = await database.rows<{ id: string }>('select system_identifier::text as id from pg_control_system()');
  await database.close();
  return row!.id;
}

describe('a new embedded database', () => {
  test('that is a copy of the template holds what one made anew holds', async () => {
    expect(existsSync(await templateFolder()), 'the build makes the template: npm run build').toBe(true);
    const anew = embeddedDirectory();
    mkdirSync(join(anew, 'pgdata')); // where one has begun, nothing is copied
    const copy = embeddedDirectory();
    const copied = await migrated(copy);
    expect(copied).toEqual(await migrated(anew));
    expect(copied.migrations.length).toBeGreaterThan(5);
    expect(copied.columns.length).toBeGreaterThan(50);
    const [identity, another] = [await identityOf(copy), await identityOf(anew)];
    expect(await identityOf(embeddedDirectory())).toBe(identity);
    expect(another).not.toBe(identity); // else nothing was compared
  });

  test('is its own: what is written into it reaches neither the template nor the next', async () => {
    const directory = embeddedDirectory();
    const database = await openDatabase(directory);
    await migrate(database);
    await database.rows("insert into setting values ('mark', '1')");
    await database.close();
    expect((await migrated(embeddedDirectory())).settings).not.toContainEqual({ name: 'mark', value: '1' });
    expect((await migrated(directory)).settings).toContainEqual({ name: 'mark', value: '1' });
  });

  test('is copied anew where a kill left half a copy, and never over what is there', async () => {
    const root = embeddedDirectory();
    mkdirSync(join(root, 'retap-copy', 'base'), { recursive: true });
    writeFileSync(join(root, 'retap-copy', 'base', 'half'), 'torn');
    await copyTemplate(root, true);
    expect(readdirSync(root)).toEqual(['pgdata']);
    expect(existsSync(join(root, 'pgdata', 'base', 'half'))).toBe(false);

    writeFileSync(join(root, 'pgdata', 'mark'), 'money');
    await copyTemplate(root, true);
    expect(existsSync(join(root, 'pgdata', 'mark'))).toBe(true);
  });

  test('may be read by its owner alone', async () => {
    const root = embeddedDirectory();
    await copyTemplate(root, false);
    for (const entry of readdirSync(join(root, 'pgdata'), { recursive: true, encoding: 'utf8' })) {
      expect((await stat(join(root, 'pgdata', entry))).mode & 0o077, entry).toBe(0);
    }
  });
});

test('the template is made once: a build that finds it leaves it alone', async () => {
  await makeTemplate(() => Promise.reject(new Error('made again')));
});
