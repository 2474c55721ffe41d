import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, parseReport, type Report } from './report.ts';
import { folderOf, retap, startRetap } from './retap.ts';

const OPEN =
  '{"terminal":1,"serial":1,"type":"open","medium":"M1","time":1000,"amount":500,"balance":500,"status":"successful"}';
const DEBIT =
  '{"terminal":2,"serial":1,"type":"debit","medium":"M1","time":2000,"lastTime":1000,"lastTerminal":1,"amount":-120,"balance":380,"status":"successful"}';
const LATER =
  '{"terminal":2,"serial":2,"type":"debit","medium":"M1","time":3000,"lastTime":2000,"lastTerminal":2,"amount":-80,"balance":300,"status":"successful"}';
const AS_OF = ['--as-of', '5000', '--format', 'json'];

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

interface Reconciled {
  readonly status: number | null;
  readonly stderr: string;
  readonly report: Report;
}

/** Each on an empty database of its own. */
async function reconcile(cwd: string, files: readonly string[], stdin: string | Uint8Array = ''): Promise<Reconciled> {
  const env = { DATABASE_URL: await postgres.createDatabase() };
  const { status, stdout, stderr } = await retap(['reconcile', ...files, ...AS_OF], { cwd, env, stdin });
  return { status, stderr, report: parseReport(stdout) };
}

const balanceOf = ({ accounts }: Report): number | undefined => accounts[0]?.balance;

describe('journals as they come', () => {
  test.each<[string, string | Uint8Array]>([
    ['plain', `${OPEN}\n${DEBIT}\n`],
    ['without an end of the last line', `${OPEN}\n${DEBIT}`],
    ['with blank lines', `\n${OPEN}\n\n  \n${DEBIT}\n\n`],
    ['with CRLF', `${OPEN}\r\n${DEBIT}\r\n`],
    ['with a byte-order mark', `\ufeff${OPEN}\n${DEBIT}\n`],
    ['gzip', gzipSync(`${OPEN}\n${DEBIT}\n`)],
    ['gzip of two members', Buffer.concat([gzipSync(`${OPEN}\n`), gzipSync(`${DEBIT}\n`)])],
    ['gzip with a byte-order mark and CRLF', gzipSync(`\ufeff${OPEN}\r\n${DEBIT}\r\n`)],
  ])('%s', async (_form, content) => {
    const { status, stderr, report } = await reconcile(folderOf({ journal: content }), ['journal']);
    expect({ status, stderr, rejected: report.rejected }).toEqual({ status: 0, stderr: '', rejected: [] });
    expect([balanceOf(report), report.transactions.length]).toEqual([380, 1]);
  });

  test('a last line cut off is rejected with file, line and reason; the rest counts', async () => {
    const folder = folderOf({ 'a.ndjson': `${OPEN}\n\n${DEBIT}\n${LATER.slice(0, 60)}` });
    const { status, report } = await reconcile(folder, ['./a.ndjson']);
    expect(status).toBe(2);
    expect(report.rejected).toEqual([{ file: './a.ndjson', line: 4, reason: expect.stringMatching(/\w{3}/) }]);
    expect(balanceOf(report)).toBe(380);
  });

  test('a line that is no record spoils no other', async () => {
    const bad = DEBIT.replace('"amount":-120', '"amount":-1.5');
    const folder = folderOf({ a: `${bad}\n${OPEN}\nnonsense\n${DEBIT}` });
    const { status, report } = await reconcile(folder, ['a']);
    expect([status, report.rejected.map(({ line }) => line), balanceOf(report)]).toEqual([2, [1, 3], 380]);
    expect(report.rejected[0]?.reason).toContain('amount');
  });

  test.each([
    ['when no file is named', []],
    ['as -', ['-']],
  ])('standard input %s', async (_how, files) => {
    const { status, report } = await reconcile(folderOf(), files, gzipSync(`${OPEN}\nbad\n`));
    expect([status, balanceOf(report)]).toEqual([2, 500]);
    expect(report.rejected).toMatchObject([{ file: '-', line: 2 }]);
  });

  test('several files that overlap, in any order: each record counts once', async () => {
    const folder = folderOf({ a: `${OPEN}\n${DEBIT}\n`, b: gzipSync(`${DEBIT}\n${LATER}\n`) });
    const forward = await reconcile(folder, ['a', 'b']);
    const backward = await reconcile(folder, ['b', '-', 'a'], `${OPEN}\n`);
    expect([forward.status, balanceOf(forward.report)]).toEqual([0, 300]);
    expect(comparable(backward.report)).toEqual(comparable(forward.report));
  });

  test('an empty journal is no fault', async () => {
    const { status, report } = await reconcile(folderOf({ empty: '' }), ['empty']);
    expect({ status, ...report }).toEqual({
      status: 0,
      asOf: 5000,
      accounts: [],
      transactions: [],
      alerts: [],
      rejected: [],
    });
  });
});

