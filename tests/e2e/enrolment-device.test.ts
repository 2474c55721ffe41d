/** `retap terminal enrol`, `renew`, `export` and `retap upload` as a user runs them, and the terminal that is enrolled. */
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fingerprint, openIdentity, openSoftwareKeyStore, sealing } from '@retap/keys';
import type { JournalRecord } from '@retap/model';
import { itemsOfSequence } from '@retap/protocol';
import { Journal } from '@retap/terminal';
import { FileJournal } from '@retap/terminal-service';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, StandInCentre, testKey } from '../../apps/terminal/test/enrolment/stand-in-centre.ts';
import { ask, type Ended, folderOf, retap, startRetap, until } from './retap.ts';

const TERMINAL = 17;
const PASSPHRASE = 'correct horse battery staple';
const env = { RETAP_PASSPHRASE: PASSPHRASE, RETAP_FROM_PASSPHRASE: PASSPHRASE };
let keys: Uint8Array;
let centre: StandInCentre;
let cwd: string;

beforeAll(async () => {
  const made = folderOf();
  for (const words of ['--store issuer.keys', '--store gate.keys --terminal gate --from issuer.keys']) {
    expect((await retap(['keys', 'init', ...words.split(' ')], { cwd: made, env })).stderr).toBe('');
  }
  keys = readFileSync(path.join(made, 'gate.keys'));
  centre = await StandInCentre.start();
});
afterAll(() => centre.stop());
beforeEach(() => {
  cwd = terminalFolder();
  centre.no.clear();
  centre.asked.length = 0;
  centre.bodies.length = 0;
  centre.records.length = 0;
  centre.now = Date.now();
});

/** What stands on a device before it is enrolled. */
function terminalFolder(): string {
  const folder = folderOf();
  writeFileSync(path.join(folder, 'gate.keys'), keys, { mode: 0o600 });
  mkdirSync(path.join(folder, 'cards'));
  writeFileSync(path.join(folder, 'terminal.json'), JSON.stringify(configuration()));
  return folder;
}

function configuration(): Record<string, unknown> {
  return {
    ...{ terminal: TERMINAL, role: 'validator', currency: { code: 'EUR', digits: 2 }, defaultOffer: 1 },
    offers: [{ kind: 'debit', amount: 130, name: { sl: 'Vožnja', en: 'Ride' } }],
    limits: { minimumBalance: 0, maximumBalance: 50_000 },
    ...{ journal: 'journal', keys: { store: 'gate.keys' }, identity: 'identity.json' },
    licence: { file: 'licence.json', required: true },
    ...{ reader: { kind: 'in-process', cards: 'cards' }, screen: { port: 0 } },
    centre: { url: centre.url, uploadEvery: '100ms' },
  };
}

const file = (name: string): string => path.join(cwd, name);
const run = (...words: string[]): Promise<Ended> => retap(words, { cwd, env });
const terminal = (...words: string[]): Promise<Ended> => run('terminal', ...words, '--config', 'terminal.json');
const told = (): string => fingerprint(centre.key.publicKey);

async function enrolled(): Promise<void> {
  const { status, stderr } = await terminal(
    'enrol',
    '--code',
    centre.codeFor(TERMINAL),
    '--centre-fingerprint',
    told(),
  );
  expect([status, stderr]).toEqual([0, '']);
}

/** One line on standard error, and status 1. */
async function refusal(ended: Promise<Ended>): Promise<string> {
  const { status, stderr } = await ended;
  expect(status).toBe(1);
  expect(stderr).toMatch(/^retap: [^\n]+\n(\(--help shows what there is\)\n)?$/);
  return stderr;
}

/** Journals some records, as if they had been tapped. */
async function journaled(count: number): Promise<JournalRecord[]> {
  const store = await openSoftwareKeyStore(file('gate.keys'), PASSPHRASE);
  const key = store.journalKey() ?? expect.fail('a gate has a key for its journal');
  const sealer = sealing(key, (length) => new Uint8Array(randomBytes(length)));
  const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
  const bytes = await FileJournal.open(file('journal'));
  const journal = await Journal.open({ store: bytes, terminal: TERMINAL, sha256, sealer, snapshot: () => '' });
  const records: JournalRecord[] = [];
  for (let record = 0; record < count; record += 1) {
    const { nextSerial: serial, lastTime } = journal;
    const time = Math.max(lastTime + 1_000, Date.now() - DAY);
    const stamp = { time, lastTime: time - 1, lastTerminal: 9, balance: 880 as never };
    const made = { terminal: TERMINAL, serial, type: 'observation', medium: '04A1B2C3D4E5F6', ...stamp } as const;
    await journal.write(made);
    records.push(made);
  }
  await bytes.close();
  store.close();
  return records;
}

