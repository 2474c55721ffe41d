/** A card's whole life with keys in tokens: made by the issuer's, opened by a refill terminal's, tapped at a gate's. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import {
  type CardChannel,
  CardMedium,
  channelOf,
  diversified,
  issuerKeys,
  type KeyStore,
  MemoryCardMemory,
  mediumNameOf,
  mediumUid,
  personalise,
  SoftwareCard,
  verifyProof,
} from '@retap/card';
import {
  exportFor,
  importIntoToken,
  issuerContents,
  openTokenKeyStore,
  softwareKey,
  type TokenOptions,
} from '@retap/keys';
import { amountOf, isTransaction } from '@retap/model';
import { MemoryJournal, Terminal } from '@retap/terminal';
import pkcs11 from 'pkcs11js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { folderOf, retap, startRetap, until } from './retap.ts';
import { makeToken, PIN, SOFTHSM, softHsmIn } from './softhsm.ts';

const env = softHsmIn(folderOf());
const before = process.env.SOFTHSM2_CONF;
const token = (label: string): TokenOptions => ({ module: SOFTHSM, token: label, pin: PIN });
const random = (length: number): Uint8Array => new Uint8Array(randomBytes(length));
const UID = Uint8Array.of(0x04, 1, 2, 3, 4, 5, 6);
const issuer = issuerContents(random);
const ROLES = ['gate', 'refill', 'centre'] as const;

beforeAll(async () => {
  process.env.SOFTHSM2_CONF = env.SOFTHSM2_CONF;
  for (const label of ['issuer', ...ROLES]) makeToken(env, label);
  await importIntoToken(token('issuer'), issuer);
  for (const role of ROLES) await importIntoToken(token(role), exportFor(issuer, role, random));
});
afterAll(() => {
  if (before === undefined) delete process.env.SOFTHSM2_CONF;
  else process.env.SOFTHSM2_CONF = before;
});

function terminalOf(number: number): Promise<Terminal> {
  const now = (): number => 1_772_420_400_000 + number;
  return Terminal.open({
    terminal: number,
    store: new MemoryJournal(),
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
    clock: now,
    clockSetAt: now,
    clockSetMax: 0,
    limits: { minimumBalance: amountOf(0), maximumBalance: amountOf(100_000) },
    clockTolerance: 120_000,
    retapWindow: 30_000,
  });
}

/** What can be read of the values of all secret keys that the token holds at this moment. */
function readableKeys(label: string): { keys: number; readable: number } {
  const module = new pkcs11.PKCS11();
  module.load(SOFTHSM);
  const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trim() === label);
  if (!slot) throw new Error(`no token ${label}`);
  const session = module.C_OpenSession(slot, pkcs11.CKF_SERIAL_SESSION);
  try {
    module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_CLASS, value: pkcs11.CKO_SECRET_KEY }]);
    const found = module.C_FindObjects(session, 100);
    module.C_FindObjectsFinal(session);
    const isReadable = (key: pkcs11.Handle): boolean => {
      try {
        return module.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_VALUE }]).length > 0;
      } catch {
        return false;
      }
    };
    return { keys: found.length, readable: found.filter(isReadable).length };
  } finally {
    module.C_CloseSession(session);
  }
}

