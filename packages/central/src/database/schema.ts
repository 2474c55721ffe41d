/** The schema, in numbered files; each is applied once, in order, in one SQL transaction with the note that it was. */
import { CentralError } from '../error.ts';
import type { Database, Sql } from './database.ts';
import { migrationFiles, readMigration } from './migrations.ts';

/** Of a lock that a change of the schema needs: behind one that waits, everybody who wants the table waits too. */
const LOCK_WAIT = '2s';
/** With a pause of a second between them; the oldest SQL transaction under way may last as long. */
const ATTEMPTS = 100;

/**
 * Makes the tables what this version knows. Others may be at work on them: what cannot be locked at once is given back, so
 * that they go on, and tried again.
 * @throws CentralError `database-unusable`; `database-slow` where somebody holds a table for minutes
 */
export async function migrate(database: Database): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await migrateOnce(database);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof CentralError) || error.code !== 'database-slow') throw error;
      await database.rows('select pg_sleep(1)');
    }
  }
}

async function migrateOnce(database: Database): Promise<void> {
  const files = await migrationFiles();
  await database.transaction(async (sql) => {
    // Two centres that start at once on one PostgreSQL would both create the tables: the second waits here.
    await sql.rows('select pg_advisory_xact_lock(1919251568)');
    const applied = await appliedFiles(sql);
    const unknown = applied.find((name) => !files.includes(name));
    if (unknown) {
      throw new CentralError(
        'database-unusable',
        `this database was made by a newer Retap (${unknown}); upgrade this one`,
      );
    }
    await sql.rows(`set local lock_timeout = '${LOCK_WAIT}'`);
    for (const name of files.filter((file) => !applied.includes(file))) {
      await sql.script(await readMigration(name));
      await sql.rows('insert into migration (name) values ($1)', [name]);
    }
  }, 0); // however long a large table takes
}

/** What another, newer process has applied meanwhile, and this one does not know; null: nothing. */
export async function unknownMigration(sql: Sql): Promise<string | null> {
  const files = await migrationFiles();
  const [row] = await sql.rows<{ name: string }>(
    'select name from migration where name <> all($1::text[]) order by name limit 1',
    [files],
  );
  return row?.name ?? null;
}

async function appliedFiles(sql: Sql): Promise<string[]> {
  const [found] = await sql.rows<{ ours: string | null; foreign: string | null }>(
    "select to_regclass('migration')::text as ours, to_regclass('record')::text as foreign",
  );
  if (found?.foreign && !found.ours) {
    throw new CentralError('database-unusable', 'this database holds other tables; name an empty database');
  }
  // Only where it is missing: a role that may not make tables can serve a database that is up to date.
  if (!found?.ours) await sql.script('create table migration (name text collate "C" primary key)');
  return (await sql.rows<{ name: string }>('select name from migration order by name')).map((row) => row.name);
}

/** The tolerance that this database was made with; makes it the one wanted, or the default, where it is new. */
export async function fixClockTolerance(
  database: Database,
  wanted: number | undefined,
  initial: number,
): Promise<number> {
  await database.rows("insert into setting values ('clock_tolerance', $1) on conflict do nothing", [
    String(wanted ?? initial),
  ]);
  const [row] = await database.rows<{ value: string }>("select value from setting where name = 'clock_tolerance'");
  const fixed = Number(row?.value);
  if (wanted !== undefined && wanted !== fixed) {
    throw new CentralError(
      'clock-tolerance-differs',
      `this database was made with a clock tolerance of ${fixed} ms, and what it concluded rests on it; ` +
        `leave --clock-tolerance out, or reconcile into a new database with ${wanted} ms`,
    );
  }
  return fixed;
}
