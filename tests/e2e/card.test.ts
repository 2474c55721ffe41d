/** `retap card` as a user runs it: cards in files, torn, cloned, killed while they are made, and what the centre hears of them. */
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as listen } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalRecord } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Ended, folderOf, retap, startRetap, until } from './retap.ts';

const env = { RETAP_PASSPHRASE: 'correct horse battery staple', RETAP_FROM_PASSPHRASE: 'correct horse battery staple' };
const cwd = folderOf();
const inFolder = (name: string): string => path.join(cwd, name);
const words = (text: string): string[] => text.split(' ');
const card = (text: string, more = env): Promise<Ended> => retap(['card', ...words(text)], { cwd, env: more });

const DESK = '--keys issuer.keys --terminal 900 --journal desk';
const GATE = '--keys gate.keys --terminal 17 --journal gate';
const DEBIT = '--type debit --amount 120';

async function succeeds(text: string): Promise<string> {
  const { status, stdout, stderr } = await card(text);
  expect([status, stderr], text).toEqual([0, '']);
  return stdout;
}

/** One line on standard error, status 1. */
async function refusal(text: string, more = env): Promise<string> {
  const { status, stderr } = await card(text, more);
  expect(status, text).toBe(1);
  expect(stderr, text).toMatch(/^retap: [^\n]+\n(\(--help shows what there is\)\n)?$/);
  return stderr;
}

interface Shown {
  readonly card: string;
  readonly account: {
    readonly balance: number;
    readonly mediumSerial: number;
    readonly commitCount: number;
    readonly products: readonly { readonly code: string; readonly uses: number }[];
  } | null;
}
const shown = async (file: string): Promise<Shown> =>
  JSON.parse(await succeeds(`show ${file} --keys gate.keys --format json`)) as Shown;

beforeAll(async () => {
  for (const command of [
    'init --store issuer.keys',
    ...['gate', 'refill', 'centre'].map((role) => `init --store ${role}.keys --terminal ${role} --from issuer.keys`),
  ]) {
    expect((await retap(['keys', ...words(command)], { cwd, env })).status).toBe(0);
  }
  await succeeds(`new anna.card ${DESK} --uid 04A1B2C3D4E5F6 --balance 2000 --product month`);
});

