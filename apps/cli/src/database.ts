/** Which database a command works on. */
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { UsageError } from './failure.ts';
import type { Shell } from './shell.ts';

/** Where `serve` keeps its database unless told otherwise, and where `check` and `rebuild` look for it. */
export const CENTRAL_DIRECTORY = 'retap-data/central';

export interface DatabaseOption {
  readonly database?: string;
}

export function databaseOption(otherwise: string): Option {
  const meaning = 'postgres://… (PostgreSQL 15 or newer), or the directory of an embedded database';
  return new Option('--database <URL>', `${meaning}; default: DATABASE_URL, else ${otherwise}`);
}

/** `--database`, else `DATABASE_URL`, else null. */
export function databaseNamed({ database }: DatabaseOption, { env }: Shell): string | null {
  const named = database ?? env.DATABASE_URL ?? null;
  if (database === '') throw new UsageError('--database is empty: name a PostgreSQL URL or a directory');
  return named === '' ? null : named;
}

export function isPostgres(database: string): boolean {
  return /^postgres(ql)?:/i.test(database);
}

/**
 * The database of a command that only looks after what is there.
 * @throws UsageError where a directory does not exist: to make an empty database and find it in order would mislead
 */
export function existingDatabase(options: DatabaseOption, shell: Shell): string {
  const database = databaseNamed(options, shell) ?? CENTRAL_DIRECTORY;
  if (!isPostgres(database) && !existsSync(database)) {
    throw new UsageError(`${database}: no database is there; name it by --database or DATABASE_URL`);
  }
  return database;
}

/** The database for messages: without the password that a URL may hold. */
export function shownDatabase(database: string): string {
  return isPostgres(database) ? database.replace(/:\/\/([^/@:]*):[^/]*@/, '://$1:…@') : database;
}
