/** The whole way in one process: card files, keys, journal on disk, terminal, screen. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CardMedium, channelOf, fromHex, issuerKeys, personalise, type RandomBytes, SoftwareCard } from '@retap/card';
import {
  createSoftwareKeyStore,
  exportFor,
  issuerContents,
  openSoftwareKeyStore,
  SoftwareKeyStore,
  softwareKey,
} from '@retap/keys';
import { amountOf } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { MemoryJournal, Terminal } from '@retap/terminal';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { CardFile } from '../src/card-file.ts';
import { readConfiguration } from '../src/configuration/configuration.ts';
import { openTerminal } from '../src/open-terminal.ts';
import type { Command, Leaves } from '../src/screen/command.ts';
import type { Message } from '../src/screen/message.ts';
import type { ScreenState } from '../src/screen/screen.ts';
import type { TerminalService } from '../src/service-options.ts';
import { POINT_OF_SALE, VALIDATOR } from './scene.ts';

const PASSPHRASE = 'correct horse battery staple';
const LIMITS = { minimumBalance: amountOf(0), maximumBalance: amountOf(50_000) };
const random: RandomBytes = (length) => new Uint8Array(randomBytes(length));

let directory: string;
const at = (name: string): string => path.join(directory, name);
let service: TerminalService;
let page: WebSocket | null = null;
/** Of all terminals that open a card in a test. */
const issuer = issuerContents(random);

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'retap-terminal-'));
  for (const role of ['gate', 'refill', 'inspector'] as const) {
    await createSoftwareKeyStore(at(`${role}.keys`), PASSPHRASE, exportFor(issuer, role, random), random);
  }
  await createSoftwareKeyStore(at('issuer.keys'), PASSPHRASE, issuer, random);
});
afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(async () => {
  mkdirSync(at('cards'));
  await newCard('anna', '04A1B2C3D4E5F6', 1000);
});
afterEach(async () => {
  page?.terminate();
  page = null;
  await service?.stop();
  for (const name of ['cards', 'journal']) rmSync(at(name), { recursive: true, force: true });
});

/** A card as a point of sale hands it out. */
async function newCard(name: string, uid: string, balance: number): Promise<void> {
  const memory = CardFile.create(at(`cards/${name}.card`));
  const card = SoftwareCard.blank({ memory, uid: fromHex(uid), keyOfValue: softwareKey, random });
  const keys = new SoftwareKeyStore('', '', issuer);
  const channel = channelOf(card);
  const desk = { channel, keys: issuerKeys(keys), keyOfValue: softwareKey, random };
  expect(await personalise({ ...desk, limits: LIMITS })).toBe('personalised');
  const now = Date.now() - 60_000;
  const desktop = await Terminal.open({
    terminal: 99,
    store: new MemoryJournal(),
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    clock: () => now,
    clockSetAt: () => now,
    clockSetMax: 1,
    limits: LIMITS,
    clockTolerance: 120_000,
    retapWindow: 60_000,
  });
  const medium = new CardMedium({ channel, keys, random, terminal: 99 });
  expect((await desktop.open(medium, uid, amountOf(balance))).outcome).toBe('opened');
  memory.close();
}

async function start(file: object = VALIDATOR, role = 'gate'): Promise<void> {
  const reader = { kind: 'in-process', cards: 'cards' };
  const screen = { port: 0, messageFor: '1ms' };
  writeFileSync(at('terminal.json'), JSON.stringify({ ...file, reader, screen, keys: { store: `${role}.keys` } }));
  const configuration = await readConfiguration(at('terminal.json'));
  service = await openTerminal({ configuration, secrets: { passphrase: PASSPHRASE }, now: Date.now, log: () => {} });
  const { host, origin } = new URL(service.url);
  page = new WebSocket(`ws://${host}/screen`, { headers: { origin } });
  messages.length = 0;
  page.on('message', (data) => {
    const { state } = JSON.parse(String(data)) as { state?: ScreenState };
    if (state && state.messageNumber !== seen) messages.push(state.message);
    if (state) seen = state.messageNumber;
  });
  await new Promise((resolve) => page?.once('open', resolve));
  await expect.poll(async () => (await state()).cards?.length).toBe((await readdir(at('cards'))).length);
}

const messages: Message[] = [];
let seen = -1;
const state = async (): Promise<ScreenState> => (await fetch(`${service.url}/state`)).json();
const send = (command: Command): void => page?.send(JSON.stringify(command));

/** Holds a card to the reader as a person would, and says what the screen said. */
async function tap(card: string, leaves: Leaves = 'when-pulled'): Promise<Message> {
  await expect.poll(async () => (await state()).message.kind).toBe('ready');
  const before = messages.length;
  send({ do: 'hold', card, leaves });
  await expect.poll(() => messages.slice(before).find(({ kind }) => kind !== 'ready')).toBeDefined();
  send({ do: 'pull' });
  await expect.poll(async () => (await state()).cards?.some(({ isHeld }) => isHeld)).toBe(false);
  return messages.slice(before).find(({ kind }) => kind !== 'ready')!;
}

const gone = (balance: number): object => ({ kind: 'go', balance });

test('a tap is charged, and the next start knows it', async () => {
  await start();
  expect(await tap('anna')).toMatchObject({ ...gone(870), done: { type: 'debit', amount: -130 } });
  page?.terminate();
  await service.stop();
  await start();
  expect((await state()).waiting).toBe(1);
  expect(await tap('anna')).toMatchObject(gone(740));
});