describe('enrol', () => {
  test('makes the key on the device, and stores the licence', async () => {
    const code = centre.codeFor(TERMINAL).toLowerCase().replaceAll('-', ' ');
    const { status, stdout, stderr } = await terminal('enrol', '--code', code);
    expect([status, stderr]).toEqual([0, '']);
    const { publicKey } = await openIdentity(file('identity.json'), PASSPHRASE);
    expect(stdout).toMatch(/^terminal 17: licensed as gate until \d{4}-\d\d-\d\dT/);
    expect(stdout).toContain(`key of this terminal ${fingerprint(publicKey)}\n`);
    expect(stdout).toContain(`key of the centre    ${told()}\n`);
    expect(stdout).toContain('Compare the fingerprint');
    for (const name of ['identity.json', 'licence.json']) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
    expect(centre.licences.get(TERMINAL)?.publicKey).toEqual(publicKey);
  });

  test('takes another centre for what it is', async () => {
    const other = fingerprint(testKey().publicKey);
    const enrolling = terminal('enrol', '--code', centre.codeFor(TERMINAL), '--centre-fingerprint', other);
    expect(await refusal(enrolling)).toContain(`has the fingerprint ${told()}, not ${other}`);
    expect(existsSync(file('licence.json'))).toBe(false);
  });

  test('says what is wrong, what to do, and makes nothing of it', async () => {
    const code = centre.codeFor(TERMINAL);
    const slip = code.replace(/^./, (letter) => (letter === '0' ? '1' : '0'));
    expect(await refusal(terminal('enrol', '--code', slip))).toMatch(
      /--code .*: this is no enrolment code: .* read it again/,
    );
    expect(await refusal(terminal('enrol'))).toContain("required option '--code <CODE>' not specified");
    expect(await refusal(run('terminal', 'enrol', '--code', code))).toContain("required option '--config <FILE>'");
    const wrong = retap(['terminal', 'enrol', '--config', 'terminal.json', '--code', code], {
      ...{ cwd, env: { RETAP_PASSPHRASE: 'not the one of the key store' } },
    });
    expect(await refusal(wrong)).toContain('the passphrase does not open this key store');
    expect(await refusal(terminal('enrol', '--code', code, '--centre', 'nowhere'))).toContain('address of the centre');
    const { identity: _, licence: __, ...without } = configuration();
    writeFileSync(file('terminal.json'), JSON.stringify(without));
    expect(await refusal(terminal('enrol', '--code', code))).toContain('identity: it is missing');
    expect(readdirSync(cwd).sort()).toEqual(['cards', 'gate.keys', 'terminal.json']);
    expect(centre.asked).toEqual([]);
  });

  test('without a centre there finishes when there is one', async () => {
    const code = centre.codeFor(TERMINAL);
    const nobody = terminal('enrol', '--code', code, '--centre', 'http://127.0.0.1:9');
    expect(await refusal(nobody)).toMatch(/^retap: http:\/\/127\.0\.0\.1:9: no answer .* run it again/);
    expect((await terminal('enrol', '--code', code)).status).toBe(0);
  });

  test('killed at any moment it is finished by the same command, under the same key', async () => {
    const code = centre.codeFor(TERMINAL);
    const words = ['terminal', 'enrol', '--config', 'terminal.json', '--code', code];
    const kill = async (when: (killed: () => void) => void): Promise<void> => {
      const enrolling = startRetap(words, { cwd, env });
      const dead = new Promise<void>((resolve) => when(() => void enrolling.stop('SIGKILL').then(() => resolve())));
      await Promise.race([dead, enrolling.ended]);
      await enrolling.ended;
    };
    for (const delay of [100, 400, 700, 1_000, 1_300]) await kill((killed) => setTimeout(killed, delay));
    // As the centre has just heard of it: the code is used, and the answer never comes.
    await kill((killed) => {
      centre.onAsked = killed;
    });
    centre.onAsked = () => {};
    await until(
      async () => centre.licences.get(TERMINAL),
      (licence) => licence !== undefined,
    );
    const { status, stderr } = await run(...words);
    expect([status, stderr]).toEqual([0, '']);
    const { publicKey } = await openIdentity(file('identity.json'), PASSPHRASE);
    expect(centre.licences.get(TERMINAL)?.publicKey).toEqual(publicKey);
    expect(JSON.parse(readFileSync(file('licence.json'), 'utf8')).centre).toBe(
      Buffer.from(centre.key.publicKey).toString('hex').toUpperCase(),
    );
  });
});

