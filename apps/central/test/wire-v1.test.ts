/**
 * A terminal of the first version that enrolled and signed (N−1 for whatever comes next): its bytes, as that version made
 * them, are answered as that version's centre answered. More may be said than then, nothing less, and nothing else.
 *
 * The fixture was recorded by RETAP_RECORD_WIRE=1 with the code of that version, and is not recorded again: where this test
 * fails, terminals in the field would.
 */

import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  encodeBatch,
  encodeEnrolment,
  encodeHeldLists,
  encodeRenewal,
  encodeSignedPayload,
  enrolmentCode,
  enrolmentCodeBytes,
  enrolmentToBeSigned,
  formatRecord,
  renewalToBeSigned,
  signedBatch,
} from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';

interface Exchange {
  readonly name: string;
  readonly centre: 'enrolled' | 'open';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hexadecimal. */
  readonly body: string;
  readonly answer: { readonly status: number; readonly type: string | null; readonly body: string };
}

const FIXTURE = new URL('../../../tests/fixtures/wire-v1/exchanges.json', import.meta.url);
const isRecording = process.env.RETAP_RECORD_WIRE !== undefined;
const NOW = 1_772_432_106_669;
const LICENCE_MS = 86_400_000;
const TERMINAL = 17;
const COSE = 'application/cose; cose-type="cose-sign1"';
const CODE = enrolmentCode(Uint8Array.from({ length: 18 }, (_, at) => 11 * at));
const DIGEST = createHash('sha256').update(enrolmentCodeBytes(CODE)).digest();
const REASON = { who: 'ana', why: 'because' };

function identity(byte: number) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));
  return { publicKey, sign: (bytes: Uint8Array): Uint8Array => Uint8Array.from(sign(null, bytes, key)) };
}
const CENTRE = identity(1);
const DEVICE = identity(2);
const STRANGER = identity(3);

