/**
 * What an operator runs, nothing in between: `retap terminal` on a reader of pcscd, cards put into it by `retap card insert`, records
 * at `retap serve`. Card and terminal are torn and killed.
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folderOf, type Running, retap, startRetap } from '../e2e/retap.ts';
import { type Pcscd, startPcscd } from './support/pcscd.ts';

const folder = folderOf();
const env = { RETAP_PASSPHRASE: 'a passphrase of the test', RETAP_FROM_PASSPHRASE: 'a passphrase of the test' };
const running: Running[] = [];
let pcscd: Pcscd;

interface State {
  readonly message: { readonly kind: string; readonly reason?: string; readonly balance?: number };
  readonly messageNumber: number;
  readonly waiting: number;
}

async function run(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await retap(args, { cwd: folder, env });
  expect({ status, stderr }, args.join(' ')).toEqual({ status: 0, stderr: '' });
  return stdout;
}

function start(...args: string[]): Running {
  const started = startRetap(args, { cwd: folder, env: { ...env, PCSCLITE_CSOCK_NAME: pcscd.socket } });
  running.push(started);
  return started;
}

beforeAll(async () => {
  pcscd = await startPcscd();
  await run('keys', 'init', '--store', 'issuer.keys');
  await run('keys', 'init', '--store', 'gate.keys', '--terminal', 'gate', '--from', 'issuer.keys');
  await run(
    'card',
    'new',
    'anna.card',
    '--keys',
    'issuer.keys',
    '--balance',
    '1000',
    '--terminal',
    '900',
    '--journal',
    'desk',
  );
});

afterAll(async () => {
  for (const each of running) await each.stop('SIGKILL');
  await pcscd?.stop();
});

/** The terminal on the first reader, with its screen's state. */
async function startTerminal(centre: string) {
  writeFileSync(
    path.join(folder, 'terminal.json'),
    JSON.stringify({
      terminal: 17,
      role: 'validator',
      currency: { code: 'EUR', digits: 2 },
      offers: [{ kind: 'debit', amount: 100, name: { sl: 'Vožnja', en: 'Ride' } }],
      defaultOffer: 1,
      limits: { minimumBalance: 0, maximumBalance: 50_000 },
      clock: { tolerance: '120s', source: 'system' },
      retapWindow: '60s',
      journal: 'gate-journal',
      keys: { store: 'gate.keys' },
      reader: { kind: 'pcsc', name: pcscd.readers[0].name },
      screen: { host: '127.0.0.1', port: 0 },
      centre: { url: centre, uploadEvery: '1s' },
    }),
  );
  const terminal = start('terminal', '--config', 'terminal.json');
  const url = await terminal.url();
  const state = async (): Promise<State> => (await fetch(`${url}/state`)).json() as Promise<State>;
  await expect.poll(async () => (await state()).message.kind, { timeout: 20_000 }).toBe('ready');
  return { terminal, state };
}

/** Holds the card to the gate until what it shows is enough. */
async function hold(state: () => Promise<State>, isEnough: (state: State) => boolean): Promise<State> {
  const before = (await state()).messageNumber;
  const card = start('card', 'insert', 'anna.card', '--vpcd', '--port', String(pcscd.readers[0].port));
  try {
    let seen = await state();
    await expect
      .poll(
        async () => {
          seen = await state();
          return seen.messageNumber > before && isEnough(seen);
        },
        { timeout: 20_000, interval: 30 },
      )
      .toBe(true);
    return seen;
  } finally {
    await card.stop('SIGTERM');
  }
}

async function cardBalance(): Promise<number> {
  const shown = JSON.parse(await run('card', 'show', 'anna.card', '--keys', 'gate.keys', '--format', 'json'));
  return shown.account.balance;
}

test('a card is charged once a ride, through kills of the terminal, and the centre knows what it holds', async () => {
  const serve = start('serve', '--port', '0', '--database', 'centre');
  const centre = await serve.url();
  await run('card', 'send', '--keys', 'issuer.keys', '--terminal', '900', '--journal', 'desk', '--centre', centre);

  let { terminal, state } = await startTerminal(centre);
  const go = await hold(state, ({ message }) => message.kind === 'go');
  expect(go.message).toMatchObject({ kind: 'go', balance: 900 });
  expect(await cardBalance()).toBe(900);

  // Killed at some instant of a tap, or before, or after it; whoever has not seen "go" holds the card again.
  for (const [ride, killAfterMs] of [2, 15, 40].entries()) {
    const balance = await cardBalance();
    const before = (await state()).messageNumber;
    const card = start('card', 'insert', 'anna.card', '--vpcd', '--port', String(pcscd.readers[0].port));
    await card.printed(/./);
    await new Promise((resolve) => setTimeout(resolve, killAfterMs));
    const { message, messageNumber } = await state();
    await terminal.stop('SIGKILL');
    await card.stop('SIGTERM');
    ({ terminal, state } = await startTerminal(centre));
    // On a quick machine the tap is over by then: who saw "go" has gone, and would pay for another ride.
    const hasSeenGo = messageNumber > before && message.kind === 'go';
    if (!hasSeenGo) await hold(state, (seen) => seen.message.kind === 'go');
    expect(await cardBalance(), `ride ${ride + 1}`).toBe(balance - 100);
  }

  await expect.poll(async () => (await state()).waiting, { timeout: 20_000 }).toBe(0);
  expect(await terminal.stop('SIGTERM')).toMatchObject({ status: 0 });
  const name = JSON.parse(await run('card', 'show', 'anna.card', '--format', 'json')).card;
  const account = (): Promise<{ balance: number; synchronization: unknown[] }> =>
    fetch(`${centre}/media/${name}`).then((answer) => answer.json() as never);
  await expect.poll(async () => (await account()).balance, { timeout: 20_000 }).toBe(await cardBalance());
  expect((await account()).synchronization).toEqual([]);
  const { alerts } = (await (await fetch(`${centre}/alerts`)).json()) as { alerts: unknown[] };
  expect(alerts).toEqual([]);
});
