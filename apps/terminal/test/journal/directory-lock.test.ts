/** Two processes, one directory. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockDirectory } from '../../src/journal/directory-lock.ts';

let directory: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'retap-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(directory, { recursive: true });
});

const locked = { code: 'journal-locked', message: expect.stringContaining(' in use by ') };
const names = (): string[] => readdirSync(directory);

/** A process that does nothing, and the name that its lock would have. */
async function other(): Promise<{ child: ChildProcess; pid: number; lock: string }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("up")']);
  children.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  const pid = child.pid ?? expect.fail('no process');
  const own = await ownLock();
  const start = existsSync('/proc/self/stat') ? startOf(pid) : '';
  return { child, pid, lock: own.replace(/^lock-\d+-\d*/, `lock-${pid}-${start}`) };
}

function startOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function ownLock(): Promise<string> {
  const free = await lockDirectory(directory);
  const name = names().find((each) => each.startsWith(`lock-${process.pid}-`)) ?? expect.fail('no lock');
  await free();
  return name;
}

const put = (lock: string): Promise<void> => writeFile(join(directory, lock), '');

describe('a locked directory', () => {
  test('is refused to this process too, until it is given free', async () => {
    const free = await lockDirectory(directory);
    await expect(lockDirectory(directory)).rejects.toMatchObject(locked);
    await free();
    expect(names()).toEqual([]);
    await (await lockDirectory(directory))();
  });

  test('by a living process is refused and says by which; nothing of ours stays', async () => {
    const { pid, lock } = await other();
    await put(lock);
    await expect(lockDirectory(directory)).rejects.toMatchObject({
      ...locked,
      message: expect.stringContaining(`in use by process ${pid};`),
    });
    expect(names()).toEqual([lock]);
  });

  test('by a process that was killed is taken over, and its lock goes, also before anybody waited for it', async () => {
    const { child, lock } = await other();
    await put(lock);
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    const free = await lockDirectory(directory);
    expect(names()).not.toContain(lock);
    await free();
  });

  test.each([
    ['a process that has the number of the dead one', (lock: string) => lock.replace(/-(\d+)-(\d+)-/, '-$1-1$2-')],
    ['a run before the machine was started again', (lock: string) => `${lock.slice(0, -4)}0000`],
  ])('by %s is taken over', async (_, changed) => {
    const { lock } = await other();
    const dead = changed(lock);
    expect(dead).not.toBe(lock);
    await put(dead);
    const free = await lockDirectory(directory);
    expect(names()).not.toContain(dead);
    await free();
  });

  test('a file that is no lock is let be', async () => {
    await put('000001.journal');
    await (await lockDirectory(directory))();
    expect(names()).toEqual(['000001.journal']);
  });
});
