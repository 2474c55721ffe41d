/** From `retap init` to a revoked terminal, with real processes: two centres on one PostgreSQL, and a device that enrols. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openIdentity, openSoftwareKeyStore, sealing } from '@retap/keys';
import { encodeSignedPayload, SIGNED_BATCH_CONTENT_TYPE, signedBatch } from '@retap/protocol';
import { Journal } from '@retap/terminal';
import { FileJournal } from '@retap/terminal-service';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, type Ended, folderOf, type Running, retap, startRetap, until } from './retap.ts';

const PASSPHRASE = 'correct horse battery staple';
const TERMINAL = 17;

let postgres: TestPostgres;
let database: string;
let cwd: string;
let env: Record<string, string>;
/** What the test itself asks by. */
let token: string;
const serving: Running[] = [];
const urls: string[] = [];

const run = (text: string): Promise<Ended> => retap(text.split(' '), { cwd, env });
const file = (name: string): string => path.join(cwd, name);

async function succeeds(text: string): Promise<string> {
  const { status, stdout, stderr } = await run(text);
  expect([status, stderr], text).toEqual([0, '']);
  return stdout;
}

/** One line on standard error, and status 1. */
async function refusal(text: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const { status, stderr } = await retap(text.split(' '), { cwd, env: { ...env, ...more } });
  expect(status, text).toBe(1);
  expect(stderr, text).toMatch(/^retap: [^\n]+\n$/);
  return stderr;
}

const matched = (text: string, pattern: RegExp): string =>
  pattern.exec(text)?.[1] ?? expect.fail(`${pattern}: ${text}`);

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  cwd = folderOf();
  env = {
    ...{ DATABASE_URL: database, RETAP_IDENTITY_PASSPHRASE: 'one for the centre alone' },
    ...{ RETAP_PASSPHRASE: PASSPHRASE, RETAP_FROM_PASSPHRASE: PASSPHRASE },
  };
  await succeeds('keys init --store issuer.keys');
  await succeeds('keys init --store gate.keys --terminal gate --from issuer.keys');
  mkdirSync(file('cards'));
});
afterAll(async () => {
  for (const centre of serving) await centre.stop();
  await postgres?.stop();
});

/** What a gate has beside its keys. */
function configure(centre: string): void {
  const configuration = {
    ...{ terminal: TERMINAL, role: 'validator', currency: { code: 'EUR', digits: 2 }, defaultOffer: 1 },
    offers: [{ kind: 'debit', amount: 130, name: { sl: 'Vožnja', en: 'Ride' } }],
    limits: { minimumBalance: 0, maximumBalance: 50_000 },
    ...{ journal: 'journal', keys: { store: 'gate.keys' }, identity: 'gate.identity' },
    ...{ licence: { file: 'licence.json' }, reader: { kind: 'in-process', cards: 'cards' }, screen: { port: 0 } },
    centre: { url: centre, uploadEvery: '100ms' },
  };
  writeFileSync(file('gate.json'), JSON.stringify(configuration));
}

/** Journals some records of the gate, as if media had been read. */
async function journaled(count: number): Promise<void> {
  const store = await openSoftwareKeyStore(file('gate.keys'), PASSPHRASE);
  const key = store.journalKey() ?? expect.fail('a gate has a key for its journal');
  const sealer = sealing(key, (length) => new Uint8Array(randomBytes(length)));
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const bytes = await FileJournal.open(file('journal'));
  const journal = await Journal.open({ store: bytes, terminal: TERMINAL, sha256, sealer, snapshot: () => '' });
  for (let record = 0; record < count; record += 1) {
    const time = Math.max(journal.lastTime + 10, Date.now() - 3_600_000);
    const stamp = { time, lastTime: time - 1, lastTerminal: 9, balance: 880 as never };
    const identity = { terminal: TERMINAL, serial: journal.nextSerial };
    await journal.write({ ...identity, type: 'observation', medium: '04A1B2C3D4E5F6', ...stamp });
  }
  await bytes.close();
  store.close();
}

/** What the gate would send, or somebody who has its files and its passphrase. */
async function forged(serial: number): Promise<Uint8Array> {
  const identity = await openIdentity(file('gate.identity'), PASSPHRASE);
  const place = { terminal: TERMINAL, serial, medium: 'M1', time: 1_000 * serial } as const;
  const record = {
    ...place,
    type: 'open',
    amount: 9_000 as never,
    balance: 9_000 as never,
    status: 'successful',
  } as const;
  const payload = encodeSignedPayload({ terminal: TERMINAL, from: serial, before: 'A'.repeat(64), records: [record] });
  return signedBatch(payload, TERMINAL, (bytes) => identity.sign(bytes));
}

