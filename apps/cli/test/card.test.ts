/** `retap card`, command by command: what it does to the file, and what it says where it cannot. */
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { CardFile } from '@retap/terminal-service';
import { beforeAll, describe, expect, test } from 'vitest';
import { CardDesk, START } from './card-desk.ts';

const desk = new CardDesk();
const DESK = '--keys issuer.keys --terminal 900 --journal desk';
const GATE = '--keys gate.keys --terminal 17 --journal gate';
const DEBIT = '--type debit --amount 120';

async function succeeds(text: string): Promise<string> {
  const { status, stdout, stderr } = await desk.card(text);
  expect([status, stderr], text).toEqual([0, '']);
  return stdout;
}

async function refusal(text: string): Promise<string> {
  const { status, stderr } = await desk.card(text);
  expect(status, text).toBe(1);
  expect(stderr, text).toMatch(/^retap: [^\n]+\n(\(--help shows what there is\)\n)?$/);
  return stderr;
}

const nameIn = (text: string): string => /card ([0-9A-F]{14})/.exec(text)?.[1] ?? 'none';
const waitingIn = (text: string): number => Number(/(\d+) records? not sent/.exec(text)?.[1]);
/** In minor units. */
const balanceIn = (text: string): number => Math.round(Number(/^card .*balance ([\d.]+)/m.exec(text)?.[1]) * 100);
const image = (name: string): string => readFileSync(desk.at(name)).toString('hex');

beforeAll(async () => {
  await desk.makeKeys();
  await succeeds(`new anna.card ${DESK} --uid 04a1b2c3d4e5f6 --balance 2000 --product month`);
  await succeeds(`tap anna.card ${GATE} ${DEBIT}`);
  await succeeds('new rotated.card --keys other.keys');
  writeFileSync(desk.at('cut.card'), new Uint8Array(100));
  writeFileSync(desk.at('zeros.card'), new Uint8Array(8192));
  const flipped = readFileSync(desk.at('anna.card'));
  flipped[4200] = (flipped[4200] ?? 0) ^ 1;
  writeFileSync(desk.at('flipped.card'), flipped);
});

describe('what goes wrong is said in one line, and changes nothing', () => {
  test.each([
    ['show nobody.card', 'nobody.card: no such card'],
    ['show cut.card', 'it has 100 bytes, a card has 8192'],
    ['show zeros.card', 'zeros.card: this is no card'],
    ['show flipped.card', 'flipped.card: this is no card, or its bytes were changed'],
    ['show anna.card --keys nobody.keys', 'nobody.keys: no such key store'],
    ['show anna.card --keys centre.keys', 'role centre opens no card'],
    ['show anna.card --keys other.keys', "anna.card: these are not the card's keys"],
    [`new anna.card ${DESK} --balance 0`, 'anna.card: there is such a file already, and it is not overwritten'],
    [`new nowhere/eve.card ${DESK} --balance 0`, 'nowhere: no such directory'],
    ['new eve.card --keys gate.keys', 'role gate, without master'],
    ['new eve.card', 'no key store: give --keys'],
    ['new eve.card --keys issuer.keys --uid 04A1', 'Give the UID as 14 hexadecimal digits'],
    ['new eve.card --keys issuer.keys --balance 2000', 'give --terminal N and --journal DIR'],
    ['new eve.card --keys issuer.keys --journal desk', 'give its --balance too'],
    [`new eve.card ${DESK} --balance -5`, 'opened with 0 or more'],
    [`new eve.card ${DESK} --balance 60000`, 'see --maximum-balance'],
    [`new eve.card ${DESK} --balance 5 --maximum-balance 3000000000`, 'holds at most 2147483647'],
    [`tap anna.card ${GATE} --type debit`, '--type debit needs an --amount'],
    [`tap anna.card ${DEBIT} --keys gate.keys`, 'give --terminal N and --journal DIR'],
    [`tap anna.card --keys gate.keys --terminal 18 --journal gate ${DEBIT}`, 'terminal 17'],
    [`tear anna.card ${GATE} ${DEBIT}`, 'one of --exchange N, --step NAME and --after-writes N'],
    [`tear anna.card ${GATE} ${DEBIT} --step comit --when after`, 'Give one of select, authenticate-1'],
    [`tear anna.card ${GATE} ${DEBIT} --exchange 3`, '--when: give before or after'],
    ['clone nobody.card copy.card', 'nobody.card: no such card'],
    ['rekey anna.card --keys gate.keys', 'role gate, without master'],
    ['rekey anna.card --keys other.keys', 'none of these keys opens the card'],
    ['insert anna.card', "required option '--vpcd'"],
    ['insert anna.card --vpcd --port 9', 'no virtual reader listens on 127.0.0.1:9'],
    [`send ${DESK}`, "required option '--centre <URL>'"],
    ['send --keys issuer.keys --terminal 900 --journal dsek --centre http://127.0.0.1:9', 'dsek: no such journal'],
    [`tap rotated.card ${GATE} ${DEBIT}`, "'retap keys rotate --from'"],
  ])('%s', async (text, said) => {
    const [before, files] = [image('anna.card'), readdirSync(desk.folder)];
    expect(await refusal(text)).toContain(said);
    expect(image('anna.card')).toBe(before);
    // A journal that was asked for is there, however the tap ended.
    const more = readdirSync(desk.folder).filter((name) => !files.includes(name) && !/^(desk|gate)$/.test(name));
    expect(more).toEqual([]);
  });
});

