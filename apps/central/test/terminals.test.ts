/** Terminals as people see and steer them: by role, with reasons, and a new key only with a second person. */

import { createHash } from 'node:crypto';
import { type Central, openCentral } from '@retap/central';
import { fingerprint, verifySignature } from '@retap/keys';
import { encodeTimeQuestion, enrolmentCodeBytes } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, ENROLLED, LICENCE_MS } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { type Answer, signedIn, type Visitor } from './people/signed-in.ts';

let central: Central;
let service: Service;
let [operator, administrator, auditor, clerk]: Visitor[] = [];
let now = 1_700_000_000_000;
let terminals = 0;
const centre = new Device(1);

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle({ ...ENROLLED, centre: centre.publicKey });
  service = await startService({ central, now: () => now, port: 0, log: () => {}, signer: centre, checkAnswers: true });
  operator = await signedIn(central, service, 'olga', 'operator');
  administrator = await signedIn(central, service, 'ada', 'administrator');
  auditor = await signedIn(central, service, 'aldo', 'auditor');
  clerk = await signedIn(central, service, 'cene', 'clerk');
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const joined = (): Promise<Device> => {
  terminals += 1;
  return new Device(terminals).work(3).join(central);
};
const said = ({ status, body }: Answer): unknown[] => [status, body.code ?? body.state ?? 'done'];
const change = async (who: Visitor | undefined, terminal: number, what: string, body: object = { why: 'a test' }) =>
  said(await who!.ask('POST', `/terminals/${terminal}/${what}`, body));
const digestOf = (code: string): Uint8Array => createHash('sha256').update(enrolmentCodeBytes(code)).digest();

