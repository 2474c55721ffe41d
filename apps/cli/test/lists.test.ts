import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { openCentral } from '@retap/central';
import { createIdentity, verifySignature } from '@retap/keys';
import { encodeHeldLists, openList } from '@retap/protocol';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { explain } from '../src/failure.ts';
import { addLists } from '../src/lists.ts';
import type { Shell } from '../src/shell.ts';

const PASSPHRASE = 'correct horse battery staple';
const NOW = Date.parse('2026-05-30T12:00:00Z');
const folder = mkdtempSync(path.join(tmpdir(), 'retap-lists-'));
const database = path.join(folder, 'central');
let centre: Uint8Array;
let now = NOW;

beforeAll(async () => {
  for (const name of ['centre', 'other']) {
    const identity = await createIdentity(path.join(folder, `${name}.identity`), PASSPHRASE, randomBytes);
    if (name === 'centre') centre = Uint8Array.from(identity.publicKey);
    identity.close();
  }
  const central = await openCentral({ database, now: () => NOW });
  await central.registry.settle({ admission: 'enrolled', centre, licenceMs: 86_400_000 });
  await central.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `retap lists …` in this process; names that end in .identity or .json are files of the folder. */
async function lists(...words: string[]): Promise<{ out: string; error: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const env = { RETAP_IDENTITY_PASSPHRASE: PASSPHRASE, DATABASE_URL: database };
  const interrupted = new AbortController().signal;
  const shell: Shell = { env, stdin, stdout, stderr, now: () => now, elapsed: () => 0, interrupted };
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => stderr.write(text) });
  addLists(program, shell, () => {});
  const args = words.map((word) => (/\.(identity|json)$/.test(word) ? path.join(folder, word) : word));
  try {
    await program.parseAsync(['lists', ...args], { from: 'user' });
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.startsWith('commander.')) stderr.write(explain(error, false));
  }
  return { out: String(stdout.read() ?? ''), error: String(stderr.read() ?? '') };
}

const publish = (...more: string[]) => lists('publish', '--identity', 'centre.identity', ...more);