describe('a card, from its issue to the centre', () => {
  test('is private, and tells anybody what it is, and only the keys what it holds', async () => {
    expect(statSync(inFolder('anna.card')).mode & 0o777).toBe(0o600);
    const before = readFileSync(inFolder('anna.card'));
    const plain = await succeeds('show anna.card');
    expect(plain).toContain('card 04A1B2C3D4E5F6');
    expect(plain).toContain('no silicon has been tested');
    expect(plain).not.toContain('20.00');
    const open = await succeeds('show anna.card --keys gate.keys');
    expect(open).toMatch(/balance +20\.00/);
    expect(open).toMatch(/900-2 +month/);
    expect(open).toMatch(/last +transaction 1 at \d{4}-\d\d-\d\dT[\d:.]+Z by terminal 900/);
    expect(readFileSync(inFolder('anna.card')).equals(before)).toBe(true);
    expect(readdirSync(cwd).filter((name) => name.startsWith('anna'))).toEqual(['anna.card']);
  });

  test('tap, tear, tap again: never charged twice; then the centre knows all of it, without an alert', async () => {
    const listed = await succeeds(`tap anna.card ${GATE} ${DEBIT} --list`);
    expect(listed).toMatch(/^ ?12 +commit +15 +22$/m);
    const tapped = await succeeds(`tap anna.card ${GATE} ${DEBIT}`);
    expect(tapped).toMatch(/terminal +successful: go \(record 17-1\)\ncard +committed: balance 18\.80/);
    const torn = await succeeds(`tear anna.card ${GATE} ${DEBIT} --step commit --when after`);
    expect(torn).toMatch(/torn +at exchange 10, commit\nterminal +unverified.*\ncard +committed: balance 17\.60/);
    const again = await succeeds(`tap anna.card ${GATE} ${DEBIT}`);
    expect(again).toMatch(/terminal +completed.*\ncard +balance 17\.60/);
    const before = await succeeds(`tear anna.card ${GATE} ${DEBIT} --exchange 10 --when before`);
    expect(before).toMatch(/terminal +unverified.*\ncard +not committed: balance 17\.60/);
    const cut = await succeeds(`tear anna.card ${GATE} ${DEBIT} --after-writes 2`);
    expect(cut).toMatch(/middle of its own writes\nterminal +unverified.*\ncard +not committed: balance 17\.60/);
    await succeeds(`tap anna.card ${GATE} --type validation --product month`);
    await succeeds('tap anna.card --keys refill.keys --terminal 30 --journal refill --type refill --amount 500');
    expect((await shown('anna.card')).account).toMatchObject({
      ...{ balance: 2260, products: [{ code: 'month', uses: 1 }] },
    });

    const serving = startRetap(['serve', '--database', 'centre', '--port', '0', '--keys', 'centre.keys'], { cwd, env });
    const url = await serving.url();
    for (const journal of [DESK, GATE, '--keys refill.keys --terminal 30 --journal refill']) {
      expect(await succeeds(`send ${journal} --centre ${url}`)).toContain('acknowledged');
    }
    const bob = await succeeds(`new bob.card ${DESK} --balance 300 --centre ${url}`);
    expect(bob).toMatch(/balance 3\.00; record 900-3\ncentre .*: 1 record acknowledged\n$/);
    await until(
      () => ask(`${url}/totals`),
      ({ waiting }) => waiting === 0,
    );
    expect(await ask(`${url}/media/04A1B2C3D4E5F6`)).toMatchObject({ balance: 2260 });
    expect(await ask(`${url}/alerts`)).toMatchObject({ alerts: [] });
    expect(await ask(`${url}/proofs`)).toMatchObject({ alerts: [] });
    await serving.stop();
  });

  test('a clone has the same name and keys, and pays with the same money', async () => {
    await succeeds(`new carl.card ${DESK} --balance 1000`);
    expect(await succeeds('clone carl.card mallory.card')).toContain('That is fraud');
    expect(readFileSync(inFolder('mallory.card')).equals(readFileSync(inFolder('carl.card')))).toBe(true);
    expect(await refusal('clone carl.card mallory.card')).toContain('not overwritten');
    await succeeds(`tap carl.card ${GATE} --type debit --amount 900`);
    await succeeds(`tap mallory.card ${GATE} --type debit --amount 800`);
    expect([(await shown('carl.card')).account?.balance, (await shown('mallory.card')).account?.balance]).toEqual([
      100, 200,
    ]);
  });

  test('newer keys, after a rotation: terminals with the older ones are out, with the newer ones in', async () => {
    await succeeds(`new dora.card ${DESK} --balance 1000`);
    copyFileSync(inFolder('issuer.keys'), inFolder('next.keys'));
    expect((await retap(words('keys rotate --store next.keys'), { cwd, env })).status).toBe(0);
    const init = 'keys init --store next-gate.keys --terminal gate --from next.keys';
    expect((await retap(words(init), { cwd, env })).status).toBe(0);
    expect(await succeeds('rekey dora.card --keys next.keys')).toMatch(
      /from card 1, master 1.*\n +to +card 2, master 2/,
    );
    expect(await succeeds('rekey dora.card --keys next.keys')).toContain('has the newest keys already');
    expect(await refusal('show dora.card --keys gate.keys')).toContain("not the card's keys");
    expect(await succeeds('show dora.card --keys next-gate.keys')).toContain('10.00');
  });
});

test('what goes wrong is said in one line, and nothing of it stays', async () => {
  expect(await refusal('show nobody.card')).toContain('nobody.card: no such card');
  expect(await refusal('insert anna.card --vpcd --port 9')).toContain('no virtual reader listens on 127.0.0.1:9');
  const wrong = { ...env, RETAP_PASSPHRASE: 'wrong' };
  expect(await refusal('show anna.card --keys gate.keys', wrong)).toContain('the passphrase does not open');
  expect(readdirSync(cwd).filter((name) => name.endsWith('.lock'))).toEqual([]);
});