describe('new', () => {
  test('without a balance: a card without an account, which no terminal takes', async () => {
    expect(await succeeds('new blank.card --keys issuer.keys')).toContain('without an account');
    expect(await succeeds('show blank.card --keys inspector.keys')).toContain('The card has no account yet.');
    expect(await refusal(`tap blank.card ${GATE} ${DEBIT}`)).toContain('blank.card: the card has no account yet');
  });

  test('with a balance: opens the account of a card that was made without one', async () => {
    const made = await succeeds('new later.card --keys issuer.keys --mode mac');
    expect(await refusal(`new later.card ${DESK} --balance 300 --uid 04000000000009`)).toContain('leave --uid');
    const opened = await succeeds(`new later.card ${DESK} --balance 300 --product day`);
    expect(opened).toMatch(/balance 3\.00; record 900-/);
    expect(nameIn(opened)).toBe(nameIn(made));
    expect(await succeeds(`tap later.card ${GATE} ${DEBIT}`)).toContain('committed: balance 1.80');
    expect(existsSync(desk.at('later.card.part'))).toBe(false);
    expect(await refusal(`new later.card ${DESK} --balance 300`)).toContain('not overwritten');
    await succeeds('new of-others.card --keys other.keys');
    expect(await refusal(`new of-others.card ${DESK} --balance 300`)).toContain('not overwritten');
  });

  test('with a UID of its own, or one by chance that NXP could have made', async () => {
    expect(await succeeds('show anna.card')).toContain('card 04A1B2C3D4E5F6');
    const [one, other] = [
      await succeeds(`new one.card ${DESK} --balance 0`),
      await succeeds(`new two.card ${DESK} --balance 0`),
    ];
    expect(nameIn(one)).toMatch(/^04/);
    expect(nameIn(one)).not.toBe(nameIn(other));
  });

  test('its serials go on with the next card of the same desk', async () => {
    const [one, other] = [
      await succeeds(`new a1.card ${DESK} --balance 5`),
      await succeeds(`new a2.card ${DESK} --balance 5`),
    ];
    const serialIn = (text: string): number => Number(/record 900-(\d+)/.exec(text)?.[1]);
    expect(serialIn(other)).toBe(serialIn(one) + 1);
    expect(waitingIn(other)).toBe(waitingIn(one) + 1);
  });

  test('files in plain with a MAC', async () => {
    await succeeds(`new mac.card ${DESK} --balance 500 --mode mac`);
    expect(await succeeds('show mac.card')).toContain('The account is read with a key: --keys shows it.');
    expect(await succeeds('show mac.card --keys gate.keys')).toMatch(/balance +value +mac[\s\S]*balance +5\.00/);
    expect(await succeeds(`tap mac.card ${GATE} ${DEBIT}`)).toContain('committed: balance 3.80');
  });
});