describe('retap lists', () => {
  test('deny: a medium is denied once, and served again once', async () => {
    expect((await lists('deny', 'add', 'M1', '--why', 'stolen')).out).toContain('medium M1 is on the deny list');
    expect((await lists('deny', 'add', 'M1', '--why', 'stolen')).error).toContain('denied already');
    await lists('deny', 'add', 'M2', '--why', 'lost');
    expect((await lists('deny', 'remove', 'M2', '--why', 'found')).out).toContain('off the deny list');
    expect((await lists('deny', 'remove', 'M2', '--why', 'found')).error).toContain('is not denied');
    expect((await lists('deny', 'add', 'M 1', '--why', 'x')).error).toContain('Give 1 to 64 characters');
    expect((await lists('deny', 'add', 'M3')).error).toContain("required option '--why <TEXT>' not specified");
  });

  test.each([
    [['--kind', 'refund'], '--amount is missing'],
    [['--kind', 'block', '--amount', '5'], '--amount: a block has none'],
    [['--kind', 'product'], '--product is missing'],
    [['--kind', 'refund', '--amount', '5', '--product', 'month'], '--product: a refund has none'],
    [['--kind', 'block', '--max-uses', '2'], 'name it by --product'],
    [['--kind', 'refund', '--amount', '0'], 'no terminal could carry that out'],
    [['--kind', 'product', '--product', 'a month'], 'no terminal could carry that out'],
    [['--kind', 'give'], 'Allowed choices are refill, refund, product, block, unblock'],
  ])('action add M1 %j is refused, and orders nothing', async (words, message) => {
    expect((await lists('action', 'add', 'M1', ...words, '--why', 'x')).error).toContain(message);
  });

  test('actions are numbered per medium and wait for the next tap', async () => {
    const add = (...words: string[]) => lists('action', 'add', ...words, '--why', 'complaint 12');
    // Number 1: nothing of what was refused was ordered.
    expect((await add('M1', '--kind', 'refund', '--amount', '130')).out).toContain('refund, number 1, waits');
    const until = ['--valid-until', '2026-07-01', '--max-uses', '10'];
    expect((await add('M1', '--kind', 'product', '--product', 'month', ...until)).out).toContain('number 2');
    expect((await lists('show', 'actions')).out.split('\n').slice(2, 4)).toEqual([
      'M1           1  refund   1.30                                            waits for the next tap',
      'M1           2  product  month, until 2026-07-01T00:00:00.000Z, 10 uses  waits for the next tap',
    ]);
  });

  test.each([
    ['{ "dayTaps": 2 }', 'no limit is called "dayTaps"'],
    ['{ "dayTapsMax": -2 }', 'dayTapsMax: give a whole number'],
    ['{ "unsentAgeMax": 5 }', 'unsentAgeMax: give a duration'],
    ['{ "minimumBalance": 5, "maximumBalance": 4 }', 'maximumBalance must not be below minimumBalance'],
    ['[]', 'give one JSON object'],
    ['{', 'it is not JSON'],
  ])('limits of %s are refused', async (content, message) => {
    writeFileSync(path.join(folder, 'limits.json'), content);
    expect((await lists('limits', 'set', 'limits.json', '--why', 'x')).error).toContain(message);
  });

  test('tariff: a file with faults is refused with the place of each, and one that is right is shown as a person reads it', async () => {
    const example = readFileSync(new URL('../examples/tariff.json', import.meta.url), 'utf8');
    const file = path.join(folder, 'tariff.json');
    writeFileSync(file, example.replace('"amount": 130', '"amount": 1.3').replace('"EUR"', '"€"'));
    const refused = await lists('tariff', 'set', 'tariff.json', '--why', 'x');
    expect(refused.error.split('\n').filter((line) => line !== '')).toEqual([
      expect.stringContaining('tariff.json: tariffs[0].currency: give a currency by its ISO 4217 code'),
      expect.stringContaining('tariff.json: tariffs[0].fares.ride.amount: give whole minor units'),
    ]);
    expect((await lists('show', 'tariff')).out).toBe('tariff: not published\n');
    writeFileSync(file, example);
    expect((await lists('tariff', 'set', 'tariff.json', '--why', 'city council')).out).toBe(
      "the tariff is set, the next one from 2026-12-31T23:00:00.000Z on; 'retap lists publish' tells the terminals\n",
    );
    expect((await lists('tariff', 'set', 'tariff.json', '--why', 'again')).out).toContain('were the same');
    const { out } = await lists('show', 'tariff');
    expect(out).toContain('\n  from 2025-12-31T23:00:00.000Z, EUR, in force\n    fare night-ride: 2.50, Night ride\n');
    expect(out).toContain('\n    product month: 37.00, Monthly pass, for 30 d\n');
    expect(out).toContain('\n    validator 301, 302, 303: 1 (default) night-ride\n');
    expect(out).toContain('\n  from 2026-12-31T23:00:00.000Z, EUR, to come\n');
    expect((await lists('show', 'tariff', '--history')).out).toMatch(
      /set +from 2025-12-31T23:00:00.000Z, from 2026-12-31T23:00:00.000Z .* city council\n$/,
    );
  });

  test('publish signs what has changed by the key of this centre, and says what stands', async () => {
    expect((await lists('publish', '--identity', 'other.identity')).error).toContain(
      "name the file that 'retap init' made",
    );
    writeFileSync(path.join(folder, 'limits.json'), '{ "unsentAgeMax": "3d" }');
    await lists('limits', 'set', 'limits.json', '--why', 'winter');
    expect((await publish()).out).toBe(
      'deny: version 1, published, valid until 2026-06-06T12:00:00.000Z\n' +
        'actions: version 1, published, valid until 2026-06-06T12:00:00.000Z\n' +
        'limits: version 1, published, valid until 2026-06-06T12:00:00.000Z\n' +
        'tariff: version 1, published, valid until 2026-06-06T12:00:00.000Z\n',
    );
    expect((await publish('deny')).out).toBe('deny: version 1, unchanged, valid until 2026-06-06T12:00:00.000Z\n');
    const central = await openCentral({ database, now: () => NOW });
    const { list, toBeSigned, signature } = openList((await central.lists.newest('limits'))!.document);
    await central.close();
    expect(list.entries).toEqual({ unsentAgeMax: 259_200_000 });
    expect(verifySignature(centre, toBeSigned, signature)).toBe(true);
  });

  test('show says what is not published yet, and who changed what', async () => {
    await lists('deny', 'add', 'M4', '--why', 'lost');
    expect((await lists('show', 'deny', 'limits')).out).toBe(
      'deny: version 1 of 2026-05-30T12:00:00.000Z, valid until 2026-06-06T12:00:00.000Z; changed since, not published\n' +
        '  M1\n  M4\n\n' +
        'limits: version 1 of 2026-05-30T12:00:00.000Z, valid until 2026-06-06T12:00:00.000Z\n  unsentAgeMax  259200000\n',
    );
    const { out } = await lists('show', 'deny', '--history');
    expect(out).toMatch(/added +M1 .* stolen\n.*added +M2 .* lost\n.*removed +M2 .* found\n.*added +M4 .* lost/);
  });
});

test('retap lists status says who is behind, by how much and for how long', async () => {
  expect((await lists('status')).out).toBe(
    'terminal  deny  actions  limits  tariff  last said  behind with\n' +
      'newest       1        1       1       1\n\nterminals behind: 0 of 0\n',
  );
  const central = await openCentral({ database, now: () => NOW - 7_200_000, verifySignature: () => true });
  const invitation = { terminal: 17, codeDigest: Uint8Array.of(1), validMs: 1_000 };
  const reason = { who: '', why: '' };
  await central.registry.invite({ ...invitation, as: { role: 'gate', name: '' } }, reason);
  const key = { publicKey: new Uint8Array(32), signature: new Uint8Array(64), toBeSigned: new Uint8Array(1) };
  await central.registry.enrol({ codeDigest: invitation.codeDigest, ...key });
  const statement = { terminal: 17, saidAt: NOW, versions: { deny: 0, actions: 1, limits: 1, tariff: 1 } };
  await central.lists.acknowledge(await encodeHeldLists(statement, () => new Uint8Array(64)));
  await central.close();
  now = NOW + 3 * 3_600_000;
  expect((await lists('status')).out).toContain(
    '17           -        1       1       1  2026-05-30T10:00:00.000Z  deny by 1 for 3 h\n\nterminals behind: 1 of 1\n',
  );
  const { newest, terminals } = JSON.parse((await lists('status', '--format', 'json')).out);
  expect(newest.tariff).toEqual({ version: 1, issuedAt: NOW, expiresAt: NOW + 7 * 86_400_000 });
  expect(terminals).toMatchObject([{ terminal: 17, behind: { deny: { versions: 1, since: NOW } } }]);
});