describe('a journal that cannot be read: a message, no report, status 1', () => {
  test('each is named; the readable ones are not complained of', async () => {
    const folder = folderOf({ good: OPEN });
    mkdirSync(path.join(folder, 'folder'));
    const { status, stdout, stderr } = await retap(['reconcile', 'folder', 'good', 'missing', ...AS_OF], {
      cwd: folder,
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/folder: is a directory/);
    expect(stderr).toMatch(/missing: no such file/);
    expect(stderr).not.toMatch(/good: /);
    expect(stderr).not.toMatch(/ at .*:\d+/);
  });

  test('gzip that breaks off in the middle', async () => {
    const whole = gzipSync(Array.from({ length: 500 }, (_, i) => OPEN.replaceAll('M1', `M${i}`)).join('\n'));
    const folder = folderOf({ 'a.gz': whole.subarray(0, whole.length - 30) });
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const { status, stdout, stderr } = await retap(['reconcile', 'a.gz', ...AS_OF], { cwd: folder, env });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/a\.gz: .*gzip/);
  });
});

describe('--database', () => {
  test('a second run over the same files changes nothing; the report covers all that was received', async () => {
    const folder = folderOf({ a: `${OPEN}\n${DEBIT}\n`, b: `${LATER}\n` });
    const database = await postgres.createDatabase();
    const run = async (...files: string[]) =>
      retap(['reconcile', ...files, '--database', database, ...AS_OF], { cwd: folder });
    const first = await run('a', 'b');
    const second = await run('a', 'b');
    const part = await run('b');
    expect([first.status, second.status, part.status]).toEqual([0, 0, 0]);
    expect([second.stdout, part.stdout]).toEqual([first.stdout, first.stdout]);
  });

  test('keeps its clock tolerance: another is refused in words', async () => {
    const database = await postgres.createDatabase();
    const run = (...args: string[]) => retap(['reconcile', '--database', database, ...args, ...AS_OF], { stdin: OPEN });
    expect((await run('--clock-tolerance', '30s')).status).toBe(0);
    expect((await run()).status).toBe(0);
    expect((await run('--clock-tolerance', '30000ms')).status).toBe(0);
    const refused = await run('--clock-tolerance', '2m');
    expect([refused.status, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/tolerance/);
  });

  test('a directory works as PostgreSQL does, and keeps what it received', async () => {
    const folder = folderOf({ a: `${OPEN}\n`, b: `${DEBIT}\n` });
    const run = (file: string) => retap(['reconcile', file, '--database', 'kept', ...AS_OF], { cwd: folder });
    expect((await run('a')).status).toBe(0);
    const second = await run('b');
    expect(balanceOf(parseReport(second.stdout))).toBe(380);
  });

  test('one that does not answer: a message without the password, status 1', async () => {
    const { status, stdout, stderr } = await retap(
      ['reconcile', '--database', 'postgres://u:s3cret@127.0.0.1:1/none', ...AS_OF],
      { stdin: OPEN },
    );
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain('127.0.0.1:1');
    expect(stderr).not.toContain('s3cret');
  });
});

describe('lateness and limits', () => {
  test('are those of the options', async () => {
    const lost = DEBIT.replace('"lastTime":1000', '"lastTime":1500');
    const run = async (...args: string[]) => {
      const env = { DATABASE_URL: await postgres.createDatabase() };
      const { stdout } = await retap(['reconcile', '--format', 'json', ...args], { env, stdin: `${OPEN}\n${lost}\n` });
      return parseReport(stdout).alerts.map((alert) => (alert as { kind: string }).kind);
    };
    expect(await run('--as-of', '1970-01-01T00:00:05')).toEqual([]);
    expect(await run('--as-of', '1970-01-01T01:00:05+01:00', '--max-delay', '1s')).toEqual(['missing-transaction']);
    expect(await run('--as-of', '5000', '--minimum-balance', '400')).toEqual(['invalid-amount']);
  });
});

describe('--output', () => {
  test('has the whole report, and nothing else is left beside it', async () => {
    const folder = folderOf({ a: `${OPEN}\n`, 'report.json': 'old' });
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const { status, stdout } = await retap(['reconcile', 'a', ...AS_OF, '--output', 'report.json'], {
      cwd: folder,
      env,
    });
    expect([status, stdout]).toEqual([0, '']);
    expect(balanceOf(parseReport(readFileSync(path.join(folder, 'report.json'), 'utf8')))).toBe(500);
    expect(readdirSync(folder).sort()).toEqual(['a', 'report.json']);
  });

  test('that cannot be written is refused before anything is read', async () => {
    const database = await postgres.createDatabase();
    const folder = folderOf({ a: OPEN });
    const args = ['reconcile', 'a', '--database', database, ...AS_OF];
    const { status, stderr } = await retap([...args, '--output', 'nowhere/report.json'], { cwd: folder });
    expect(status).toBe(1);
    expect(stderr).toMatch(/--output nowhere\/report\.json: its directory does not exist/);
    const after = await retap(['reconcile', '--database', database, ...AS_OF], { cwd: folder });
    expect(parseReport(after.stdout).accounts).toEqual([]);
  });

  test('an old report stands when the new one could not be made', async () => {
    const folder = folderOf({ 'report.json': 'old' });
    const { status } = await retap(['reconcile', 'missing', ...AS_OF, '--output', 'report.json'], { cwd: folder });
    expect(status).toBe(1);
    expect(readFileSync(path.join(folder, 'report.json'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['report.json']);
  });
});

describe('the text report', () => {
  test('says what is wrong first, then what is open, what was rejected, and what there is', async () => {
    const clone = LATER.replace('"lastTime":2000,"lastTerminal":2', '"lastTime":1000,"lastTerminal":1').replace(
      '"balance":300',
      '"balance":420',
    );
    const doubt = LATER.replace('"serial":2', '"serial":3')
      .replace('"time":3000,"lastTime":2000', '"time":4000,"lastTime":3000')
      .replace('"balance":300', '"balance":340')
      .replace('successful', 'unverified');
    const env = { DATABASE_URL: await postgres.createDatabase() };
    const stdin = [OPEN, DEBIT, clone, doubt, 'nonsense'].join('\n');
    const { status, stdout } = await retap(['reconcile', '--as-of', '5000'], { env, stdin });
    expect(status).toBe(2);
    const order = [
      'ALERTS: 1',
      'Cloned medium: 1',
      'OPEN QUESTIONS',
      'In doubt: 1',
      'REJECTED LINES: 1',
      'TOTALS',
      'ACCOUNTS: 1',
    ];
    expect(order.filter((text) => !stdout.includes(text))).toEqual([]);
    const places = order.map((text) => stdout.indexOf(text));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(stdout).toContain('1970-01-01T00:00:05.000Z');
    expect(stdout).toMatch(/M1 +4\.20 /);
  });
});

describe('options that make no sense', () => {
  test.each([
    [['reconcile', '--as-of', 'tomorrow'], '--as-of'],
    [['reconcile', '--as-of', '2026-02-30'], '--as-of'],
    [['reconcile', '--max-delay', '3 days'], '--max-delay'],
    [['reconcile', '--clock-tolerance', '-1s'], '--clock-tolerance'],
    [['reconcile', '--minimum-balance', '1.5'], '--minimum-balance'],
    [['reconcile', '--format', 'xml'], '--format'],
    [['reconcile', '--max-dela', '3d'], '--max-dela'],
    [['reconcile', '-', '-'], 'standard input'],
    [['reconcil'], 'reconcil'],
    [['serve', '--port', '70000'], '--port'],
    [['simulate', '--output', 'city', '--media', '0'], '--media'],
    [['simulate', '--media', '5'], '--output'],
    [['check'], 'no database'],
  ])('retap %j → status 1 and a message that names %s', async (args, name) => {
    const { status, stdout, stderr } = await retap(args);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toContain(name);
    expect(stderr).not.toMatch(/ at .*:\d+:\d+/);
  });
});

test('a reader that has gone ends the report quietly', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) =>
    OPEN.replace('M1', `M${index}`)
      .replace('"serial":1', `"serial":${index + 1}`)
      .replace('1000', `${1000 + index}`),
  );
  const folder = folderOf({ a: lines.join('\n') });
  const env = { DATABASE_URL: await postgres.createDatabase() };
  const running = startRetap(['reconcile', 'a', ...AS_OF], { cwd: folder, env });
  await running.printed(/accounts/);
  running.closeOutput();
  const { status, stderr } = await running.ended;
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test('Ctrl-C in the middle leaves no half of a report', async () => {
  const folder = folderOf({ 'report.json': 'old' });
  const env = { DATABASE_URL: await postgres.createDatabase() };
  const running = startRetap(['reconcile', '/dev/zero', ...AS_OF, '--output', 'report.json'], { cwd: folder, env });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const { status } = await running.stop();
  expect(status).not.toBe(0);
  expect(existsSync(path.join(folder, 'report.json'))).toBe(true);
  expect(readFileSync(path.join(folder, 'report.json'), 'utf8')).toBe('old');
});