describe('new, killed before its end: the same command', () => {
  test('finishes a card whose opening is recorded, without another opening', async () => {
    const first = await succeeds(`new killed.card ${DESK} --balance 700 --product day`);
    renameSync(desk.at('killed.card'), desk.at('killed.card.part'));
    const again = await succeeds(`new killed.card ${DESK} --balance 700 --product day`);
    expect(again).toContain('balance 7.00; the card that was begun before is finished');
    expect(nameIn(again)).toBe(nameIn(first));
    expect(waitingIn(again)).toBe(waitingIn(first));
    expect(existsSync(desk.at('killed.card.part'))).toBe(false);
  });

  test('buys the products that it has not bought', async () => {
    await succeeds(`new half.card ${DESK} --balance 700 --product day`);
    renameSync(desk.at('half.card'), desk.at('half.card.part'));
    await succeeds(`new half.card ${DESK} --balance 700 --product day week`);
    const { account } = JSON.parse(await succeeds('show half.card --keys gate.keys --format json'));
    expect(account.products.map(({ code }: { code: string }) => code)).toEqual(['day', 'week']);
  });

  test('makes a card anew whose opening is not recorded', async () => {
    desk.now = START + 1_000;
    const lost = await succeeds('new lost.card --keys issuer.keys --terminal 901 --journal desk.card --balance 700');
    renameSync(desk.at('lost.card'), desk.at('lost.card.part'));
    rmSync(desk.at('desk.card'), { recursive: true });
    const again = await succeeds('new lost.card --keys issuer.keys --terminal 901 --journal desk.card --balance 700');
    expect(again).toContain('record 901-1');
    expect(nameIn(again)).not.toBe(nameIn(lost));
  });

  test('ends the last step', async () => {
    const made = await succeeds(`new linked.card ${DESK} --balance 700`);
    linkSync(desk.at('linked.card'), desk.at('linked.card.part'));
    expect(await succeeds(`new linked.card ${DESK} --balance 700`)).toContain('is finished');
    expect(existsSync(desk.at('linked.card.part'))).toBe(false);
    expect(await succeeds('show linked.card')).toContain(nameIn(made));
    expect(await refusal(`new linked.card ${DESK} --balance 700`)).toContain('not overwritten');
  });

  test('finishes an account that was opened on a card made before', async () => {
    const made = await succeeds('new early.card --keys issuer.keys');
    const blank = readFileSync(desk.at('early.card'));
    const opened = await succeeds(`new early.card ${DESK} --balance 300`);
    renameSync(desk.at('early.card'), desk.at('early.card.part'));
    writeFileSync(desk.at('early.card'), blank, { mode: 0o600 });
    const again = await succeeds(`new early.card ${DESK} --balance 300`);
    expect(again).toContain('balance 3.00; the card that was begun before is finished');
    expect([nameIn(again), waitingIn(again)]).toEqual([nameIn(made), waitingIn(opened)]);
    expect(await succeeds('show early.card --keys gate.keys')).toMatch(/balance +3\.00/);
    expect(existsSync(desk.at('early.card.part'))).toBe(false);
  });

  test('opens it anew where that was not recorded', async () => {
    const made = await succeeds('new unheard.card --keys issuer.keys');
    const blank = readFileSync(desk.at('unheard.card'));
    const open = 'new unheard.card --keys issuer.keys --terminal 903 --journal heard.card --balance 300';
    await succeeds(open);
    renameSync(desk.at('unheard.card'), desk.at('unheard.card.part'));
    writeFileSync(desk.at('unheard.card'), blank, { mode: 0o600 });
    rmSync(desk.at('heard.card'), { recursive: true });
    const again = await succeeds(open);
    expect(again).toContain('record 903-1');
    expect(nameIn(again)).toBe(nameIn(made));
    expect(await succeeds('show unheard.card --keys gate.keys')).toMatch(/balance +3\.00/);
  });

  test('refuses what it cannot know: another desk, another card', async () => {
    await succeeds(`new stray.card ${DESK} --balance 700`);
    renameSync(desk.at('stray.card'), desk.at('stray.card.part'));
    const other = 'new stray.card --keys issuer.keys --terminal 902 --journal other.card --balance 700';
    expect(await refusal(other)).toMatch(/opened by terminal 900.*give the journal it was begun with/);
    expect(await refusal('new stray.card --keys issuer.keys')).toContain('a card with an account was begun');
    expect(await refusal(`new stray.card ${DESK} --balance 700 --uid 04000000000001`)).toContain('leave --uid');
    expect(await refusal('clone anna.card stray.card')).toContain('another card was begun under this name');
    await succeeds(`new stray.card ${DESK} --balance 700`);
  });
});