const journal: JournalRecord[] = Array.from({ length: 12 }, (_, at) => {
  const [serial, medium] = [at + 1, `04A1B2C3D4E5${80 + (at % 3)}`];
  const place = {
    terminal: TERMINAL,
    serial,
    medium,
    time: NOW - 60_000 + 1_000 * serial,
    status: 'successful',
  } as const;
  if (at < 3) return { ...place, type: 'open', amount: amountOf(2_000), balance: amountOf(2_000) };
  const use = Math.floor(at / 3);
  const before = { lastTime: place.time - 3_000, lastTerminal: TERMINAL, mediumSerial: use };
  return { ...place, ...before, type: 'debit', amount: amountOf(-130), balance: amountOf(2_000 - 130 * use) };
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').toUpperCase();
/** h(serial − 1) of the journal. */
const linkBefore = (serial: number): string =>
  journal
    .slice(0, serial - 1)
    .map(formatRecord)
    .reduce((link, line) => sha256(link + line), sha256(`retap journal${TERMINAL}`));

function batch(from: number, to: number, by = DEVICE, terminal = TERMINAL): Promise<Uint8Array> {
  const records = journal.slice(from - 1, to);
  return signedBatch(
    encodeSignedPayload({ terminal: TERMINAL, from, before: linkBefore(from), records }),
    terminal,
    by.sign,
  );
}

type Request = Omit<Exchange, 'answer' | 'body'> & { readonly body: Uint8Array };

async function requests(): Promise<Request[]> {
  const post = (name: string, path: string, type: string, body: Uint8Array, more = {}): Request => {
    const headers = { 'content-type': type, ...more };
    return { name, centre: 'enrolled', method: 'POST', path, headers, body };
  };
  const get = (name: string, path: string, headers = {}): Request => {
    return { name, centre: 'enrolled', method: 'GET', path, headers, body: new Uint8Array() };
  };
  const json = 'application/json';
  const enrolmentSignature = DEVICE.sign(enrolmentToBeSigned(DIGEST, DEVICE.publicKey));
  const enrolment = encodeEnrolment({ code: CODE, publicKey: DEVICE.publicKey, signature: enrolmentSignature });
  const renewal = (expiresAt: number, by = DEVICE) =>
    encodeRenewal({ terminal: TERMINAL, expiresAt, signature: by.sign(renewalToBeSigned(TERMINAL, expiresAt)) });
  const held = (by = DEVICE) =>
    encodeHeldLists(
      { terminal: TERMINAL, saidAt: NOW, versions: { deny: 1, actions: 0, limits: 0 } } as never,
      by.sign,
    );
  const flipped = (await batch(9, 10)).map((byte, at) => (at === 40 ? byte ^ 1 : byte));
  const records = [
    { ...journal[0], terminal: 7, serial: 1 },
    { ...journal[3], terminal: 7, serial: 2, lastTerminal: 7 },
  ];
  const unsigned = encodeBatch({ terminal: 7, from: 1, to: 2, records: records as JournalRecord[] });
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);
  const open = (name: string, body: Uint8Array, type = json): Request => {
    return { ...post(name, '/batches', type, body), centre: 'open' };
  };
  return [
    post('enrolment', '/enrolments', json, enrolment),
    post('enrolment again', '/enrolments', json, enrolment),
    post(
      'enrolment with a slip in the code',
      '/enrolments',
      json,
      text(new TextDecoder().decode(enrolment).replace(CODE, CODE.slice(0, -1) + (CODE.endsWith('0') ? '1' : '0'))),
    ),
    post('renewal', '/licences/renewal', json, renewal(NOW + LICENCE_MS)),
    post('renewal by another key', '/licences/renewal', json, renewal(NOW + LICENCE_MS, STRANGER)),
    post('signed batch', '/batches', COSE, await batch(1, 8), { 'retap-sent-at': String(NOW - 5) }),
    post('signed batch again', '/batches', COSE, await batch(1, 8)),
    post('signed batch that overlaps', '/batches', COSE, await batch(5, 10)),
    post('signed batch by another key', '/batches', COSE, await batch(11, 12, STRANGER)),
    post('signed batch of a terminal that nobody knows', '/batches', COSE, await batch(11, 12, STRANGER, 99)),
    post('signed batch with a bit flipped', '/batches', COSE, flipped),
    post('signed batch cut off', '/batches', COSE, (await batch(11, 12)).slice(0, -9)),
    post('signed batch without cose-type', '/batches', 'application/cose', await batch(11, 12)),
    post('unsigned batch where all must be signed', '/batches', json, unsigned),
    get('newest deny list', '/lists/deny'),
    get('deny list that is held', '/lists/deny', { 'if-none-match': '"1"' }),
    get('list that has no version', '/lists/limits'),
    post('lists held', '/lists/held', COSE, await held()),
    post('lists held by another key', '/lists/held', COSE, await held(STRANGER)),
    open('unsigned batch', unsigned),
    open('unsigned batch again', unsigned),
    open(
      'unsigned batch with a record that is none',
      text('{"terminal":8,"from":1,"to":1,"records":[{"terminal":8,"serial":1}]}'),
    ),
    open('unsigned batch cut off', unsigned.slice(0, -20)),
    open('batch of a type that nobody knows', unsigned, 'text/plain'),
  ];
}

const centres = new Map<Exchange['centre'], { readonly central: Central; readonly service: Service }>();

beforeAll(async () => {
  for (const kind of ['enrolled', 'open'] as const) {
    const central = await openCentral({ database: embeddedDirectory(), now: () => NOW, verifySignature });
    const isEnrolled = kind === 'enrolled';
    await central.registry.settle({
      admission: kind,
      centre: isEnrolled ? CENTRE.publicKey : null,
      licenceMs: LICENCE_MS,
    } as never);
    if (isEnrolled) {
      await central.registry.invite(
        { terminal: TERMINAL, codeDigest: DIGEST, validMs: 1_000, as: { role: 'gate', name: 'north' } },
        REASON,
      );
      await central.lists.deny('04A1B2C3D4E599', REASON);
      await central.lists.publish('deny', { sign: CENTRE.sign, validMs: LICENCE_MS } as never);
    }
    const signer = isEnrolled ? { signer: CENTRE } : {};
    const service = await startService({ central, now: () => NOW, port: 0, log: () => {}, ...signer } as never);
    centres.set(kind, { central, service });
  }
});
afterAll(async () => {
  for (const { central, service } of centres.values()) {
    await service.stop();
    await central.close();
  }
});

async function answered(request: Omit<Exchange, 'answer'>): Promise<Exchange['answer']> {
  const { centre, method, path, headers, body } = request;
  const url = centres.get(centre)?.service.url;
  const sent = method === 'GET' ? {} : { body: Buffer.from(body, 'hex') };
  const answer = await fetch(`${url}${path}`, { method, headers, ...sent });
  const type = answer.headers.get('content-type');
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type, body: type === 'application/json' ? bytes.toString() : bytes.toString('hex') };
}

/** What programs go by: all but the sentence for people. */
function meant({ status, type, body }: Exchange['answer']): object {
  if (type !== 'application/json') return { status, type, body };
  const { message: _, ...rest } = JSON.parse(body);
  return { status, type, ...rest };
}

const recorded = (): Exchange[] => JSON.parse(readFileSync(FIXTURE, 'utf8'));

if (isRecording) {
  test('is recorded', async () => {
    const exchanges: Exchange[] = [];
    for (const { body, ...request } of await requests()) {
      const exchange = { ...request, body: Buffer.from(body).toString('hex') };
      exchanges.push({ ...exchange, answer: await answered(exchange) });
    }
    writeFileSync(FIXTURE, `${JSON.stringify(exchanges, null, 1)}\n`);
  });
} else {
  describe('what a terminal of the first version sends is answered as it was then:', () => {
    test.each(recorded().map((exchange) => [exchange.name, exchange] as const))('%s', async (_, exchange) => {
      expect(meant(await answered(exchange))).toMatchObject(meant(exchange.answer));
    });

    test('and its centre comes to the same state', async () => {
      const central = centres.get('enrolled')?.central as Central;
      await central.drain();
      expect(await central.totals(NOW)).toMatchObject({
        batches: 3,
        records: 12,
        media: 3,
        balance: 4_830,
        quarantined: 0,
      });
      expect(await central.registry.terminal(TERMINAL)).toMatchObject({ lastSerial: 12, missing: 0 });
    });

    test('the bytes are what that version makes, not what this one would', async () => {
      const made = await requests();
      expect(recorded().map(({ name }) => name)).toEqual(made.map(({ name }) => name));
    });
  });
}