test('renew brings a later licence', async () => {
  await enrolled();
  centre.now += DAY;
  const { status, stdout } = await terminal('renew');
  expect(status).toBe(0);
  expect(stdout).toContain(`licensed as gate until ${new Date(centre.now + 90 * DAY).toISOString()}`);
  expect((await terminal('renew')).stdout).toMatch(/^terminal 17: licensed as gate until \S+, as before\n/);
});

describe('carried by hand', () => {
  let records: JournalRecord[];
  let prepared: string;
  beforeAll(async () => {
    prepared = terminalFolder();
    cwd = prepared;
    await enrolled();
    records = await journaled(2_500);
  });
  beforeEach(() => cpSync(prepared, cwd, { recursive: true, force: true }));
  const exported = async (): Promise<Uint8Array> => {
    const { status, stderr } = await terminal('export', '--output', 'waiting.cbor');
    expect([status, stderr]).toEqual([0, 'waiting.cbor: 2,500 records in 3 signed batches\n']);
    return readFileSync(file('waiting.cbor'));
  };
  const upload = (name = 'waiting.cbor'): Promise<Ended> => retap(['upload', name, '--centre', centre.url], { cwd });

  test('all that waits comes to the centre, from a machine without keys, and a second time does no harm', async () => {
    const before = journalBytes();
    const bytes = await exported();
    expect(journalBytes()).toEqual(before);
    const accepted = [
      'terminal 17, records 1 to 1000: accepted',
      'terminal 17, records 1001 to 2000: accepted',
      'terminal 17, records 2001 to 2500: accepted',
      '3 batches accepted, 0 refused\n',
    ].join('\n');
    expect(await upload()).toMatchObject({ status: 0, stdout: accepted, stderr: '' });
    expect(centre.records).toEqual(records);
    expect(await upload()).toMatchObject({ status: 0, stdout: accepted });
    expect(Buffer.concat(centre.bodies.slice(3))).toEqual(Buffer.from(bytes));
    // The terminal hears of it by itself: the same records go up, and wait no more.
    const running = startRetap(['terminal', '--config', 'terminal.json'], { cwd, env });
    const state = `${await running.url()}/state`;
    await until(
      () => ask(state),
      ({ waiting }) => waiting === 0,
    );
    expect(await ask(state)).toMatchObject({ notAccepted: null, message: { kind: 'ready' } });
    // While it runs.
    expect((await terminal('export', '--output', '-')).stderr).toBe('-: nothing waits for the centre\n');
    expect((await running.stop()).status).toBe(0);
    // Cut as the link lets it, and the same records all the same.
    expect(centre.records.slice(2 * records.length)).toEqual(records);
  });

  test('what was cut off or changed on the way says so, and the rest stands', async () => {
    const bytes = await exported();
    const [first, , last] = itemsOfSequence(bytes);
    const length = first?.bytes.length ?? 0;
    writeFileSync(file('cut.cbor'), bytes.subarray(0, -10));
    const cut = await upload('cut.cbor');
    expect([cut.status, cut.stdout.match(/accepted\n/g)]).toEqual([1, ['accepted\n', 'accepted\n']]);
    expect(cut.stderr).toBe(
      `retap: cut.cbor: from byte ${last?.at} on it is no whole batch: it was cut off or damaged on the way; carry it again\n`,
    );
    const changed = Uint8Array.from(bytes);
    changed[length - 1] = (changed[length - 1] ?? 0) ^ 1;
    writeFileSync(file('changed.cbor'), changed);
    const half = await upload('changed.cbor');
    expect(half.status).toBe(2);
    expect(half.stdout).toContain(
      'records 1 to 1000: refused: signature-invalid, says the centre (signature-invalid)\n',
    );
    expect(half.stdout).toContain('2 batches accepted, 1 refused\n');
    const untagged = Uint8Array.from(bytes);
    untagged[length] = 0xd3;
    writeFileSync(file('untagged.cbor'), untagged);
    const sentBefore = centre.bodies.length;
    const two = await upload('untagged.cbor');
    expect(two.stdout).toContain(`from byte ${length}: refused: no signed batch, and not sent (batch-malformed)\n`);
    expect(two.stdout).toContain('2 batches accepted, 1 refused\n');
    expect(centre.bodies.length - sentBefore).toBe(2);
  });

  test('a file that is none, and a centre that is none, are told in one line', async () => {
    writeFileSync(file('photo.jpg'), Buffer.from('ffd8ffe000104a46494600010101', 'hex'));
    expect(await refusal(upload('photo.jpg'))).toContain('photo.jpg: from byte 0 on it is no whole batch');
    writeFileSync(file('letter.txt'), '-----BEGIN PRIVATE KEY-----');
    const sentBefore = centre.bodies.length;
    expect(await refusal(upload('letter.txt'))).toContain(
      "letter.txt: it begins with no signed batch; give a file that 'retap terminal export' wrote",
    );
    expect(centre.bodies.length).toBe(sentBefore);
    expect(await refusal(upload('nowhere.cbor'))).toContain('nowhere.cbor: no such file');
    await exported();
    const nobody = retap(['upload', 'waiting.cbor', '--centre', 'http://127.0.0.1:9'], { cwd });
    expect(await refusal(nobody)).toContain('run it again, what was accepted stands');
    const portal = createServer((_request, answer) => answer.end('<html>Welcome to our free network'));
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
    const page = await retap(['upload', 'waiting.cbor', '--centre', url], { cwd });
    portal.close();
    expect([page.status, page.stdout]).toEqual([1, '']);
    expect(page.stderr).toContain('what answered is no centre of Retap');
  });

  test('uploaded and killed in between, again and again, every record arrives', async () => {
    await exported();
    for (const accepted of [1, 2]) {
      const uploading = startRetap(['upload', 'waiting.cbor', '--centre', centre.url], { cwd });
      await uploading.printed(new RegExp(`(accepted[^]*){${accepted}}`));
      await uploading.stop('SIGKILL');
    }
    expect((await upload()).status).toBe(0);
    expect(new Set(centre.records.map(({ serial }) => serial)).size).toBe(records.length);
  });
});

