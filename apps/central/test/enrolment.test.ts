import { type Acknowledgement, type Central, openCentral, type ReceivedBatch } from '@retap/central';
import { verifySignature } from '@retap/keys';
import {
  encodeEnrolment,
  encodeRenewal,
  encodeSignedPayload,
  enrolmentToBeSigned,
  openLicence,
  parseLicenceAnswer,
  renewalToBeSigned,
  SIGNED_BATCH_CONTENT_TYPE,
  signedBatch,
} from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, ENROLLED, invite, LICENCE_MS, newCode, REASON } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { createLog, type Service, startService } from '../src/index.ts';
import { auditing } from './people/signed-in.ts';
import { batchOf, open, upload } from './records.ts';

let central: Central;
let service: Service;
let now = 1_700_000_000_000;
let terminals = 0;
let headers: { authorization: string };
const lines: string[] = [];
const centre = new Device(1);

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: centre.publicKey });
  headers = await auditing(central);
  const log = createLog(
    (line) => lines.push(line),
    () => now,
  );
  service = await startService({ central, now: () => now, port: 0, log, signer: centre });
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const newDevice = (): Device => {
  terminals += 1;
  return new Device(terminals).work(12);
};
const joined = (): Promise<Device> => newDevice().join(central);
const post = (path: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(service.url + path, { method: 'POST', headers, body: new Uint8Array(body) });
const send = (batch: ReceivedBatch, headers = {}): Promise<Response> =>
  post('/batches', batch.body, { 'content-type': SIGNED_BATCH_CONTENT_TYPE, ...headers });
const said = async (answer: Response): Promise<[number, string]> => {
  const { code, message } = (await answer.json()) as { code: string; message: string };
  expect(message.length).toBeGreaterThan(15);
  return [answer.status, code];
};
const size = async () => {
  const { batches, records, quarantined, media } = await central.totals(0);
  return { batches, records, quarantined, media };
};

describe('POST /enrolments', () => {
  const enrol = (device: Device, { code, codeDigest }: ReturnType<typeof newCode>): Promise<Response> => {
    const { publicKey } = device;
    const signature = device.sign(enrolmentToBeSigned(codeDigest, publicKey));
    return post('/enrolments', encodeEnrolment({ code, publicKey, signature }));
  };

  test('gives the licence that the centre has signed, and the same again where the answer was lost', async () => {
    const [device, code] = [newDevice(), newCode()];
    await invite(central, device.terminal, code.codeDigest);
    const answer = await enrol(device, code);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const { licence, centre: key } = parseLicenceAnswer(bytes);
    expect(key).toEqual(centre.publicKey);
    const opened = openLicence(licence);
    expect(verifySignature(key, opened.toBeSigned, opened.signature)).toBe(true);
    expect(opened.licence).toMatchObject({ terminal: device.terminal, role: 'gate', expiresAt: now + LICENCE_MS });
    expect(opened.licence.publicKey).toEqual(device.publicKey);
    now += 5;
    expect(new Uint8Array(await (await enrol(device, code)).arrayBuffer())).toEqual(bytes);
  });

  test.each([
    ['a code that nobody gave out', 403, 'enrolment-code-unknown', () => {}],
    [
      'one that has expired',
      403,
      'enrolment-code-expired',
      (d: Device, c: Uint8Array) => invite(central, d.terminal, c, 0),
    ],
    [
      'one that another key has used',
      409,
      'enrolment-code-used',
      async (device: Device, codeDigest: Uint8Array) => {
        await invite(central, device.terminal, codeDigest);
        await new Device(device.terminal).enrol(central, codeDigest);
      },
    ],
  ])('refuses %s', async (_what, status, refusal, prepare) => {
    const [device, code] = [newDevice(), newCode()];
    await prepare(device, code.codeDigest);
    expect(await said(await enrol(device, code))).toEqual([status, refusal]);
  });

  test('refuses a key that whoever asks does not hold, a slip in the code, and what is no request', async () => {
    const [device, { code, codeDigest }] = [newDevice(), newCode()];
    await invite(central, device.terminal, codeDigest);
    const { publicKey } = new Device(device.terminal);
    const signature = device.sign(enrolmentToBeSigned(codeDigest, publicKey));
    const bytes = encodeEnrolment({ code, publicKey, signature });
    expect(await said(await post('/enrolments', bytes))).toEqual([401, 'signature-invalid']);
    const slip = new TextDecoder().decode(bytes).replace(
      code,
      code.replace(/.$/, (last) => (last === '7' ? '8' : '7')),
    );
    expect(await said(await post('/enrolments', new TextEncoder().encode(slip)))).toEqual([400, 'enrolment-code-slip']);
    expect(await said(await post('/enrolments', bytes.subarray(5)))).toEqual([400, 'enrolment-malformed']);
    expect(await said(await post('/enrolments', new Uint8Array(5_000)))).toEqual([413, 'body-too-large']);
    const asked = await fetch(`${service.url}/enrolments`);
    expect([asked.status, asked.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await central.registry.terminal(device.terminal)).toMatchObject({ state: 'invited' });
  });

  test('after too many failures an address waits; success costs nothing, and the time passes', async () => {
    now += 600_000;
    const wrong = () => enrol(new Device(1), newCode());
    const [device, code] = [newDevice(), newCode()];
    await invite(central, device.terminal, code.codeDigest, 10_000_000);
    for (let tried = 0; tried < 19; tried += 1) expect((await wrong()).status).toBe(403);
    for (let tried = 0; tried < 10; tried += 1) expect((await enrol(device, code)).status).toBe(200);
    expect((await wrong()).status).toBe(403);
    const answer = await enrol(device, code);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(500);
    expect(await said(answer)).toEqual([429, 'attempts-exceeded']);
    now += 600_000;
    expect((await enrol(device, code)).status).toBe(200);
  });

  test('one code is not tried with many keys', async () => {
    now += 600_000;
    const [device, code] = [newDevice(), newCode()];
    await invite(central, device.terminal, code.codeDigest);
    await device.enrol(central, code.codeDigest);
    const statuses = [];
    for (let tried = 0; tried < 6; tried += 1) statuses.push((await enrol(new Device(1), code)).status);
    expect(statuses).toEqual([409, 409, 409, 409, 409, 429]);
    now += 600_000;
  });
});

describe('POST /licences/renewal', () => {
  const renew = (device: Device, expiresAt: number): Promise<Response> => {
    const { terminal } = device;
    const signature = device.sign(renewalToBeSigned(terminal, expiresAt));
    return post('/licences/renewal', encodeRenewal({ terminal, expiresAt, signature }));
  };

  test('gives an active terminal a longer licence', async () => {
    const device = await joined();
    const end = now + LICENCE_MS;
    now += 1_000;
    const answer = await renew(device, end);
    const { licence } = parseLicenceAnswer(new Uint8Array(await answer.arrayBuffer()));
    expect(openLicence(licence).licence.expiresAt).toBe(end + 1_000);
  });

  test('refuses strangers, forgers, the suspended, the revoked and the expired', async () => {
    const device = await joined();
    const end = now + LICENCE_MS;
    expect(await said(await renew(new Device(70_000), end))).toEqual([403, 'terminal-unknown']);
    expect(await said(await renew(new Device(device.terminal), end))).toEqual([401, 'signature-invalid']);
    await central.registry.suspend(device.terminal, REASON);
    expect(await said(await renew(device, end))).toEqual([403, 'terminal-suspended']);
    await central.registry.resume(device.terminal, REASON);
    now = end;
    expect(await said(await renew(device, end))).toEqual([403, 'licence-expired']);
    await central.registry.revoke(device.terminal, REASON);
    expect(await said(await renew(device, end))).toEqual([403, 'terminal-revoked']);
    expect(await said(await post('/licences/renewal', new Uint8Array(3)))).toEqual([400, 'licence-malformed']);
  });
});

describe('POST /batches, signed', () => {
  test('is acknowledged, and a repeat is answered alike; the answer carries the centre’s time', async () => {
    const device = await joined();
    const batch = await device.batch(1, 12);
    const first = await send(batch, { 'retap-sent-at': String(now + 400) });
    expect([first.status, first.headers.get('retap-time')]).toEqual([200, String(now)]);
    const acknowledgement = (await first.json()) as Acknowledgement;
    expect(acknowledgement).toMatchObject({ accepted: 12, quarantined: [] });
    const seenAt = now;
    now += 7;
    expect(await (await send(batch)).json()).toEqual(acknowledgement);
    expect(await central.registry.terminal(device.terminal)).toMatchObject({ seenAt, clockOffset: -400 });
  });

  test.each(['later', '-1', '1e3', ''])('a clock that says %j is no reason to refuse', async (sentAt) => {
    const device = await joined();
    expect((await send(await device.batch(1, 1), { 'retap-sent-at': sentAt })).status).toBe(200);
    expect(await central.registry.terminal(device.terminal)).toMatchObject({ clockOffset: null });
  });

  test('with a bit of any byte turned, cut off anywhere, or longer, is refused and changes nothing', async () => {
    const device = await joined();
    await send(await device.batch(1, 2));
    const { body } = await device.batch(3, 5);
    const before = await size();
    const codes = new Map<string, number>();
    const refuse = async (bytes: Uint8Array): Promise<void> => {
      const [status, code] = await said(await send({ form: 'signed', body: bytes }));
      expect([400, 401, 403]).toContain(status);
      codes.set(code, (codes.get(code) ?? 0) + 1);
    };
    const turned = Array.from({ length: body.length }, (_, at) => {
      const bytes = body.slice();
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8));
      return bytes;
    });
    const cut = Array.from({ length: body.length }, (_, length) => body.subarray(0, length));
    for (const bytes of [...turned, ...cut, Uint8Array.of(...body, 0)]) await refuse(bytes);
    // A flip in the name of the key makes it a batch of somebody else, with a signature that is not theirs.
    const known = ['batch-malformed', 'signature-invalid', 'terminal-unknown'];
    expect([...codes.keys()].filter((code) => !known.includes(code))).toEqual([]);
    expect(codes.get('signature-invalid')).toBeGreaterThan(60);
    expect(await size()).toEqual(before);
    expect((await send({ form: 'signed', body })).status).toBe(200);
    expect((await size()).records).toBe(before.records + 3);
  }, 60_000);

  const foreign = async (): Promise<ReceivedBatch> => {
    const [thief, other] = [await joined(), newDevice()];
    const { terminal, journal } = other;
    const payload = encodeSignedPayload({ terminal, from: 1, before: other.linkBefore(1), records: journal });
    return { form: 'signed', body: await signedBatch(payload, thief.terminal, thief.sign) };
  };
  const changed = async (word: 'suspend' | 'revoke'): Promise<ReceivedBatch> => {
    const device = await joined();
    await central.registry[word](device.terminal, REASON);
    return device.batch(1, 2);
  };
  test.each([
    ['a stranger', 403, 'terminal-unknown', () => new Device(70_001).work(2).batch(1, 2)],
    ['another key', 401, 'signature-invalid', async () => new Device((await joined()).terminal).work(2).batch(1, 2)],
    ['records of another terminal', 403, 'terminal-mismatch', foreign],
    ['a suspended terminal', 403, 'terminal-suspended', () => changed('suspend')],
    ['a revoked terminal', 403, 'terminal-revoked', () => changed('revoke')],
    [
      'an expired licence',
      403,
      'licence-expired',
      async () => {
        const device = await joined();
        now += LICENCE_MS;
        return device.batch(1, 2);
      },
    ],
  ])('of %s → %i %s, counted and logged, and nothing kept', async (_what, status, code, make) => {
    const batch = await make();
    const before = await size();
    const counted = async (): Promise<number> => {
      const { refused } = (await (await fetch(`${service.url}/integrity`, { headers })).json()) as {
        refused: Record<string, number>;
      };
      return refused[code] ?? 0;
    };
    const count = await counted();
    const answer = await send(batch);
    expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? 'COSE-Sign1' : null);
    expect(await said(answer)).toEqual([status, code]);
    expect(await size()).toEqual(before);
    expect(await counted()).toBe(count + 1);
    const refused = lines.filter((line) => line.includes('batch-refused')).at(-1) ?? '';
    expect(JSON.parse(refused)).toMatchObject({ code, client: '127.0.0.1' });
  });

  test('unsigned ones are refused', async () => {
    expect(await said(await upload(service.url, batchOf([open(5, 1, 'M', 0, 100)])))).toEqual([401, 'batch-unsigned']);
    const other = await post('/batches', new Uint8Array(3), {
      'content-type': 'application/cose; cose-type=cose-encrypt',
    });
    expect(await said(other)).toEqual([415, 'content-type-unknown']);
  });

  test('honest ones among refused ones are all taken', async () => {
    const devices = await Promise.all([joined(), joined(), joined()]);
    const good = await Promise.all(devices.map((device) => device.batch(1, 4)));
    const bad = await Promise.all(good.map(() => new Device(70_002).work(1).batch(1, 1)));
    const statuses = (await Promise.all([...bad, ...good].map((batch) => send(batch)))).map(({ status }) => status);
    expect(statuses).toEqual([403, 403, 403, 200, 200, 200]);
  });

  test('a journal that was signed twice is an alert at GET /integrity', async () => {
    const device = await joined();
    await send(await device.batch(1, 4));
    device.journal.splice(3, 1, ...new Device(device.terminal, 'other').work(4).journal.slice(3));
    await send(await device.batch(5, 8));
    const { alerts } = (await (await fetch(`${service.url}/integrity?limit=9`, { headers })).json()) as {
      alerts: unknown[];
    };
    expect(alerts).toEqual([{ kind: 'journal-chain-broken', terminal: device.terminal, serial: 5 }]);
    expect(await said(await fetch(`${service.url}/integrity?limit=x`, { headers }))).toEqual([
      400,
      'question-malformed',
    ]);
  });
});

test('a centre without its key pair enrols nobody', async () => {
  const openly = await startService({ central, now: () => now, port: 0, log: () => {} });
  try {
    const answer = await fetch(`${openly.url}/enrolments`, { method: 'POST', body: '{}' });
    expect(await said(answer)).toEqual([404, 'not-found']);
  } finally {
    await openly.stop();
  }
});