describe('tear', () => {
  test('at every exchange, before and after: who taps again has paid once', async () => {
    await succeeds(`new torn.card ${DESK} --balance 5000`);
    await succeeds(`tap torn.card ${GATE} --type debit --amount 100`);
    let balance = 4900;
    for (const [step, when, believed] of [
      ['select', 'before', 'refused: the card left'],
      ['get-value', 'after', 'refused: the card left'],
      ['debit', 'after', 'unsuccessful'],
      ['commit', 'before', 'unverified'],
      ['commit', 'after', 'unverified'],
    ]) {
      desk.now += 3_600_000;
      const torn = await succeeds(`tear torn.card ${GATE} --type debit --amount 100 --step ${step} --when ${when}`);
      expect(torn).toContain(`, ${step}\nterminal   ${believed}`);
      expect(balanceIn(torn)).toBe(step === 'commit' && when === 'after' ? balance - 100 : balance);
      balance -= 100;
      expect(balanceIn(await succeeds(`tap torn.card ${GATE} --type debit --amount 100`))).toBe(balance);
    }
  });

  test('in the middle of its own writes: committed or not, never half', async () => {
    await succeeds(`new cut-off.card ${DESK} --balance 5000`);
    let [committed, balance] = [0, 5000];
    for (let writes = 0; ; writes += 3) {
      desk.now += 3_600_000;
      const torn = await desk.card(`tear cut-off.card ${GATE} --type debit --amount 100 --after-writes ${writes}`);
      balance = balanceIn(torn.stdout);
      if (torn.status === 1) {
        expect(torn.stderr).toContain('nothing was torn');
        break;
      }
      expect(torn.stdout).toMatch(/middle of its own writes\nterminal +unverified/);
      if (torn.stdout.includes('card       committed')) committed += 1;
      expect(writes).toBeLessThan(40);
    }
    expect(committed).toBeGreaterThan(0);
    // What was committed, and the tap that nothing tore.
    expect(balance).toBe(5000 - 100 * (committed + 1));
  });

  test('with a part of the answer', async () => {
    desk.now += 3_600_000;
    const torn = await succeeds(`tear anna.card ${GATE} ${DEBIT} --step commit --when after --keep-bytes 21`);
    expect(torn).toMatch(/unverified.*\ncard +committed/);
  });
});

describe('a card that another process holds', () => {
  test('is looked at, tapped and copied by nobody', async () => {
    const held = CardFile.open(desk.at('anna.card'));
    for (const text of ['show anna.card', `tap anna.card ${GATE} ${DEBIT}`, 'clone anna.card copy.card']) {
      expect(await refusal(text)).toContain('holds this card; pull it away there first');
    }
    held.close();
    await succeeds('show anna.card');
  });

  test('and one that is being made, by nobody else', async () => {
    const held = CardFile.create(desk.at('being-made.card.part'));
    expect(await refusal(`new being-made.card ${DESK} --balance 1`)).toContain('holds this card');
    held.close();
    await succeeds(`new being-made.card ${DESK} --balance 1`);
  });
});

test('a file that was cut while it was made is no loss', async () => {
  writeFileSync(desk.at('short.card.part'), new Uint8Array(4096));
  await succeeds(`new short.card ${DESK} --balance 1`);
});

test('a refill where the key is', async () => {
  desk.now += 3_600_000;
  const REFILL = '--keys refill.keys --terminal 30 --journal refill-desk --type refill';
  expect(await succeeds(`tap anna.card ${REFILL} --amount 500`)).toMatch(/refill of 5\.00[\s\S]*successful/);
  const { status, stdout } = await desk.card(`tap anna.card ${REFILL} --amount 49000`);
  expect([status, stdout]).toEqual([2, expect.stringContaining('refused: the balance would be above')]);
});