test('a card is made, opened, charged and proved, and no master, card or session key can be read out of a token', async () => {
  const card = SoftwareCard.blank({ uid: UID, keyOfValue: softwareKey, random, memory: new MemoryCardMemory() });
  const desk = { channel: channelOf(card), keyOfValue: softwareKey, random };
  const limits = { minimumBalance: amountOf(0), maximumBalance: amountOf(100_000) };
  const issuing = await openTokenKeyStore(token('issuer'));
  expect(await personalise({ ...desk, keys: issuerKeys(issuing), limits })).toBe('personalised');
  issuing.close();

  /** What was in the gate's token at each exchange of a tap. */
  const seen: { keys: number; readable: number }[] = [];
  const heldTo = (number: number, keys: KeyStore, watched: string): CardMedium => {
    card.reset();
    const channel = channelOf(card);
    const watching: CardChannel = {
      uid: channel.uid,
      transmit: (command) => {
        seen.push(readableKeys(watched));
        return channel.transmit(command);
      },
    };
    return new CardMedium({ channel: watching, keys, random, terminal: number });
  };

  const refill = await openTokenKeyStore(token('refill'));
  const sales = await terminalOf(1);
  const opened = await sales.open(heldTo(1, refill, 'refill'), mediumNameOf(UID), amountOf(1000));
  expect(opened.outcome).toBe('opened');
  expect(refill.derivedKeys).toBe(0);
  refill.close();

  const gateKeys = await openTokenKeyStore(token('gate'));
  const gate = await terminalOf(2);
  const debit = { type: 'debit', amount: amountOf(120) } as const;
  const tapped = await gate.tap(heldTo(2, gateKeys, 'gate'), debit);
  expect(tapped).toMatchObject({ outcome: 'successful', record: { balance: 880, proof: { counter: 2 } } });
  // A gate has no key for it, and nothing was sent.
  const exchanges = seen.length;
  const refilled = await gate.tap(heldTo(2, gateKeys, 'gate'), { type: 'refill', amount: amountOf(500) });
  expect(refilled).toEqual({ outcome: 'refused', reason: 'key-missing' });
  expect(seen).toHaveLength(exchanges);
  expect(gateKeys.derivedKeys).toBe(0);
  gateKeys.close();

  // Masters and, in the middle of a session, its two keys: there, and none of them readable.
  expect(Math.max(...seen.map(({ keys }) => keys))).toBeGreaterThanOrEqual(4);
  expect(seen.map(({ readable }) => readable)).toEqual(seen.map(() => 0));

  const centre = await openTokenKeyStore(token('centre'));
  const master = centre.master('transaction-mac', 1);
  if (!master || !('record' in tapped) || !isTransaction(tapped.record)) throw new Error('nothing to prove');
  const key = diversified(master, 'transaction-mac', UID);
  expect(verifyProof(tapped.record, key, mediumUid(tapped.record.medium) ?? UID)).toBe('valid');
  expect(verifyProof({ ...tapped.record, amount: amountOf(-119) }, key, UID)).toBe('invalid');
  key.discard();
  centre.close();
});

test('retap terminal taps with its keys in a token: the PIN opens it, and no key store file is there', async () => {
  const folder = folderOf();
  const secrets = { ...env, RETAP_PIN: PIN };
  const run = async (...args: string[]): Promise<string> => {
    const { status, stdout, stderr } = await retap(args, { cwd: folder, env: secrets });
    expect({ status, stderr }, args.join(' ')).toEqual({ status: 0, stderr: '' });
    return stdout;
  };
  mkdirSync(path.join(folder, 'cards'), { mode: 0o700 });
  const desk = ['--terminal', '900', '--journal', 'desk'];
  await run('card', 'new', 'cards/anna.card', '--pkcs11', SOFTHSM, '--token', 'issuer', '--balance', '1000', ...desk);
  const configuration = {
    terminal: 17,
    role: 'validator',
    currency: { code: 'EUR', digits: 2 },
    offers: [{ kind: 'debit', amount: 120, name: { sl: 'Vožnja', en: 'Ride' } }],
    defaultOffer: 1,
    limits: { minimumBalance: 0, maximumBalance: 50_000 },
    clock: { tolerance: '120s', source: 'system' },
    journal: 'gate-journal',
    keys: { pkcs11: SOFTHSM, token: 'gate' },
    reader: { kind: 'in-process', cards: 'cards' },
    screen: { host: '127.0.0.1', port: 0 },
  };
  writeFileSync(path.join(folder, 'terminal.json'), JSON.stringify(configuration));
  const refused = await retap(['terminal', '--config', 'terminal.json'], {
    cwd: folder,
    env: { ...env, RETAP_PIN: '0000' },
  });
  expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining('the PIN is wrong') });

  const terminal = startRetap(['terminal', '--config', 'terminal.json'], { cwd: folder, env: secrets });
  const url = await terminal.url();
  const screen = new WebSocket(`${url.replace('http', 'ws')}/screen`, { headers: { origin: url } });
  await new Promise((resolve, reject) => screen.once('open', resolve).once('error', reject));
  screen.send(JSON.stringify({ do: 'hold', card: 'anna', leaves: 'when-pulled' }));
  await until(
    async () => ((await (await fetch(`${url}/state`)).json()) as { message: { kind: string } }).message,
    ({ kind }) => kind === 'go',
  );
  screen.close();
  expect(await terminal.stop('SIGTERM')).toMatchObject({ status: 0 });
  expect(await run('card', 'show', 'cards/anna.card', '--pkcs11', SOFTHSM, '--token', 'gate')).toContain('8.80');
});
