import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  DELTA_CONTENT_TYPE,
  encodeDelta,
  encodeList,
  type List,
  type ListKind,
  openHeldLists,
  openList,
  type HeldLists as Said,
} from '@retap/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepFetching } from '../../src/lists/fetching.ts';
import { HeldLists } from '../../src/lists/held-lists.ts';
import { Pause } from '../../src/pause.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519').privateKey;
const centre = Uint8Array.from(publicKey.export({ format: 'der', type: 'spki' }).subarray(12));
const device = generateKeyPairSync('ed25519').privateKey;
const START = 1_780_000_000_000;
const identity = { publicKey: new Uint8Array(32), sign: (bytes: Uint8Array) => sign(null, bytes, device), close() {} };

/** A centre that gives out what a test puts here. */
let published: Partial<Record<ListKind, { readonly version: number; readonly bytes: Uint8Array }>>;
/** Given to who asks for a difference; null: the centre knows none. */
let delta: Uint8Array | null;
let requests: string[];
let said: Said[];
let heldStatus: number;
let server: Server;
let url: string;
let directory: string;
let lists: HeldLists;
let lines: string[];
let now: number;
let stopping: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  published = {};
  delta = null;
  [requests, said, lines] = [[], [], []];
  heldStatus = 200;
  now = START;
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://centre');
    const name = pathname.replace('/retap/lists/', '');
    const from = searchParams.get('from');
    if (name === 'held') {
      const chunks: Buffer[] = [];
      request
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          if (heldStatus === 200) said.push(openHeldLists(Buffer.concat(chunks)).held);
          response.writeHead(heldStatus).end('{"code":"terminal-suspended","message":""}');
        });
      return;
    }
    const held = request.headers['if-none-match'];
    requests.push(`${name} ${held ?? '-'}${from === null ? '' : ` from ${from}`}`);
    const list = published[name as ListKind];
    if (!list) response.writeHead(404).end('{"code":"list-unpublished","message":""}');
    else if (held === `"${list.version}"`) response.writeHead(304).end();
    else if (delta && from !== null) response.writeHead(200, { 'content-type': DELTA_CONTENT_TYPE }).end(delta);
    else response.writeHead(200).end(list.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/retap`;
  directory = await mkdtemp(path.join(tmpdir(), 'retap-lists-'));
  const log = (_level: string, event: string, fields: object = {}): void => {
    lines.push(`${event} ${JSON.stringify(fields)}`);
  };
  lists = await HeldLists.open({ directory, centre, now: () => now, log });
  stopping = new AbortController();
  const { signal } = stopping;
  const times = { now: () => now, every: 5, random: () => 0.5 };
  const who = { centre: url, terminal: 17, lists, identity };
  running = keepFetching({ ...who, ...times, signal, pause: new Pause(signal), onTaken: () => {}, log });
});

afterEach(async () => {
  stopping.abort();
  await running;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(directory, { recursive: true, force: true });
});

async function publish(version: number, key: KeyObject = privateKey): Promise<void> {
  published = { ...published, deny: { version, bytes: await listOf(version, key) } };
}

/** Version n denies medium Mn. */
function listOf(version: number, key: KeyObject = privateKey): Promise<Uint8Array> {
  const list = { kind: 'deny', version, issuedAt: START, expiresAt: START + 1_000, entries: [`M${version}`] } as const;
  return encodeList(list, (bytes) => sign(null, bytes, key));
}

const rounds = async (count: number): Promise<void> => {
  const before = requests.length;
  await expect.poll(() => requests.length).toBeGreaterThan(before + 4 * count);
};

test('what is published is taken, and not asked for again as a whole; the centre hears once what is held', async () => {
  await publish(4);
  await expect.poll(() => lists.versions.deny).toBe(4);
  await expect.poll(() => said.at(-1)?.versions).toEqual({ deny: 4, actions: 0, limits: 0, tariff: 0 });
  expect(said.at(-1)).toMatchObject({ terminal: 17, saidAt: START });
  const count = said.length;
  await rounds(3);
  expect(requests.filter((each) => each === 'deny "4" from 4').length).toBeGreaterThan(2);
  expect(requests).toContain('limits -');
  expect(said.length).toBe(count);
  await publish(5);
  await expect.poll(() => said.at(-1)?.versions.deny).toBe(5);
});

test('a forged list and an older one change nothing, and are logged once', async () => {
  await publish(4);
  await expect.poll(() => lists.versions.deny).toBe(4);
  await publish(5, stranger);
  await rounds(3);
  await publish(3);
  await rounds(3);
  expect(lists.of('deny')?.list.entries).toEqual(['M4']);
  expect(lines).toEqual([
    'list-taken {"kind":"deny","version":4}',
    'list-refused {"kind":"deny","why":"list-forged","held":4}',
    'list-refused {"kind":"deny","why":"list-older","held":4}',
  ]);
});

test('what the centre did not hear is said again, and after an hour in any case', async () => {
  heldStatus = 403;
  await expect.poll(() => lines.filter((line) => line.startsWith('lists-not-acknowledged')).length).toBeGreaterThan(1);
  heldStatus = 200;
  await expect.poll(() => said.length).toBe(1);
  await rounds(2);
  expect(said.length).toBe(1);
  now += 3_600_000;
  await expect.poll(() => said.length).toBe(2);
});

describe('a terminal that holds a deny list asks for the difference', () => {
  const sha256 = (bytes: Uint8Array): Uint8Array => Uint8Array.from(createHash('sha256').update(bytes).digest());
  const four = (): List => lists.of('deny')?.list as List;

  /** Version 5, and the difference from 4 to it. */
  async function publishWithDelta(key: KeyObject = privateKey): Promise<void> {
    await publish(4);
    await expect.poll(() => lists.versions.deny).toBe(4);
    const newer = openList(await listOf(5));
    const by = (bytes: Uint8Array): Uint8Array => sign(null, bytes, key);
    delta = await encodeDelta(four(), newer, await listOf(5), sha256, by);
    await publish(5);
    await expect.poll(() => lists.versions.deny).toBe(5);
  }

  test('and makes the newer list of it', async () => {
    await publishWithDelta();
    expect(lists.of('deny')?.list.entries).toEqual(['M5']);
    expect(lines.at(-1)).toBe('list-taken {"kind":"deny","version":5,"from":4}');
    expect(requests).not.toContain('deny "4"');
  });

  test('and fetches the whole list at once where that is not good', async () => {
    await publishWithDelta(stranger);
    expect(lists.of('deny')?.list.entries).toEqual(['M5']);
    expect(lines.slice(-2)).toEqual([
      'list-refused {"kind":"deny","why":"delta-forged","held":4}',
      'list-taken {"kind":"deny","version":5}',
    ]);
    const asked = requests.filter((each) => each.startsWith('deny "4"')).slice(-2);
    expect(asked).toEqual(['deny "4" from 4', 'deny "4"']);
  });

  test('and takes the whole list of a centre that knows no differences', async () => {
    await publish(4);
    await expect.poll(() => lists.versions.deny).toBe(4);
    await publish(5);
    await expect.poll(() => lists.versions.deny).toBe(5);
    expect(lines.at(-1)).toBe('list-taken {"kind":"deny","version":5}');
  });
});
