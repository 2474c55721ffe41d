/** From `retap lists` to a card at a gate, with real processes: denied, blocked, and who holds which version. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import WebSocket from 'ws';
import { ask, folderOf, type Running, retap, startRetap, until } from './retap.ts';

const TERMINAL = 17;
const PASSPHRASE = 'correct horse battery staple';

let postgres: TestPostgres;
let cwd: string;
let env: Record<string, string>;
let centre: Running;
let gate: Running;
let screen: WebSocket;
/** Of the gate's screen. */
let url: string;
let card: string;

async function run(...words: string[]): Promise<string> {
  const { status, stdout, stderr } = await retap(words, { cwd, env });
  expect([status, stderr], words.join(' ')).toEqual([0, '']);
  return stdout;
}

const matched = (text: string, pattern: RegExp): string =>
  pattern.exec(text)?.[1] ?? expect.fail(`${pattern}: ${text}`);

beforeAll(async () => {
  postgres = await startPostgres();
  cwd = folderOf();
  env = {
    ...{ DATABASE_URL: await postgres.createDatabase(), RETAP_IDENTITY_PASSPHRASE: 'one for the centre alone' },
    ...{ RETAP_PASSPHRASE: PASSPHRASE, RETAP_FROM_PASSPHRASE: PASSPHRASE },
  };
  await run('keys', 'init', '--store', 'issuer.keys');
  await run('keys', 'init', '--store', 'gate.keys', '--terminal', 'gate', '--from', 'issuer.keys');
  mkdirSync(path.join(cwd, 'cards'), { mode: 0o700 });
  const desk = ['--terminal', '900', '--journal', 'desk'];
  await run('card', 'new', 'cards/anna.card', '--keys', 'issuer.keys', '--balance', '1000', ...desk);
  card = matched(await run('card', 'show', 'cards/anna.card', '--keys', 'gate.keys'), /([0-9A-F]{14})/);
  await run('init', '--identity', 'centre.identity');
  centre = startRetap(['serve', '--port', '0', '--identity', 'centre.identity', '--publish-every', '0s'], { cwd, env });
  const configuration = {
    ...{ terminal: TERMINAL, role: 'validator', currency: { code: 'EUR', digits: 2 }, defaultOffer: 1 },
    offers: [{ kind: 'debit', amount: 130, name: { sl: 'Vožnja', en: 'Ride' } }],
    limits: { minimumBalance: 0, maximumBalance: 50_000 },
    ...{ journal: 'journal', keys: { store: 'gate.keys' }, identity: 'gate.identity' },
    ...{ licence: { file: 'licence.json' }, reader: { kind: 'in-process', cards: 'cards' } },
    screen: { port: 0, messageFor: '300ms' },
    centre: { url: await centre.url(), uploadEvery: '100ms' },
    clock: { source: 'centre' },
  };
  writeFileSync(path.join(cwd, 'gate.json'), JSON.stringify(configuration));
  const invited = await run('terminals', 'invite', '--terminal', String(TERMINAL), '--role', 'gate');
  await run('terminal', 'enrol', '--config', 'gate.json', '--code', matched(invited, /^code\s+(\S+)$/m));
  await startGate();
});
afterAll(async () => {
  screen?.close();
  await gate?.stop('SIGKILL');
  await centre?.stop();
  await postgres?.stop();
});

async function startGate(): Promise<void> {
  gate = startRetap(['terminal', '--config', 'gate.json'], { cwd, env });
  url = await gate.url();
  screen = new WebSocket(`${url.replace('http', 'ws')}/screen`, { headers: { origin: url } });
  await new Promise((resolve, reject) => screen.once('open', resolve).once('error', reject));
}

interface State {
  readonly lists: Readonly<Record<string, number>>;
  readonly offers: readonly { readonly amount: number }[];
  readonly message: { readonly kind: string; readonly reason?: string };
}

const state = async (): Promise<State> => (await ask(`${url}/state`)) as unknown as State;
const held = async (lists: State['lists']): Promise<void> => {
  await until(state, (found) => JSON.stringify(found.lists) === JSON.stringify(lists));
};

