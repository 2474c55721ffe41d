import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lockDirectory } from '../src/database/lock.ts';
import { CentralError } from '../src/index.ts';
import { newDirectory } from './directory.ts';

/** Greater than any process number of Linux (2²²). */
const NO_PROCESS = 2 ** 30;
const lockOf = (directory: string) => join(directory, 'retap.lock');

describe('a directory has one holder', () => {
  test('who is named to the second one, and whose lock stays', async () => {
    const directory = await newDirectory();
    const release = await lockDirectory(directory);
    const second = await lockDirectory(directory).catch((error: unknown) => error);
    expect(second).toBeInstanceOf(CentralError);
    expect(second).toMatchObject({ code: 'database-in-use' });
    expect((second as Error).message).toContain(`process ${process.pid}`);
    expect(await readFile(lockOf(directory), 'utf8')).toMatch(`${process.pid}`);
    await release();
    expect(await readdir(directory)).toEqual([]);
    await (await lockDirectory(directory))();
  });

  test('as long as the process lives that has it', async () => {
    const directory = await newDirectory();
    const holder = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    try {
      const stat = await readFile(`/proc/${holder.pid}/stat`, 'utf8').catch(() => null);
      const start = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
      await writeFile(lockOf(directory), `${holder.pid} ${start}\n`);
      await expect(lockDirectory(directory)).rejects.toThrow(`in use by process ${holder.pid}`);
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    await (await lockDirectory(directory))();
  });

  test.each([
    ['a process that is gone', `${NO_PROCESS} 17\n`],
    ['a process whose number another one has now', `${process.pid} 17\n`],
    ['nobody: the power was cut before the lock was written', ''],
    ['something that is no lock', 'hello\n'],
  ])('and is taken over from %s', async (_, standing) => {
    const directory = await newDirectory();
    await writeFile(lockOf(directory), standing);
    const release = await lockDirectory(directory);
    expect(await readFile(lockOf(directory), 'utf8')).toMatch(`${process.pid}`);
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'database-in-use' });
    await release();
    expect(await readdir(directory)).toEqual([]);
  });

  test('and is not taken over where somebody died in the middle of doing so: a person has to look', async () => {
    const directory = await newDirectory();
    await writeFile(lockOf(directory), `${NO_PROCESS} 17\n`);
    await writeFile(`${lockOf(directory)}.takeover`, `${NO_PROCESS} 18\n`);
    await expect(lockDirectory(directory)).rejects.toThrow(`remove ${lockOf(directory)}.takeover`);
    expect(await readFile(lockOf(directory), 'utf8')).toBe(`${NO_PROCESS} 17\n`);
  });

  test.each([
    ['a free directory', null],
    ['the lock of a process that is gone', `${NO_PROCESS} 17\n`],
  ])('of many that want %s at once, one gets it and the others are told so', async (_, standing) => {
    for (let round = 0; round < 60; round += 1) {
      const directory = await newDirectory();
      if (standing !== null) await writeFile(lockOf(directory), standing);
      const tries = await Promise.allSettled(Array.from({ length: 6 }, () => lockDirectory(directory)));
      const refusals = tries.flatMap((one) => (one.status === 'rejected' ? [one.reason as CentralError] : []));
      expect(refusals.map(({ code, message }) => code ?? message)).toEqual(Array(5).fill('database-in-use'));
      expect(await readdir(directory)).toEqual(['retap.lock']);
    }
  });
});
