/** What a reader does when its surroundings come and go. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { openReader } from '../../apps/terminal/src/pcsc/reader.ts';
import { plugIn } from '../../apps/terminal/src/vpcd/plug.ts';
import { ECHO_UID, EchoCard } from './support/echo-card.ts';
import { NEVER, PATIENT_MS, type Reader } from './support/gate.ts';
import { type Pcscd, startPcscd } from './support/pcscd.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'retap-pcsc-'));
const opened: { reader?: Reader; pcscd?: Pcscd } = {};

afterEach(async () => {
  await opened.reader?.close();
  await opened.pcscd?.stop();
  delete opened.reader;
  delete opened.pcscd;
});

async function open(pcscd: string, name = 'Retap Gate 00 01'): Promise<Reader> {
  opened.reader = await openReader({ name, deadlineMs: PATIENT_MS, pcscd });
  return opened.reader;
}

async function start(): Promise<Pcscd> {
  opened.pcscd = await startPcscd();
  return opened.pcscd;
}

/** Code and message of what was thrown. */
async function faultOf(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  const error = await promise.then(
    () => ({ code: 'none', message: '' }),
    (thrown) => thrown,
  );
  return { code: error.code, message: error.message };
}

/** The one process with PC/SC that a terminal has started. */
function pcscProcessOf(terminal: number): string {
  const children = readFileSync(`/proc/${terminal}/task/${terminal}/children`, 'utf8').trim().split(' ');
  const found = children.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('bin/pcsc.js'));
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** Not ended: nor dead with nobody to ask how. */
function isRunning(pid: string): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\s+Z/m.test(readFileSync(status, 'utf8'));
}

/** What a terminal does that is out of service: it asks again, until a card comes. */
async function cardAfterFaults(reader: Reader): Promise<{ uid: Uint8Array; faults: number }> {
  for (let faults = 0; ; faults += 1) {
    try {
      const card = await reader.waitForCard(AbortSignal.timeout(10_000));
      await card.close();
      return { uid: card.uid, faults };
    } catch (error) {
      expect((error as { code?: string }).code).toBe('reader-missing');
      await sleep(50);
    }
  }
}

test('pcscd that crashes is out of service, and back with its readers as soon as it runs', async () => {
  const pcscd = await start();
  const reader = await open(pcscd.socket);
  const fault = faultOf(reader.waitForCard(NEVER));
  await pcscd.kill9();
  const message = expect.stringMatching('reader Retap Gate 00 01: PC/SC answers 0x801000');
  expect(await fault).toEqual({ code: 'reader-missing', message });
  await expect.poll(async () => (await faultOf(reader.waitForCard(NEVER))).message).toMatch('start pcscd');
  await pcscd.restart();
  const plug = await plugIn(new EchoCard(), { port: pcscd.readers[1].port });
  const { uid, faults } = await cardAfterFaults(reader);
  expect(uid).toEqual(ECHO_UID);
  expect(faults).toBeGreaterThan(0);
  await plug.unplug();
});

test('pcscd that crashes under a conversation: the card answers nothing, and the next one is served', async () => {
  const pcscd = await start();
  const reader = await open(pcscd.socket);
  await plugIn(new EchoCard(), { port: pcscd.readers[1].port });
  const held = await reader.waitForCard(NEVER);
  await pcscd.kill9();
  expect(await held.transmit(Uint8Array.of(0x90, 0x60, 0, 0, 0))).toEqual(new Uint8Array());
  await held.close();
  await pcscd.restart();
  await plugIn(new EchoCard(), { port: pcscd.readers[1].port });
  expect((await cardAfterFaults(reader)).uid).toEqual(ECHO_UID);
});

test('a terminal that starts before pcscd waits for it', async () => {
  const pcscd = await start();
  await pcscd.kill9();
  const reader = await open(pcscd.socket);
  const message = 'PC/SC answers 0x8010001D (pcscd is not running): start pcscd';
  expect(await faultOf(reader.waitForCard(NEVER))).toEqual({ code: 'reader-missing', message });
  await pcscd.restart();
  await plugIn(new EchoCard(), { port: pcscd.readers[1].port });
  expect((await cardAfterFaults(reader)).uid).toEqual(ECHO_UID);
});

test('a reader of another name is missing, and the message says which are there', async () => {
  const pcscd = await start();
  const reader = await open(pcscd.socket, 'Counter');
  const message = 'no reader is called Counter; connected: Retap Gate 00 00, Retap Gate 00 01';
  expect(await faultOf(reader.waitForCard(NEVER))).toEqual({ code: 'reader-missing', message });
});

test('two terminals on the two readers of one pcscd', async () => {
  const pcscd = await start();
  const other = await openReader({ name: '00 00', deadlineMs: PATIENT_MS, pcscd: pcscd.socket });
  const reader = await open(pcscd.socket);
  const uids = [Uint8Array.of(4, 1, 1, 1, 1, 1, 1), Uint8Array.of(4, 2, 2, 2, 2, 2, 2)];
  await Promise.all(uids.map((uid, slot) => plugIn(new EchoCard(uid), { port: pcscd.readers[slot]!.port })));
  const cards = await Promise.all([other, reader].map((each) => each.waitForCard(NEVER)));
  expect(cards.map(({ uid }) => uid)).toEqual(uids);
  await other.close();
});

test('a process with PC/SC that crashes is started again', async () => {
  const pcscd = await start();
  const reader = await open(pcscd.socket);
  const fault = faultOf(reader.waitForCard(NEVER));
  process.kill(Number(pcscProcessOf(process.pid)), 'SIGKILL');
  const message = 'the process with PC/SC in it ended with SIGKILL';
  expect(await fault).toEqual({ code: 'reader-missing', message });
  await plugIn(new EchoCard(), { port: pcscd.readers[1].port });
  expect((await cardAfterFaults(reader)).uid).toEqual(ECHO_UID);
});

test('a terminal that is killed takes the process with PC/SC along', async () => {
  const pcscd = await start();
  const module = JSON.stringify(new URL('../../apps/terminal/dist/pcsc/reader.js', import.meta.url).href);
  const options = JSON.stringify({ deadlineMs: PATIENT_MS, pcscd: pcscd.socket });
  const program = `const { openReader } = await import(${module}); await openReader(${options}); console.log('open');`;
  const terminal = spawn(process.execPath, ['--input-type=module', '--eval', program]);
  await once(terminal.stdout, 'data');
  const child = pcscProcessOf(terminal.pid!);
  terminal.kill('SIGKILL');
  await expect.poll(() => isRunning(child)).toBe(false);
});

test('without libpcsclite the message says what to install', async () => {
  // The loader finds this file first, and it is no library.
  writeFileSync(path.join(folder, 'libpcsclite.so.1'), 'none');
  process.env.LD_LIBRARY_PATH = folder;
  try {
    expect(await faultOf(openReader({ deadlineMs: PATIENT_MS }))).toEqual({
      code: 'pcsc-missing',
      message: expect.stringMatching(/libpcsclite.*: install libpcsclite1 and pcscd, and the npm package koffi/),
    });
  } finally {
    delete process.env.LD_LIBRARY_PATH;
    rmSync(folder, { recursive: true });
  }
});