/** Holds the card to the gate until the screen says something of it. */
async function tap(): Promise<string> {
  await until(state, ({ message }) => message.kind === 'ready');
  screen.send(JSON.stringify({ do: 'hold', card: 'anna', leaves: 'when-pulled' }));
  const { message } = await until(state, (found) => found.message.kind !== 'ready');
  screen.send(JSON.stringify({ do: 'pull' }));
  return message.reason ?? message.kind;
}

const publish = (): Promise<string> => run('lists', 'publish', '--identity', 'centre.identity');

test('the gate serves by the centre’s clock, and the centre shows how it stands', async () => {
  await until(state, ({ message }) => message.kind === 'ready');
  const shown = await until(
    () => run('terminals', 'show', '--terminal', String(TERMINAL)),
    (text) => text.includes('measured'),
  );
  // Both are processes of one machine. It may still be off by what its first answer, on a busy machine, was uncertain by.
  const [, offset, within] = /^clock +([+-][\d.]+) ± ([\d.]+) s behind the centre's, measured /m.exec(shown) ?? [];
  expect(Math.abs(Number(offset))).toBeLessThan(5);
  expect(Number(within)).toBeLessThan(5);
  expect(await run('terminals', 'list')).toContain(' ± ');
  expect(await run('terminals', 'clock-limit', '--set', '30s')).toBe(
    'a clock that is off by more than 30 s is an alert\n',
  );
  expect(await run('terminals', 'clock-limit')).toBe('a clock that is off by more than 30 s is an alert\n');
});

test('a card that is denied is refused, a block waits for its tap, and a gate that restarts offline remembers both, and the time', async () => {
  expect(await tap()).toBe('go');
  expect(await publish()).toBe(
    'deny: nothing to publish\nactions: nothing to publish\nlimits: nothing to publish\ntariff: nothing to publish\n',
  );

  await run('lists', 'deny', 'add', card, '--why', 'reported stolen');
  await publish();
  await held({ deny: 1, actions: 0, limits: 0, tariff: 0 });
  expect(await tap()).toBe('medium-denied');

  await run('lists', 'deny', 'remove', card, '--why', 'found');
  await run('lists', 'action', 'add', card, '--kind', 'block', '--why', 'owes a fine');
  await publish();
  await held({ deny: 2, actions: 1, limits: 0, tariff: 0 });
  expect(await run('lists', 'show', 'actions')).toMatch(/ block .*waits for the next tap/);
  expect(await tap()).toBe('medium-blocked');
  await until(
    () => run('lists', 'show', 'actions'),
    (shown) => / block .*done$/m.test(shown),
  );

  await run('lists', 'action', 'add', card, '--kind', 'unblock', '--why', 'paid');
  expect(await publish()).toMatch(/^actions: version 2, published/m);
  await held({ deny: 2, actions: 2, limits: 0, tariff: 0 });
  await until(
    () => run('lists', 'status'),
    (status) => status.endsWith('\nterminals behind: 0 of 1\n'),
  );

  // A tariff takes the place of the offers that the gate was configured with, from its next look on.
  const name = { sl: 'Vožnja', en: 'Ride' };
  const part = { role: 'validator', defaultOffer: 1, offers: [{ kind: 'debit', fare: 'ride' }] };
  const tariff = {
    validFrom: '2026-01-01T00:00:00Z',
    currency: 'EUR',
    fares: { ride: { amount: 170, name } },
    parts: [part],
  };
  writeFileSync(path.join(cwd, 'tariff.json'), JSON.stringify({ tariffs: [tariff] }));
  await run('lists', 'tariff', 'set', 'tariff.json', '--why', 'city council');
  expect(await publish()).toMatch(/^tariff: version 1, published/m);
  await held({ deny: 2, actions: 2, limits: 0, tariff: 1 });
  await until(state, ({ offers }) => offers.length === 1 && offers[0]?.amount === 170);

  await centre.stop();
  screen.close();
  await gate.stop('SIGKILL');
  await startGate();
  expect(await state()).toMatchObject({
    lists: { deny: 2, actions: 2, limits: 0, tariff: 1 },
    offers: [{ amount: 170 }],
  });
  expect(await tap()).toBe('go');
  // Two rides: one by the configuration, one by the tariff.
  expect(await run('card', 'show', 'cards/anna.card', '--keys', 'gate.keys')).toContain(' 7.00');
});
