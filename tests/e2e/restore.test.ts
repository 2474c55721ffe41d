/** The centre's database is put back to an old backup, with real processes: an operator, a gate, PostgreSQL's own copy. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openSoftwareKeyStore, sealing } from '@retap/keys';
import { Journal } from '@retap/terminal';
import { FileJournal } from '@retap/terminal-service';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlIn } from '../../packages/central/test/database.ts';
import { folderOf, type Running, retap, startRetap, until } from './retap.ts';

const TERMINAL = 17;
const PASSPHRASE = 'correct horse battery staple';

let postgres: TestPostgres;
let cwd: string;
const env: Record<string, string> = {
  ...{ RETAP_IDENTITY_PASSPHRASE: 'one for the centre alone' },
  ...{ RETAP_PASSPHRASE: PASSPHRASE, RETAP_FROM_PASSPHRASE: PASSPHRASE },
};
const file = (name: string): string => path.join(cwd, name);

beforeAll(async () => {
  postgres = await startPostgres();
  cwd = folderOf();
  env.DATABASE_URL = await postgres.createDatabase('centre');
  await succeeds('keys init --store issuer.keys');
  await succeeds('keys init --store gate.keys --terminal gate --from issuer.keys');
  await succeeds('init --identity centre.identity');
  mkdirSync(file('cards'));
});
afterAll(() => postgres?.stop());

async function succeeds(text: string): Promise<string> {
  const { status, stdout, stderr } = await retap(text.split(' '), { cwd, env });
  expect([status, stderr], text).toEqual([0, '']);
  return stdout;
}

/** As a gate has them after so many people. */
async function journaled(count: number): Promise<void> {
  const store = await openSoftwareKeyStore(file('gate.keys'), PASSPHRASE);
  const sealer = sealing(store.journalKey() ?? expect.fail('a gate has a key for its journal'), (length) =>
    Uint8Array.from(randomBytes(length)),
  );
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const bytes = await FileJournal.open(file('journal'));
  const journal = await Journal.open({ store: bytes, terminal: TERMINAL, sha256, sealer, snapshot: () => '' });
  for (let record = 0; record < count; record += 1) {
    const time = Math.max(journal.lastTime + 1_000, Date.now() - 3_600_000);
    const stamp = { time, lastTime: time - 1, lastTerminal: 9, balance: 880 as never };
    const identity = { terminal: TERMINAL, serial: journal.nextSerial };
    await journal.write({ ...identity, type: 'observation', medium: '04A1B2C3D4E5F6', ...stamp });
  }
  await bytes.close();
  store.close();
}

const records = async (): Promise<number> => {
  const [row] = await sqlIn<{ count: string }>(env.DATABASE_URL ?? '', 'select count(*) from record');
  return Number(row?.count);
};

/** The gate runs until the centre has so many records. @returns what it logged */
async function gateUntil(count: number): Promise<string> {
  const gate = startRetap(['terminal', '--config', 'gate.json'], { cwd, env });
  await until(records, (has) => has === count);
  await gate.url();
  const { stdout, stderr } = await gate.stop();
  return stdout + stderr;
}

const serve = (port: number): Running =>
  startRetap(['serve', '--identity', 'centre.identity', '--port', String(port)], { cwd, env });

test('a gate with nothing to send brings again what the centre lost, once', { timeout: 240_000 }, async () => {
  let centre = serve(0);
  const url = await centre.url();
  const port = Number(new URL(url).port);
  writeFileSync(
    file('gate.json'),
    JSON.stringify({
      ...{ terminal: TERMINAL, role: 'validator', currency: { code: 'EUR', digits: 2 }, defaultOffer: 1 },
      offers: [{ kind: 'debit', amount: 130, name: { sl: 'Vožnja', en: 'Ride' } }],
      limits: { minimumBalance: 0, maximumBalance: 50_000 },
      ...{ journal: 'journal', keys: { store: 'gate.keys' }, identity: 'gate.identity' },
      ...{ licence: { file: 'licence.json' }, reader: { kind: 'in-process', cards: 'cards' }, screen: { port: 0 } },
      centre: { url, uploadEvery: '100ms', askEvery: '1s' },
    }),
  );
  const invited = await succeeds(`terminals invite --terminal ${TERMINAL} --role gate --name north`);
  const [code] = /[0-9A-Z]{4}(?:-[0-9A-Z]{4}){4}/.exec(invited) ?? [];
  await succeeds(`terminal enrol --config gate.json --code ${code}`);
  await journaled(30);
  await gateUntil(30);
  await centre.stop();
  await postgres.createDatabase('backup', 'centre');

  await journaled(70);
  centre = serve(port);
  await centre.url();
  await gateUntil(100);
  await centre.stop();

  env.DATABASE_URL = await postgres.createDatabase('restored', 'backup');
  centre = serve(port);
  await centre.url();
  expect(await records()).toBe(30);
  const said = await gateUntil(100);
  expect(said).toContain('"event":"centre-lacks","records":70,"last":30');
  expect(said).toContain('"event":"upload-socket-open"');
  await centre.stop();
  expect((await retap(['check'], { cwd, env })).status).toBe(0);
});
