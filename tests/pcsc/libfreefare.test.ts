/** Stock libfreefare and libnfc, which know nothing of us, read the software card through a PN532 on a serial line. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { channelOf, type SoftwareCard, toHex } from '@retap/card';
import { afterEach, expect, test } from 'vitest';
import { blankCard, CARD_UID, issue } from './support/issued-card.ts';
import { Pn532 } from './support/pn532.ts';
import { type SerialLine, startSerialLine } from './support/serial-line.ts';

const run = promisify(execFile);
let line: SerialLine | null = null;

afterEach(async () => {
  await line?.stop();
  line = null;
});

/** What mifare-desfire-info prints of a card. */
async function desfireInfo(card: SoftwareCard): Promise<string> {
  line = await startSerialLine((send) => {
    const chip = new Pn532(card, send);
    return (bytes) => chip.receive(bytes);
  });
  const env = { ...process.env, LIBNFC_DEFAULT_DEVICE: `pn532_uart:${line.device}:115200` };
  const { stdout } = await run('mifare-desfire-info', [], { env, timeout: 30_000 });
  await line.stop();
  line = null;
  return stdout;
}

function freeBytes(printed: string): number {
  return Number(/^Free memory: (\d+) bytes$/m.exec(printed)?.[1]);
}

const uid = toHex(CARD_UID).toLowerCase();

test('mifare-desfire-info takes a blank card for a DESFire', async () => {
  const printed = await desfireInfo(blankCard());
  expect(printed).toContain(`===> Version information for tag ${uid}:\n`);
  expect(printed).toContain(`UID:                      0x${uid}\n`);
  // Hardware and software, each by NXP, 0x12.0x00, ISO 14443-4.
  const frame = ['Vendor ID:            0x04', 'Type:                 0x01', 'Version:              18.0'];
  for (const text of [...frame, 'Protocol:             0x05']) expect(printed.split(text)).toHaveLength(3);
  expect(printed).toContain('Master Key settings (0x0f):');
  expect(printed).toContain('Master Key version: 0 (0x00)');
  expect(printed).toContain('Use random UID: no');
  expect(freeBytes(printed)).toBeGreaterThan(2048);
});

test('mifare-desfire-info sees that a card was issued: its master key, its settings, its application', async () => {
  const card = blankCard();
  const blank = freeBytes(await desfireInfo(card));
  // It has left the field of the PN532.
  card.reset();
  expect(await issue(channelOf(card))).toBe('personalised');
  const printed = await desfireInfo(card);
  expect(printed).toContain('Master Key version: 1 (0x01)');
  expect(printed).toContain('Master Key settings (0x0b):');
  expect(printed).toContain('0x00 PICC Master Key not required for create / delete;');
  // Five files: the last transaction 32, products 8 × 48, value, the log of at least two records of 16, TransactionMAC.
  expect(blank - freeBytes(printed)).toBeGreaterThan(32 + 8 * 48 + 4 + 2 * 16);
});
