/** A disk that is full, and one that became read-only: real ones. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { found, lastSaid, WRITER } from './journal/reading.ts';
import { folderOf } from './retap.ts';

const node = `"${process.execPath}" "${WRITER}"`;
const run = (command: string, args: readonly string[]) => spawnSync(command, args, { encoding: 'utf8' });

/** A mount of our own that goes with the process; as root, or in a user name space where the system has them. */
const unshare = ['--mount', ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'])];
const tmpfs = (folder: string): string => `mount -t tmpfs -o size=3m,mode=700 tmpfs '${folder}'`;
const inMount = (script: string) => run('unshare', [...unshare, 'sh', '-c', script]);
const canMount = inMount(tmpfs(folderOf())).status === 0;

test('a file that may not grow: what was refused is not there, and what was told is', async () => {
  const directory = path.join(folderOf(), 'journal');
  // 128 blocks of 512 bytes, or of 1024 where sh is bash.
  const { stdout } = run('sh', ['-c', `ulimit -f 128; exec ${node} '${directory}'`]);
  expect(stdout).toMatch(/^journal-full: no room on the disk for the journal .*\n$/m);
  const intent = lastSaid('intent', stdout);
  const settled = lastSaid('settled', stdout);
  expect(settled).toBeGreaterThan(50);
  const after = await found(directory);
  expect(after.nextSerial).toBe(intent + 1);
  // The limit may come between an intent and its outcome: the file system does not tell of it beforehand.
  const told = Array.from({ length: settled }, (_, at) => `${at + 1} successful`);
  expect(after.unsent).toEqual(intent > settled ? [...told, `${intent} unverified`] : told);
});

describe.each(canMount ? ['a file system of 3 MiB'] : [])('%s', () => {
  const folder = folderOf();
  const disk = path.join(folder, 'disk');
  mkdirSync(disk);

  test('that fills refuses the intent, never an outcome', async () => {
    const copy = path.join(folder, 'copy');
    const script = `${tmpfs(disk)} && ${node} '${disk}/journal' 300000; cp -rp '${disk}/journal' '${copy}'`;
    const { stdout, stderr } = inMount(script);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^journal-full: no room on the disk for the journal .*\n$/m);
    expect(lastSaid('intent', stdout)).toBe(lastSaid('settled', stdout));
    expect(lastSaid('settled', stdout)).toBeGreaterThan(2000);
    const after = await found(copy);
    expect(after.unsent).toHaveLength(lastSaid('settled', stdout));
  });

  test('that is read-only does not open; and becoming so in service refuses before the medium is written', () => {
    const writer = `${node} '${disk}/journal' 300000 read-only`;
    const { stdout } = inMount(`${tmpfs(disk)} && ${writer}; ${writer}`);
    const [opened, refused, again] = stdout.split('\n');
    expect(opened).toBe('open 1');
    expect(refused).toMatch(/^journal-failed: cannot write the journal .*EROFS/);
    expect(again).toMatch(/^journal-failed: cannot open the journal .*EROFS/);
    expect(stdout).not.toContain('intent');
  });
});
