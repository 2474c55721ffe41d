import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { type ClockReport, encodeTimeQuestion, openTimeAnswer, TIME_CONTENT_TYPE } from '@retap/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Device, ENROLLED, REASON } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { createLog, type Service, startService } from '../src/index.ts';

let central: Central;
let service: Service;
let terminals = 0;
let one: Device;
/** A millisecond goes by each time that it is looked at. */
let now = 1_700_000_000_000;
const passing = (): number => {
  now += 1;
  return now;
};
const lines: string[] = [];
const centre = new Device(1);
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => 255 - i);

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: centre.publicKey });
  const log = createLog(
    (line) => lines.push(line),
    () => now,
  );
  service = await startService({ central, now: passing, port: 0, log, signer: centre, checkAnswers: true });
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});
beforeEach(async () => {
  terminals += 1;
  one = await new Device(terminals).work(1).join(central);
});

const questionOf = (device: Device, report: ClockReport | null = null): Promise<Uint8Array> =>
  encodeTimeQuestion({ terminal: device.terminal, nonce: NONCE, report }, device.sign);
const post = (body: Uint8Array): Promise<Response> =>
  fetch(`${service.url}/time`, {
    method: 'POST',
    headers: { 'content-type': TIME_CONTENT_TYPE },
    body: Uint8Array.from(body),
  });
const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code: string }).code];

describe('POST /time', () => {
  test('answers an enrolled terminal, signed by the centre over the nonce of its question', async () => {
    const before = now;
    const answer = await post(await questionOf(one));
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, TIME_CONTENT_TYPE]);
    const opened = openTimeAnswer(new Uint8Array(await answer.arrayBuffer()));
    expect(verifySignature(centre.publicKey, opened.toBeSigned, opened.signature)).toBe(true);
    const { nonce, receivedAt, answeredAt } = opened.answer;
    expect(nonce).toEqual(NONCE);
    expect(receivedAt).toBeGreaterThan(before);
    expect(answeredAt).toBeGreaterThan(receivedAt);
  });

  test('keeps what the terminal says of its clock; one that is off is an alert until it is right', async () => {
    const off = { kind: 'terminal-clock-off', terminal: one.terminal };
    await post(await questionOf(one, { offset: 3_600_000, delay: 20, measuredAt: now }));
    expect(await central.registry.terminal(one.terminal)).toMatchObject({ clock: { offset: 3_600_000, delay: 20 } });
    expect(await central.integrityAlerts({ limit: 10 })).toContainEqual(off);
    now += 1;
    await post(await questionOf(one, { offset: 12, delay: 20, measuredAt: now }));
    expect(await central.integrityAlerts({ limit: 10 })).not.toContainEqual(off);
  });

  test('with a bit of any byte turned, or cut off anywhere, is refused and changes nothing', async () => {
    const bytes = await questionOf(one, { offset: 5, delay: 20, measuredAt: now });
    for (let at = 0; at < bytes.length; at += 1) {
      const turned = bytes.slice();
      turned[at] = (turned[at] as number) ^ (1 << (at % 8));
      const [status] = await codeOf(await post(turned));
      // Of another terminal's number, which is not enrolled: 403.
      expect([400, 401, 403]).toContain(status);
    }
    for (const length of [0, 1, bytes.length - 1]) expect((await post(bytes.subarray(0, length))).status).toBe(400);
    expect((await central.registry.terminal(one.terminal))?.clock).toBeNull();
  });

  test.each([
    ['of a stranger', 403, 'terminal-unknown', async () => questionOf(new Device(60_000))],
    ['of another key', 401, 'signature-invalid', async () => questionOf(new Device(one.terminal))],
    [
      'of a suspended terminal',
      403,
      'terminal-suspended',
      async () => {
        await central.registry.suspend(one.terminal, REASON);
        return questionOf(one);
      },
    ],
    ['that is too large', 413, 'body-too-large', async () => new Uint8Array(257)],
    ['that is none', 400, 'time-malformed', async () => new Uint8Array(9)],
  ] as const)('%s → %i %s', async (_what, status, code, question) => {
    expect(await codeOf(await post(await question()))).toEqual([status, code]);
  });
});

test('GET /time says it to anybody, unsigned', async () => {
  const answer = await fetch(`${service.url}/time`);
  const { receivedAt, answeredAt } = (await answer.json()) as { receivedAt: number; answeredAt: number };
  expect(answer.status).toBe(200);
  expect([now - receivedAt < 10, answeredAt - receivedAt]).toEqual([true, 1]);
});

test('a centre without its key pair signs no time', async () => {
  const quiet = { log: () => {}, port: 0, now: passing };
  const other = await startService({ ...quiet, central });
  try {
    const body = Uint8Array.from(await questionOf(one));
    const answer = await fetch(`${other.url}/time`, { method: 'POST', body });
    expect(await codeOf(answer)).toEqual([405, 'method-unknown']);
  } finally {
    await other.stop();
  }
});