describe('who may see', () => {
  test('sees each terminal, how its clock stands, and who did what to it', async () => {
    const one = await joined();
    const report = { offset: -70_000, delay: 40, measuredAt: now };
    const question = { terminal: one.terminal, nonce: new Uint8Array(16), report };
    await central.registry.hearTimeQuestion(await encodeTimeQuestion(question, one.sign));
    await change(operator, one.terminal, 'suspension', { why: 'door broken' });
    const shown = {
      ...{ terminal: one.terminal, name: 'north', role: 'gate', state: 'suspended', key: fingerprint(one.publicKey) },
      ...{ expiresAt: now + LICENCE_MS, seenAt: now, clock: report, clockOffset: null, lastSerial: null, missing: 0 },
    };
    const listed = await auditor!.ask('GET', '/terminals');
    expect(listed.body).toMatchObject({ clockOffsetMax: 60_000 });
    expect(listed.body.terminals).toContainEqual(expect.objectContaining(shown));
    const { status, body } = await auditor!.ask('GET', `/terminals/${one.terminal}`);
    expect([status, body]).toEqual([200, expect.objectContaining(shown)]);
    expect(body.history.at(-1)).toEqual({ at: now, what: 'suspended', who: '@olga', why: 'door broken' });
    expect(JSON.stringify(body)).not.toContain('publicKey');
  });

  test('is told where there is none, and who may not see is told so', async () => {
    expect(said(await auditor!.ask('GET', '/terminals/999999'))).toEqual([404, 'terminal-unknown']);
    expect(said(await auditor!.ask('GET', '/terminals/x'))).toEqual([400, 'question-malformed']);
    expect(said(await clerk!.ask('GET', '/terminals'))).toEqual([403, 'not-allowed']);
    const answer = await fetch(`${service.url}/terminals`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([401, 'sign-in-needed']);
  });
});

describe('who may steer', () => {
  test('suspends, resumes, renews and revokes; what makes no sense is refused', async () => {
    const { terminal } = await joined();
    expect(await change(operator, terminal, 'resumption')).toEqual([200, 'active']);
    expect(await change(operator, terminal, 'suspension')).toEqual([200, 'suspended']);
    expect(await change(operator, terminal, 'resumption')).toEqual([200, 'active']);
    now += 500;
    const renewed = await operator!.ask('POST', `/terminals/${terminal}/renewal`, {
      licenceMs: 7_200_000,
      why: 'late',
    });
    expect([renewed.status, renewed.body]).toEqual([200, { expiresAt: now + 7_200_000 }]);
    expect(await change(administrator, terminal, 'revocation')).toEqual([200, 'revoked']);
    expect(await change(administrator, terminal, 'resumption')).toEqual([409, 'terminal-revoked']);
    expect(await change(operator, 999_999, 'suspension')).toEqual([404, 'terminal-unknown']);
  });

  test('says why, or nothing is done', async () => {
    const { terminal } = await joined();
    expect(await change(operator, terminal, 'revocation', {})).toEqual([400, 'question-malformed']);
    expect(await change(operator, terminal, 'revocation', { why: ' ' })).toEqual([400, 'question-malformed']);
    expect(await central.registry.terminal(terminal)).toMatchObject({ state: 'active' });
  });

  test.each(['suspension', 'resumption', 'revocation', 'renewal', 'invitation', 'key-replacement'])(
    'and nobody else: %s',
    async (what) => {
      const { terminal } = await joined();
      const before = await central.registry.terminal(terminal);
      for (const who of [auditor, clerk]) expect(await change(who, terminal, what)).toEqual([403, 'not-allowed']);
      expect(await central.registry.terminal(terminal)).toEqual(before);
    },
  );

  test('invites a device: the code is shown once, and enrols it', async () => {
    terminals += 1;
    const device = new Device(terminals).work(1);
    const asked = { role: 'gate', name: 'South gate', validMs: 3_600_000, why: 'new' };
    const { status, body } = await operator!.ask('POST', `/terminals/${terminals}/invitation`, asked);
    expect([status, body.fingerprint, body.validMs]).toEqual([200, fingerprint(centre.publicKey), 3_600_000]);
    expect(await device.enrol(central, digestOf(body.code))).toMatchObject({ terminal: terminals, role: 'gate' });
    expect(await change(operator, terminals, 'invitation', asked)).toEqual([409, 'terminal-was-active']);
    expect(await change(operator, terminals + 500, 'invitation', { ...asked, role: 'king' })).toEqual([
      ...[400, 'question-malformed'],
    ]);
    const history = (await central.registry.terminal(terminals))?.history ?? [];
    expect(JSON.stringify([history, await central.audit.entries({ limit: 99 })])).not.toContain(body.code);
  });

  test('has a key replaced only with a second person: until then its code is worth nothing', async () => {
    const old = await joined();
    const path = `/terminals/${old.terminal}/key-replacement`;
    const { status, body } = await operator!.ask('POST', path, { why: 'identity lost' });
    expect([status, body.proposal > 0]).toEqual([202, true]);
    const fresh = new Device(old.terminal).work(1);
    expect(await fresh.enrol(central, digestOf(body.code))).toEqual({ refusal: 'enrolment-code-unknown' });
    const approve = (who: Visitor) => who.ask('POST', `/proposals/${body.proposal}/approval`, { why: '' });
    expect(said(await approve(operator!))).toEqual([403, expect.stringMatching(/^(not-allowed|own-proposal)$/)]);
    expect((await approve(administrator!)).body).toMatchObject({ state: 'approved', decidedBy: '@ada' });
    expect(await fresh.enrol(central, digestOf(body.code))).toMatchObject({ terminal: old.terminal });
  });

  test('where it cannot be taken back, shows a passkey anew', async () => {
    const { terminal } = await joined();
    const late = await signedIn(central, service, 'pozna', 'operator');
    now += 16 * 60_000;
    expect(await change(late, terminal, 'revocation')).toEqual([403, 'sign-in-again']);
    expect(await change(late, terminal, 'suspension')).toEqual([200, 'suspended']);
    await late.confirm();
    expect(await change(late, terminal, 'revocation')).toEqual([200, 'revoked']);
  });
});