describe('the terminal', () => {
  const running = async () => {
    const started = startRetap(['terminal', '--config', 'terminal.json'], { cwd, env });
    return { started, state: `${await started.url()}/state` };
  };

  test('says why the centre takes nothing, and does not hammer', async () => {
    await enrolled();
    await journaled(3);
    centre.asked.length = 0;
    centre.no.set('/batches', { status: 403, code: 'terminal-suspended' });
    const { started, state } = await running();
    await until(
      () => ask(state),
      ({ notAccepted }) => notAccepted !== null,
    );
    await sleep(1_000);
    expect(await ask(state)).toMatchObject({
      notAccepted: 'terminal-suspended',
      waiting: 3,
      message: { kind: 'ready' },
    });
    expect(centre.count('/batches')).toBe(1);
    const { stderr } = await started.stop();
    expect(stderr).toContain('"event":"upload-refused"');
    expect(stderr).toContain('"code":"terminal-suspended"');
  });

  test('with a licence that is required and has expired is out of service', async () => {
    centre.now = Date.now() - 100 * DAY;
    await enrolled();
    centre.no.set('/licences/renewal', { status: 403, code: 'licence-expired' });
    const { started, state } = await running();
    expect(await ask(state)).toMatchObject({ message: { kind: 'out-of-service', reason: 'licence-expired' } });
    await started.stop();
  });

  test('that is not enrolled yet says how', async () => {
    expect(await refusal(run('terminal', '--config', 'terminal.json'))).toContain(
      'no such identity; make it by "retap terminal enrol"',
    );
  });
});

function journalBytes(): Record<string, string> {
  const names = readdirSync(file('journal'));
  return Object.fromEntries(names.map((name) => [name, readFileSync(path.join(file('journal'), name), 'base64')]));
}
