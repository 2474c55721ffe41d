/** `retap serve` as its operator runs it: by TLS, watched, stopped in the middle; and what it refuses to be. */
import { rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import path from 'node:path';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { selfSigned } from '../../apps/central/test/listening/self-signed.ts';
import { batchOf, open } from '../../apps/central/test/records.ts';
import { inTransaction } from '../../packages/central/test/database.ts';
import { folderOf, type Running, retap, startRetap } from './retap.ts';

const TLS = ['--tls-certificate', 'centre.pem', '--tls-key', 'centre.key'];
const made = selfSigned('centre', Date.UTC(2034, 0, 1));

let postgres: TestPostgres;
let database: string;
let cwd: string;
let centre: Running;
let url: string;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  cwd = folderOf({ 'centre.pem': made.certificate, 'centre.key': made.key });
  const args = ['serve', '--database', database, '--port', '0', '--metrics-port', '0', ...TLS];
  centre = startRetap(args, { cwd });
  url = (await centre.printed(/https:\/\/127\.0\.0\.1:\d+/))[0];
});
afterAll(async () => {
  await centre?.stop('SIGKILL');
  await postgres?.stop();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

function ask(where: string, body?: Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { method: body ? 'POST' : 'GET', ca: made.certificate, agent: false, headers };
    const asked = request(url + where, options, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (piece) => {
        text += piece;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    asked.on('error', reject).end(body);
  });
}
const upload = (serial: number): Promise<Answer> =>
  ask('/batches', batchOf([open(1, serial, `M${serial}`, 1, 500)]), { 'content-type': 'application/json' });

describe('a centre that is watched', () => {
  test('takes a batch by TLS, says that it is ready, and tells browsers to come by TLS only', async () => {
    expect((await upload(1)).status).toBe(200);
    const ready = await ask('/ready');
    expect([ready.status, ready.headers['strict-transport-security']]).toEqual([200, 'max-age=31536000']);
    expect(ready.headers['retap-request']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('tells of it on the port for metrics, of which strangers know nothing', async () => {
    const [, metrics = ''] = await centre.printed(/Metrics: (http:\/\/127\.0\.0\.1:\d+\/metrics)/);
    const text = await (await fetch(metrics)).text();
    expect(text).toMatch(/^retap_batches_acknowledged_total\{form="batch"\} 1$/m);
    expect(text).toMatch(/^retap_certificate_expiry_seconds 2019686400$/m);
    expect(text).toMatch(/^retap_build_info\{version="\d+\.\d+\.\d+",node="v\d+/m);
    expect((await ask('/metrics')).status).toBe(403);
  });

  test('keeps a name of a request, and nothing of what is secret, in its log; stopped in the middle, it answers first', async () => {
    const secrets = { authorization: 'Bearer topsecret', cookie: '__Host-retap=topsecret' };
    await ask('/media/topsecret?code=topsecret', undefined, secrets);
    await ask('/sign-in/topsecret', undefined, secrets);
    const letGo = await inTransaction(database, 'select from progress for update');
    const underWay = upload(2);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const stopped = centre.stop('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    await letGo();
    const { status } = await underWay;
    const { status: ended, stderr } = await stopped;
    expect([status, ended]).toEqual([200, 0]);
    const lines = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const requests = lines.filter(({ event }) => event === 'request');
    expect(requests).toContainEqual(
      expect.objectContaining({ route: '/media/{medium}', client: '127.0.0.1', caller: null }),
    );
    for (const { requestId } of requests) expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(stderr).not.toContain('topsecret');
    expect(lines.at(-1)).toMatchObject({ event: 'stopped' });
  });
});

describe('what it is told to do and cannot, it says in one line', () => {
  const refusal = async (...args: string[]): Promise<string> => {
    const { status, stderr } = await retap(['serve', '--database', database, '--port', '0', ...args], { cwd });
    expect(status).toBe(1);
    const said = stderr.split('\n').find((line) => line.startsWith('retap: '));
    return said ?? stderr;
  };

  test('a certificate without its key', async () => {
    expect(await refusal('--tls-certificate', 'centre.pem')).toContain('--tls-key FILE');
  });

  test('a key of another certificate', async () => {
    const other = path.join(cwd, 'other.key');
    writeFileSync(other, selfSigned('other', Date.UTC(2034, 0, 1)).key);
    expect(await refusal('--tls-certificate', 'centre.pem', '--tls-key', 'other.key')).toContain('is not the key of');
    rmSync(other);
  });

  test('to let others reach it in plain HTTP, where people would sign in', async () => {
    const enrolled = await postgres.createDatabase();
    const env = { RETAP_IDENTITY_PASSPHRASE: 'of the centre', DATABASE_URL: enrolled };
    const made = await retap(['init', '--identity', 'other.identity', '--administrator', 'ana'], { cwd, env });
    expect(made.status).toBe(0);
    const open = ['serve', '--port', '0', '--host', '0.0.0.0', '--identity', 'other.identity'];
    const { status, stderr } = await retap(open, { cwd, env });
    expect(status).toBe(1);
    expect(stderr).toContain('--plain-http');
  });

  test('a proxy that is no address', async () => {
    expect(await refusal('--trust-proxy', '127.0.0.1,proxy.example')).toContain('"proxy.example" is no range');
  });
});