async function send(url: string, body: Uint8Array): Promise<unknown[]> {
  const headers = { 'content-type': SIGNED_BATCH_CONTENT_TYPE };
  const answer = await fetch(`${url}/batches`, { method: 'POST', headers, body: new Uint8Array(body) });
  return [answer.status, ((await answer.json()) as { code?: string }).code];
}

/** One terminal's line of the list, its columns apart. */
async function listed(): Promise<readonly string[]> {
  const line = (await succeeds('terminals list')).split('\n').find((each) => each.trim().startsWith(`${TERMINAL} `));
  return (line ?? '').trim().split(/ {2,}/);
}

describe('retap init', () => {
  test('makes the centre’s key pair once; run again it changes nothing', async () => {
    const said = await succeeds(
      'init --identity centre.identity --licence-days 7 --administrator ana --origin https://centre.example',
    );
    expect(said).toContain('takes only what enrolled terminals have signed; licences last 7 days');
    const made = readFileSync(file('centre.identity'));
    expect(statSync(file('centre.identity')).mode & 0o777).toBe(0o600);
    expect(matched(said, /^link +(\S+)$/m)).toMatch(/^https:\/\/centre\.example\/sign-in\.html#link=[\w-]{43}$/);
    const again = await succeeds('init --identity centre.identity --administrator ben');
    const [settled = '', settledAgain = ''] = [said.split('\n').slice(1, 3).join('\n'), again];
    expect(settledAgain).toContain(settled);
    expect(settledAgain).toContain("'retap people invite' makes a link for another one");
    expect(await succeeds('people list')).toMatch(/^ana +invited .*administrator$/m);
    expect(await succeeds('people list')).not.toContain('ben');
    expect(readFileSync(file('centre.identity'))).toEqual(made);
  });

  test('refuses to change what was settled', async () => {
    expect(await refusal('init --identity centre.identity --licence-days 9')).toContain('leave --licence-days out');
    expect(await refusal('init --open')).toContain('stays so');
    expect(await refusal('init --identity other.identity')).toContain('has an identity already');
    expect(await refusal('init --identity centre.identity', { RETAP_IDENTITY_PASSPHRASE: 'wrong one' })).toContain(
      'passphrase',
    );
  });
});

describe('retap serve', () => {
  test('of an enrolled centre needs its key pair, and no other', async () => {
    expect(await refusal('serve --port 0')).toContain('--identity FILE');
    expect(await refusal('serve --port 0 --open')).toContain('leave it out');
    expect(await refusal('serve --port 0 --host 0.0.0.0 --identity centre.identity')).toContain('in the clear');
    const elsewhere = await postgres.createDatabase();
    await succeeds(`init --database ${elsewhere} --identity elsewhere.identity`);
    expect(await refusal('serve --port 0 --identity elsewhere.identity')).toContain('its fingerprint is');
  });

  test('of a centre that nobody settled warns, and listens for this machine alone unless told to', async () => {
    const unsettled = await postgres.createDatabase();
    expect(await refusal(`serve --port 0 --host 0.0.0.0 --database ${unsettled}`)).toContain("Run 'retap init' first");
    expect(await refusal(`serve --port 0 --identity centre.identity --database ${unsettled}`)).toContain('is open');
    const centre = startRetap(['serve', '--port', '0', '--database', unsettled], { cwd, env });
    await centre.printed(/Warning: it believes whatever it is sent/);
    expect((await centre.stop()).status).toBe(0);
    const openly = startRetap(['serve', '--port', '0', '--host', '0.0.0.0', '--open', '--database', unsettled], {
      ...{ cwd, env },
    });
    expect(await openly.url()).toContain('0.0.0.0');
    expect((await openly.stop()).status).toBe(0);
    expect(await succeeds(`init --open --database ${unsettled}`)).toContain('takes unsigned batches');
    const settled = startRetap(['serve', '--port', '0', '--host', '0.0.0.0', '--database', unsettled], { cwd, env });
    await settled.url();
    const { stdout } = await settled.stop();
    expect(stdout).not.toContain('Warning');
  });
});

describe('a terminal, with two centres on one PostgreSQL', () => {
  beforeAll(async () => {
    for (let centre = 0; centre < 2; centre += 1) {
      serving.push(startRetap(['serve', '--port', '0', '--identity', 'centre.identity'], { cwd, env }));
    }
    for (const centre of serving) urls.push(await centre.url());
    token = matched(await succeeds('people token --name test --role auditor'), /^token +(retap_\S+)$/m);
    configure(urls[0] as string);
  });

  test('is invited, and enrols with the code and the fingerprint that the operator tells', async () => {
    expect(await succeeds('terminals list')).toContain('no terminal was invited');
    expect(await refusal('terminals invite --terminal 17')).toContain('--role is missing');
    const invitation = await succeeds('terminals invite --terminal 17 --role gate --name North');
    const code = matched(invitation, /^code +(\S+)$/m);
    const fingerprint = matched(invitation, /^fingerprint +(\S+)$/m);
    const enrolled = await succeeds(
      `terminal enrol --config gate.json --code ${code} --centre-fingerprint ${fingerprint}`,
    );
    expect(enrolled).toContain('terminal 17: licensed as gate until');
    // Its answer might have been lost: the same command again, at the other centre.
    await succeeds(`terminal enrol --config gate.json --code ${code} --centre ${urls[1]}`);
    expect(await listed()).toMatchObject({ 0: '17', 1: 'gate', 2: 'active', 4: 'never' });
    expect(await refusal('terminals invite --terminal 17 --role gate')).toContain('under a new number');
  });

  test('sends what it journaled, signed, and is seen', async () => {
    await journaled(700);
    const terminal = startRetap(['terminal', '--config', 'gate.json'], { cwd, env });
    const { records } = await until(
      () => ask(`${urls[1]}/totals`, token),
      (totals) => totals.records === 700,
    );
    expect(records).toBe(700);
    expect((await terminal.stop()).status).toBe(0);
    const [, , state, , seen, , received, missing] = await listed();
    expect([state, received, missing]).toEqual(['active', '700', '0']);
    expect(Date.parse(seen ?? '')).toBeGreaterThan(Date.now() - 600_000);
    expect(await ask(`${urls[0]}/integrity`, token)).toEqual({ alerts: [], refused: {} });
  });

  test('suspended it is refused by both, resumed it is taken again', async () => {
    const body = await forged(900);
    await succeeds('terminals suspend --terminal 17 --why stolen');
    for (const url of urls) expect(await send(url, body)).toEqual([403, 'terminal-suspended']);
    expect(await refusal('terminal renew --config gate.json')).toContain('terminal-suspended');
    await succeeds('terminals resume --terminal 17 --why found');
    expect(await succeeds('terminal renew --config gate.json')).toContain('licensed as gate until');
    expect(await succeeds('terminals renew --terminal 17 --licence-days 40')).toContain('has a licence until');
  });

  test('its batch with a byte changed on the way is refused', async () => {
    const body = await forged(901);
    body[body.length >> 1] = (body[body.length >> 1] as number) ^ 4;
    expect(await send(urls[0] as string, body)).toEqual([401, 'signature-invalid']);
    expect(await ask(`${urls[0]}/integrity`, token)).toMatchObject({ refused: { 'signature-invalid': 1 } });
  });

  test('revoked it is refused for ever, and what it sent stands and verifies', async () => {
    await succeeds('terminals revoke --terminal 17 --why lost');
    const body = await forged(902);
    for (const url of urls) expect(await send(url, body)).toEqual([403, 'terminal-revoked']);
    expect(await refusal('terminals resume --terminal 17 --why please')).toContain('for ever');
    const history = await succeeds('terminals show --terminal 17');
    const words = ['invited', 'enrolled', 'suspended', 'resumed', 'renewed', 'renewed', 'revoked'];
    expect([...history.matchAll(/^\S+Z +(\S+) /gm)].map(([, word]) => word)).toEqual(words);
    expect(history).toContain('lost');
    for (const centre of serving.splice(0)) expect((await centre.stop()).status).toBe(0);
    expect(await succeeds('check')).toContain('equal to what the stored batches say');
    expect(await succeeds('rebuild')).toContain('700 records');
    expect(await succeeds('check')).toContain('equal to what the stored batches say');
  });
});