test('a tap that is refused: status 2, and the card is as it was', async () => {
  const before = await shown('anna.card');
  const { status, stdout, stderr } = await card(`tap anna.card ${GATE} --type debit --amount 49000`);
  expect([status, stderr]).toEqual([2, '']);
  expect(stdout).toContain('refused: the balance is too low');
  expect(await shown('anna.card')).toEqual(before);
});

describe('two processes', () => {
  test("a card in a virtual reader is nobody else's, until Ctrl-C", async () => {
    // Of vpcd's protocol only the listening: tests/pcsc has the real one.
    const reader = listen();
    await new Promise<void>((resolve) => reader.listen(0, '127.0.0.1', resolve));
    const { port } = reader.address() as AddressInfo;
    const inserted = startRetap(['card', ...words(`insert anna.card --vpcd --port ${port}`)], { cwd, env });
    await inserted.printed(/is in the reader/);
    expect(await refusal(`tap anna.card ${GATE} ${DEBIT}`)).toMatch(/anna\.card: process \d+ holds this card/);
    expect(await inserted.stop()).toMatchObject({ status: 0, stderr: '' });
    reader.close();
    expect((await card(`tap anna.card ${GATE} ${DEBIT}`)).status).toBe(0);
  });

  test('a reader that goes is said', async () => {
    const reader = listen((socket) => setTimeout(() => socket.destroy(), 300));
    await new Promise<void>((resolve) => reader.listen(0, '127.0.0.1', resolve));
    const { port } = reader.address() as AddressInfo;
    expect(await refusal(`insert anna.card --vpcd --port ${port}`)).toContain('let the card go');
    reader.close();
  });

  test('of one card at one moment: one taps, the other is told who holds it', async () => {
    const both = await Promise.all([
      card(`tap anna.card ${GATE} --type debit --amount 1`),
      card('tap anna.card --keys gate.keys --terminal 18 --journal other-gate --type debit --amount 1'),
    ]);
    const failed = both.filter(({ status }) => status === 1);
    expect(failed.length).toBeLessThan(2);
    for (const { stderr } of failed) expect(stderr).toMatch(/process \d+ holds this card|is in use by process \d+/);
  });
});

describe('killed while a card is made', () => {
  /** A centre that only keeps what it is sent. */
  const received: JournalRecord[] = [];
  const centre = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const batch = parseBatch(Buffer.concat(chunks));
      received.push(...batch.records.map(({ record }) => record));
      response.end(JSON.stringify({ receipt: 1, accepted: batch.records.length, quarantined: [] }));
    });
  });
  afterAll(() => centre.close());

  test('the same command finishes it: one card, one opening', async () => {
    await new Promise<void>((resolve) => centre.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(centre.address() as AddressInfo).port}`;
    const started = performance.now();
    const journal = '--keys issuer.keys --terminal 901 --journal killed';
    await succeeds(`new whole.card ${journal} --balance 100 --product day`);
    const wholeMs = performance.now() - started;
    const KILLS = 8;
    let killed = 0;
    const cards = [(await shown('whole.card')).card];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const command = `new k${kill}.card ${journal} --balance 100 --product day`;
      const making = startRetap(['card', ...words(command)], { cwd, env });
      // Before that nothing is written: Node starts, and scrypt opens the key store.
      const begun = [inFolder(`k${kill}.card.part`), inFolder(`k${kill}.card`)];
      while (!begun.some((file) => existsSync(file))) await sleep(1);
      await sleep((wholeMs * kill) / (4 * KILLS));
      const { status } = await making.stop('SIGKILL');
      if (status === null) killed += 1;
      const again = await card(command);
      const isWhole = again.stderr.includes('not overwritten');
      expect([isWhole ? 0 : again.status, isWhole ? '' : again.stderr]).toEqual([0, '']);
      const made = await shown(`k${kill}.card`);
      expect(made.account).toMatchObject({ balance: 100, products: [{ code: 'day' }] });
      cards.push(made.card);
    }
    expect(killed).toBeGreaterThan(0);
    await succeeds(`send ${journal} --centre ${url}`);
    const opened = received.filter(({ type }) => type === 'open').map(({ medium }) => medium);
    expect(opened.sort()).toEqual(cards.sort());
    expect(readdirSync(cwd).filter((name) => /^k\d+\.card\.(part|lock)/.test(name))).toEqual([]);
  });
});