test('torn after the commit: hold again, go, nothing more is charged', async () => {
  await start();
  expect(await tap('anna', 'after-commit')).toEqual({ kind: 'again', reason: 'torn' });
  expect(await tap('anna')).toMatchObject({ ...gone(870), done: { type: 'completed' } });
  expect(await tap('anna')).toMatchObject(gone(740));
});

test('torn before the commit: hold again, and it is charged once', async () => {
  await start();
  expect(await tap('anna', 'before-commit')).toEqual({ kind: 'again', reason: 'torn' });
  expect(await tap('anna')).toMatchObject({ ...gone(870), done: { type: 'debit', amount: -130 } });
});

test('torn, and the terminal is started anew before the card comes back', async () => {
  await start();
  await tap('anna', 'after-commit');
  page?.terminate();
  await service.stop();
  await start();
  expect(await tap('anna')).toMatchObject({ ...gone(870), done: { type: 'completed' } });
});

test('a gate that stands for a refill has no key for it', async () => {
  await start(POINT_OF_SALE);
  send({ do: 'choose', offer: 1 });
  expect(await tap('anna')).toMatchObject({ kind: 'refused', reason: 'key-missing' });
});

test('a point of sale tops up, sells a product, and reads what there is', async () => {
  await start(POINT_OF_SALE, 'refill');
  send({ do: 'enter', type: 'refill', amount: 5_000 });
  expect(await tap('anna')).toMatchObject(gone(6_000));
  send({ do: 'choose', offer: 2 });
  expect(await tap('anna')).toMatchObject({ ...gone(2_300), done: { type: 'purchase', amount: -3700 } });
  const account = await tap('anna');
  expect(account).toMatchObject({ kind: 'account', balance: 2_300, products: [{ code: 'month', uses: 0 }] });
  expect((account as Extract<Message, { kind: 'account' }>).log.map(({ amount }) => amount)).toEqual([
    -3700, 5000, 1000,
  ]);
});

test('a card with too little is told how much it has', async () => {
  await newCard('bert', '04000000000001', 40);
  await start();
  expect(await tap('bert')).toEqual({ kind: 'refused', reason: 'insufficient-balance', balance: 40 });
});

test('a blank card, and a file that is none, take nobody out of service', async () => {
  const memory = CardFile.create(at('cards/clara.card'));
  SoftwareCard.blank({ memory, uid: fromHex('04000000000002'), keyOfValue: softwareKey, random });
  memory.close();
  writeFileSync(at('cards/dora.card'), 'not a card');
  await start();
  expect(await tap('clara')).toMatchObject({ kind: 'refused', reason: 'medium-foreign' });
  send({ do: 'hold', card: 'dora', leaves: 'when-pulled' });
  send({ do: 'hold', card: '../terminal', leaves: 'when-pulled' });
  expect(await tap('anna')).toMatchObject(gone(870));
});

test('what was done goes to the centre, and a denied card is told so', async () => {
  const batches: Uint8Array[] = [];
  const centre = createServer(async (incoming, answer) => {
    const body = Buffer.concat(await incoming.toArray());
    if (incoming.url === '/batches') batches.push(body);
    answer.end('{"receipt":1,"accepted":1,"quarantined":[]}');
  });
  await new Promise<void>((resolve) => centre.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(centre.address() as AddressInfo).port}`;
    await newCard('emil', '04000000000003', 500);
    await start({ ...VALIDATOR, centre: { url, uploadEvery: '20ms' }, denyList: ['04000000000003'] });
    expect(await tap('emil')).toMatchObject({ kind: 'refused', reason: 'medium-denied' });
    await tap('anna');
    await expect.poll(async () => (await state()).waiting).toBe(0);
    const records = batches.flatMap((batch) => parseBatch(batch).records.map(({ record }) => record));
    expect(records).toMatchObject([{ terminal: 17, serial: 1, type: 'debit', medium: '04A1B2C3D4E5F6', balance: 870 }]);
    expect(records[0]).toHaveProperty('proof');
  } finally {
    centre.closeAllConnections();
    centre.close();
  }
});

test('what is on the disk tells nothing without the passphrase, and only its owner may read it', async () => {
  await start();
  await tap('anna');
  await service.stop();
  await expect(openSoftwareKeyStore(at('gate.keys'), 'wrong')).rejects.toMatchObject({ code: 'key-store-passphrase' });
  const segments = (await readdir(at('journal'))).filter((name) => name.endsWith('.journal'));
  expect(segments).toHaveLength(1);
  const bytes = readFileSync(at(`journal/${segments[0]}`));
  expect(bytes.length).toBeGreaterThan(100);
  for (const word of ['04A1B2C3D4E5F6', 'debit', 'balance']) expect(bytes.includes(word)).toBe(false);
  expect(statSync(at('journal')).mode & 0o077).toBe(0);
});

test("the issuer's key store is no terminal's: it would give every card away with the terminal", async () => {
  await expect(start(VALIDATOR, 'issuer')).rejects.toThrow('these are not the keys of a terminal');
});

test('two terminals on one journal: the second does not start, and leaves the first alone', async () => {
  await start();
  const configuration = await readConfiguration(at('terminal.json'));
  const second = openTerminal({ configuration, secrets: { passphrase: PASSPHRASE }, now: Date.now, log: () => {} });
  await expect(second).rejects.toMatchObject({ code: 'journal-locked' });
  expect(await tap('anna')).toMatchObject(gone(870));
});
