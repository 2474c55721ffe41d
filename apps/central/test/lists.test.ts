import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { encodeHeldLists, openDelta, openList } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { auditing } from './people/signed-in.ts';
import { START } from './records.ts';

const CENTRE = generateKeyPairSync('ed25519').privateKey;
const DEVICE = generateKeyPairSync('ed25519').privateKey;
const devicePublicKey = Uint8Array.from(createPublicKey(DEVICE).export({ format: 'der', type: 'spki' }).subarray(12));
const REASON = { who: 'ana', why: 'reported stolen' };
const PUBLICATION = { sign: (bytes: Uint8Array) => sign(null, bytes, CENTRE), validMs: 86_400_000 };

let central: Central;
let service: Service;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => START, verifySignature });
  await central.registry.settle({ admission: 'enrolled', centre: new Uint8Array(32), licenceMs: 86_400_000 });
  const codeDigest = createHash('sha256').update('code').digest();
  await central.registry.invite({ terminal: 17, codeDigest, validMs: 1_000, as: { role: 'gate', name: '' } }, REASON);
  const toBeSigned = Uint8Array.of(1);
  const signature = sign(null, toBeSigned, DEVICE);
  await central.registry.enrol({ codeDigest, publicKey: devicePublicKey, signature, toBeSigned });
  service = await startService({ central, now: () => START, port: 0, log: () => {} });
});

afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const ask = (path: string, options: RequestInit = {}): Promise<Response> => fetch(service.url + path, options);
const said = async (answer: Response): Promise<unknown[]> => [
  answer.status,
  ((await answer.json()) as { code?: string }).code,
];

describe('GET /lists/…', () => {
  test('knows its three lists, and says which of them has no version', async () => {
    expect(await said(await ask('/lists/deny'))).toEqual([404, 'list-unpublished']);
    const asIfHeld = await ask('/lists/deny', { headers: { 'if-none-match': '"1"' } });
    expect(await said(asIfHeld)).toEqual([404, 'list-unpublished']);
    expect(await said(await ask('/lists/tariffs'))).toEqual([404, 'list-unknown']);
    expect(await said(await ask('/lists/deny', { method: 'DELETE' }))).toEqual([405, 'method-unknown']);
  });

  test('gives the newest version, and nothing to who has it', async () => {
    await central.lists.deny('M1', REASON);
    await central.lists.publish('deny', PUBLICATION);
    const first = await ask('/lists/deny');
    expect([first.status, first.headers.get('etag'), first.headers.get('cache-control')]).toEqual([
      200,
      '"1"',
      'no-cache',
    ]);
    expect(first.headers.get('content-type')).toBe('application/cose; cose-type="cose-sign1"');
    const again = await ask('/lists/deny', { headers: { 'if-none-match': '"1"' } });
    expect([again.status, (await again.arrayBuffer()).byteLength]).toEqual([304, 0]);
    expect(again.headers.get('etag')).toBe('"1"');
    await central.lists.deny('M2', REASON);
    await central.lists.publish('deny', PUBLICATION);
    const second = await ask('/lists/deny', { headers: { 'if-none-match': '"1"' } });
    expect([second.status, second.headers.get('etag')]).toEqual([200, '"2"']);
    expect(openList(new Uint8Array(await second.arrayBuffer())).list).toMatchObject({
      version: 2,
      entries: ['M1', 'M2'],
    });
  });
});

describe('GET /lists/…?from=', () => {
  beforeAll(async () => {
    for (let number = 0; number < 80; number += 1) await central.lists.deny(`LONG-NAME-${number}`, REASON);
    await central.lists.publish('deny', PUBLICATION);
    await central.lists.deny('M3', REASON);
    await central.lists.publish('deny', PUBLICATION);
  });

  test('gives the difference to the newest version, under its own content type', async () => {
    const answer = await ask('/lists/deny?from=3', { headers: { 'if-none-match': '"3"' } });
    expect([answer.status, answer.headers.get('etag'), answer.headers.get('cache-control')]).toEqual([
      ...[200, '"4"', 'no-cache'],
    ]);
    expect(answer.headers.get('content-type')).toBe('application/vnd.retap.list-delta+cose');
    const { delta } = openDelta(new Uint8Array(await answer.arrayBuffer()));
    expect(delta).toMatchObject({ kind: 'deny', from: 3, version: 4, removed: [], added: ['M3'] });
  });

  test('gives the whole list where there is no difference, and nothing to who has the newest', async () => {
    for (const from of ['4', '5', '2147483647']) {
      const answer = await ask(`/lists/deny?from=${from}`);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        ...[200, 'application/cose; cose-type="cose-sign1"'],
      ]);
      await answer.body?.cancel();
    }
    expect((await ask('/lists/deny?from=4', { headers: { 'if-none-match': '"4"' } })).status).toBe(304);
    expect(await said(await ask('/lists/limits?from=1'))).toEqual([404, 'list-unpublished']);
  });

  test.each(['0', '-1', '1.5', 'x', '1e99'])('of what is no version (%s) is no question', async (from) => {
    expect(await said(await ask(`/lists/deny?from=${from}`))).toEqual([400, 'question-malformed']);
  });
});

describe('POST /lists/held', () => {
  const say = async (key: typeof DEVICE, terminal: number): Promise<Response> => {
    const statement = { terminal, saidAt: START, versions: { deny: 2, actions: 0, limits: 0, tariff: 0 } };
    return ask('/lists/held', {
      method: 'POST',
      body: await encodeHeldLists(statement, (bytes) => sign(null, bytes, key)),
    });
  };

  test('is kept where the terminal itself says it', async () => {
    expect((await say(DEVICE, 17)).status).toBe(200);
    expect((await central.lists.status()).terminals[0]).toMatchObject({
      terminal: 17,
      versions: { deny: 2 },
      at: START,
    });
  });

  test('is refused from anybody else, with the reason, and counted', async () => {
    expect(await said(await say(CENTRE, 17))).toEqual([401, 'signature-invalid']);
    expect(await said(await say(DEVICE, 18))).toEqual([403, 'terminal-unknown']);
    expect(await said(await ask('/lists/held', { method: 'POST', body: 'x' }))).toEqual([400, 'held-lists-malformed']);
    expect(await said(await ask('/lists/held', { method: 'POST', body: 'x'.repeat(257) }))).toEqual([
      413,
      'body-too-large',
    ]);
    const { refused } = (await (await ask('/integrity', { headers: await auditing(central) })).json()) as {
      refused: Record<string, number>;
    };
    expect(refused).toEqual({ 'held-lists-malformed': 1, 'signature-invalid': 1, 'terminal-unknown': 1 });
  });
});

test('a centre that publishes by itself gives out what was denied, though nobody published it', async () => {
  const publicKey = Uint8Array.from(createPublicKey(CENTRE).export({ format: 'der', type: 'spki' }).subarray(12));
  const signer = { publicKey, sign: PUBLICATION.sign };
  const publishing = { everyMs: 20, validMs: 86_400_000 };
  const publisher = await startService({ central, now: () => START, port: 0, log: () => {}, signer, publishing });
  try {
    await central.lists.deny('M-BY-ITSELF', REASON);
    const denied = async (): Promise<unknown> => {
      const answer = await fetch(`${publisher.url}/lists/deny`);
      return openList(new Uint8Array(await answer.arrayBuffer())).list.entries;
    };
    await expect.poll(denied, { timeout: 10_000 }).toContain('M-BY-ITSELF');
  } finally {
    await publisher.stop();
  }
});
