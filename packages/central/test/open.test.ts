import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CentralError, openCentral } from '../src/index.ts';
import { newDirectory } from './directory.ts';

async function refusalOf(database: string): Promise<CentralError> {
  const refusal = await openCentral({ database, now: () => 0 }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CentralError);
  return refusal as CentralError;
}

/** A directory in which nobody may write; what stops others does not stop root, but the kernel's own does. */
async function unwritable(): Promise<string> {
  if (process.getuid?.() === 0) return '/sys/retap';
  const directory = await newDirectory();
  await chmod(directory, 0o555);
  return directory;
}

describe('the embedded database is refused, with what, where and what to do,', () => {
  test('in a directory that holds something else', async () => {
    const directory = await newDirectory();
    await writeFile(join(directory, 'holiday.jpg'), '');
    const { code, message } = await refusalOf(directory);
    expect(code).toBe('database-unusable');
    expect(message).toBe(
      `${directory} is not a database of Retap: it holds holiday.jpg; name an empty or new directory`,
    );
  });

  test('in a file', async () => {
    const file = join(await newDirectory(), 'file');
    await writeFile(file, '');
    const { code, message } = await refusalOf(file);
    expect(code).toBe('database-unusable');
    expect(message).toContain(`needs a directory it may write: ${file}`);
  });

  test('in a directory that may not be written', async () => {
    const directory = await unwritable();
    const { code, message } = await refusalOf(directory);
    expect(code).toBe('database-unusable');
    expect(message).toContain(`needs a directory it may write: ${directory}`);
  });

  test('where its files are no database, and the directory is given free', { timeout: 60_000 }, async () => {
    const directory = await newDirectory();
    await mkdir(join(directory, 'pgdata'));
    await writeFile(join(directory, 'pgdata', 'PG_VERSION'), '9.6\n');
    const { code, message } = await refusalOf(directory);
    expect(code).toBe('database-unusable');
    expect(message).toContain(directory);
    expect((await refusalOf(directory)).code).toBe('database-unusable');
  });
});
