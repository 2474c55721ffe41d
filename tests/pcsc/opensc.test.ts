/** opensc-tool, which knows nothing of us, speaks to the software card through pcscd. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toHex } from '@retap/card';
import { beforeEach, expect, test } from 'vitest';
import { APPLICATION_NAME } from '../../packages/card/src/layout.ts';
import { NEVER, PATIENT_MS, useGate } from './support/gate.ts';
import { blankCard, CARD_UID, issue } from './support/issued-card.ts';

const run = promisify(execFile);
const gate = useGate(PATIENT_MS);

beforeEach(async () => {
  await gate.plug(blankCard());
  const held = await gate.reader.waitForCard(NEVER);
  expect(await issue(held)).toBe('personalised');
  await held.close();
});

/** What opensc-tool prints. */
async function opensc(...parameters: string[]): Promise<string> {
  const reader = ['--reader', gate.pcscd.readers[0].name];
  const { stdout } = await run('opensc-tool', [...reader, ...parameters], { env: gate.pcscd.env });
  return stdout;
}

/** Answers to command APDUs in one run, each as its data and status word. */
async function answersTo(...commands: string[]): Promise<string[]> {
  const printed = await opensc(...commands.flatMap((command) => ['--send-apdu', command]));
  return printed.split('Received ').slice(1).map(answerIn);
}

/** `(SW1=0x91, SW2=0x00):`, then lines of bytes with their letters behind. */
function answerIn(printed: string): string {
  const [first = '', ...lines] = printed.split('\n');
  const bytes = lines.map((line) => /^([0-9A-F]{2} )*/.exec(line)?.[0] ?? '').join('');
  const word = [...first.matchAll(/0x(..)/g)].map(([, byte]) => byte).join('');
  return `${bytes.replaceAll(' ', '')} ${word}`.trim();
}

test('the ATR is that of a contactless card', async () => {
  expect((await opensc('--atr')).trim()).toBe('3b:81:80:01:80:80');
});

test('the reader gives the UID', async () => {
  expect(await answersTo('FFCA000000')).toEqual([`${toHex(CARD_UID)} 9000`]);
});

test('GetVersion answers three frames: hardware, software, and the UID', async () => {
  const [hardware, software, production] = await answersTo('9060000000', '90AF000000', '90AF000000');
  expect(hardware).toMatch(/^04.{12} 91AF$/);
  expect(software).toMatch(/^04.{12} 91AF$/);
  expect(production).toMatch(new RegExp(`^${toHex(CARD_UID)}.{14} 9100$`));
});

test('SELECT by DF name opens our application: its five files, none of them without a key', async () => {
  const select = `00A4040C07${toHex(APPLICATION_NAME)}`;
  const getFileIds = '906F000000';
  const getBalance = '906C0000010300';
  expect(await answersTo(select, getFileIds, getBalance)).toEqual(['9000', '010203040F 9100', '91AE']);
});

test('an application that is not there is not found', async () => {
  expect(await answersTo('00A4040C0701020304050607')).toEqual(['6A82']);
});

test('authentication with key 3 begins with 16 encrypted bytes', async () => {
  const select = `00A4040C07${toHex(APPLICATION_NAME)}`;
  const [, challenge] = await answersTo(select, '9071000002030000');
  expect(challenge).toMatch(/^[0-9A-F]{32} 91AF$/);
});
