import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../src/index.ts';
import { Device, ENROLLED, invite, LICENCE_MS, newCode, REASON, verifySignature } from './device.ts';
import { embeddedDirectory } from './embedded-directory.ts';

let central: Central;
let now = 1_000_000;
let terminals = 0;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
});
afterAll(() => central?.close());

const nextTerminal = (): number => {
  terminals += 1;
  return terminals;
};
const wordsOf = async (terminal: number) =>
  (await central.registry.terminal(terminal))?.history.map(({ what }) => what);

describe('what a centre takes', () => {
  test('is settled once: open may become enrolled, and an enrolled one stays as it is', async () => {
    const { registry } = central;
    expect(await registry.settlement()).toBeNull();
    const open = { admission: 'open', centre: null, licenceMs: 0 } as const;
    expect(await invite(central, 900, newCode().codeDigest)).toEqual({ refusal: 'centre-open' });
    expect(await registry.settle(open)).toEqual(open);
    expect(await registry.settlement()).toEqual(open);
    expect(await registry.settle(ENROLLED)).toEqual(ENROLLED);
    expect(await registry.settle(ENROLLED)).toEqual(ENROLLED);
    expect(await registry.settle(open)).toEqual(ENROLLED);
    expect(await registry.settle({ ...ENROLLED, licenceMs: 5 })).toEqual(ENROLLED);
    expect(await registry.settlement()).toEqual(ENROLLED);
  });
});

describe('a code', () => {
  test('makes the holder of a key a terminal; again, the answer is the same', async () => {
    const device = new Device(nextTerminal());
    const { codeDigest } = newCode();
    expect(await invite(central, device.terminal, codeDigest)).toBe('invited');
    const licence = await device.enrol(central, codeDigest);
    expect(licence).toEqual({
      terminal: device.terminal,
      publicKey: device.publicKey,
      role: 'gate',
      issuedAt: now,
      expiresAt: now + LICENCE_MS,
    });
    now += 50_000; // long after the code's end: its answer was lost
    expect(await device.enrol(central, codeDigest)).toEqual(licence);
    expect(await wordsOf(device.terminal)).toEqual(['invited', 'enrolled']);
  });

  test('is of no use to another key, before its end or after', async () => {
    const [device, thief] = [new Device(nextTerminal()), new Device(terminals)];
    const { codeDigest } = newCode();
    await invite(central, device.terminal, codeDigest);
    await device.enrol(central, codeDigest);
    expect(await thief.enrol(central, codeDigest)).toEqual({ refusal: 'enrolment-code-used' });
    expect((await central.registry.terminal(device.terminal))?.publicKey).toEqual(device.publicKey);
  });

  test('is none after its end, nor before it was given out, nor when another was given out after it', async () => {
    const device = new Device(nextTerminal());
    const [first, second] = [newCode(), newCode()];
    expect(await device.enrol(central, first.codeDigest)).toEqual({ refusal: 'enrolment-code-unknown' });
    await invite(central, device.terminal, first.codeDigest, 100);
    await invite(central, device.terminal, second.codeDigest, 100);
    expect(await device.enrol(central, first.codeDigest)).toEqual({ refusal: 'enrolment-code-unknown' });
    now += 100;
    expect(await device.enrol(central, second.codeDigest)).toEqual({ refusal: 'enrolment-code-expired' });
    expect(await central.registry.terminal(device.terminal)).toMatchObject({ state: 'invited', publicKey: null });
  });

  test('enrols nobody with the key of somebody else: whoever asks must hold it', async () => {
    const [device, other] = [new Device(nextTerminal()), new Device(terminals)];
    const { codeDigest } = newCode();
    await invite(central, device.terminal, codeDigest);
    const bytes = Uint8Array.from(codeDigest);
    const stolen = { codeDigest, publicKey: other.publicKey, signature: device.sign(bytes), toBeSigned: bytes };
    expect(await central.registry.enrol(stolen)).toEqual({ refusal: 'signature-invalid' });
    expect(await device.enrol(central, codeDigest)).toMatchObject({ terminal: device.terminal });
  });

  test('of two devices that enter it at once, one gets the number', async () => {
    const devices = [new Device(nextTerminal()), new Device(terminals), new Device(terminals)];
    const { codeDigest } = newCode();
    await invite(central, terminals, codeDigest);
    const answers = await Promise.all(devices.map((device) => device.enrol(central, codeDigest)));
    expect(answers.filter((answer) => !('refusal' in answer))).toHaveLength(1);
    expect(answers.filter((answer) => 'refusal' in answer && answer.refusal === 'enrolment-code-used')).toHaveLength(2);
  });
});

describe('a number that was active', () => {
  test('is not given to another journal; a new key for the same one is', async () => {
    const old = await new Device(nextTerminal()).join(central);
    const { codeDigest } = newCode();
    expect(await invite(central, old.terminal, codeDigest)).toEqual({ refusal: 'terminal-was-active' });
    const invitation = { terminal: old.terminal, codeDigest, validMs: 1_000, as: null };
    expect(await central.registry.invite(invitation, REASON)).toBe('invited');
    // Until then the old key stands.
    expect((await central.registry.terminal(old.terminal))?.publicKey).toEqual(old.publicKey);
    const fresh = new Device(old.terminal);
    expect(await fresh.enrol(central, codeDigest)).toMatchObject({ publicKey: fresh.publicKey, role: 'gate' });
    expect(await wordsOf(old.terminal)).toEqual(['invited', 'enrolled', 'invited', 'key-replaced']);
  });

  test('whose key was stolen gets another while it is suspended, and stays so until it is resumed', async () => {
    const { registry } = central;
    const { terminal } = await new Device(nextTerminal()).join(central);
    await registry.suspend(terminal, REASON);
    const { codeDigest } = newCode();
    expect(await registry.invite({ terminal, codeDigest, validMs: 1_000, as: null }, REASON)).toBe('invited');
    const fresh = new Device(terminal);
    expect(await fresh.enrol(central, codeDigest)).toMatchObject({ publicKey: fresh.publicKey });
    expect(await registry.terminal(terminal)).toMatchObject({ state: 'suspended', publicKey: fresh.publicKey });
    expect(await registry.resume(terminal, REASON)).toBe('active');
  });

  test('is never active again once it is revoked', async () => {
    const { registry } = central;
    const device = await new Device(nextTerminal()).join(central);
    expect(await registry.revoke(device.terminal, REASON)).toBe('revoked');
    const { codeDigest } = newCode();
    expect(await invite(central, device.terminal, codeDigest)).toEqual({ refusal: 'terminal-revoked' });
    expect(await registry.resume(device.terminal, REASON)).toEqual({ refusal: 'terminal-revoked' });
    expect(await registry.renew(device.terminal, REASON)).toEqual({ refusal: 'terminal-revoked' });
    expect(await device.renew(central, now + LICENCE_MS)).toEqual({ refusal: 'terminal-revoked' });
  });
});

describe('suspended and resumed', () => {
  test('as often as need be; what is so already changes nothing', async () => {
    const { registry } = central;
    const { terminal } = await new Device(nextTerminal()).join(central);
    expect(await registry.resume(terminal, REASON)).toBe('active');
    expect(await registry.suspend(terminal, REASON)).toBe('suspended');
    expect(await registry.suspend(terminal, REASON)).toBe('suspended');
    expect(await registry.resume(terminal, REASON)).toBe('active');
    expect(await wordsOf(terminal)).toEqual(['invited', 'enrolled', 'suspended', 'resumed']);
  });

  test('a code that is out is void as soon as its terminal is suspended', async () => {
    const { registry } = central;
    const device = await new Device(nextTerminal()).join(central);
    const { codeDigest } = newCode();
    await registry.invite({ terminal: device.terminal, codeDigest, validMs: 1_000, as: null }, REASON);
    await registry.suspend(device.terminal, REASON);
    await registry.resume(device.terminal, REASON);
    expect(await new Device(device.terminal).enrol(central, codeDigest)).toEqual({ refusal: 'enrolment-code-unknown' });
  });

  test.each(['suspend', 'resume', 'revoke', 'renew'] as const)('%s of a stranger is refused', async (word) => {
    expect(await central.registry[word](77_777, REASON)).toEqual({ refusal: 'terminal-unknown' });
  });

  test('who is only invited is neither suspended nor resumed nor renewed', async () => {
    const { registry } = central;
    const terminal = nextTerminal();
    await invite(central, terminal, newCode().codeDigest);
    expect(await registry.suspend(terminal, REASON)).toEqual({ refusal: 'terminal-not-active' });
    expect(await registry.resume(terminal, REASON)).toEqual({ refusal: 'terminal-not-suspended' });
    expect(await registry.renew(terminal, REASON)).toEqual({ refusal: 'terminal-not-active' });
  });
});

describe('a licence', () => {
  test('is renewed while it is valid; a request sent again gets the one that stands and no more time', async () => {
    const device = await new Device(nextTerminal()).join(central);
    const first = now + LICENCE_MS;
    now += 1_000;
    const renewed = await device.renew(central, first);
    expect(renewed).toMatchObject({ issuedAt: now, expiresAt: first + 1_000 });
    now += 1_000;
    expect(await device.renew(central, first)).toEqual(renewed);
    expect(await wordsOf(device.terminal)).toEqual(['invited', 'enrolled', 'renewed']);
  });

  test('that has expired is renewed by nobody but the operator', async () => {
    const { registry } = central;
    const device = await new Device(nextTerminal()).join(central);
    const end = now + LICENCE_MS;
    now = end;
    expect(await device.renew(central, end)).toEqual({ refusal: 'licence-expired' });
    expect(await registry.renew(device.terminal, REASON, 5_000)).toBe(now + 5_000);
    expect(await device.renew(central, end)).toMatchObject({ expiresAt: now + 5_000 });
  });

  test('is renewed by its terminal alone', async () => {
    const device = await new Device(nextTerminal()).join(central);
    const thief = new Device(device.terminal);
    expect(await thief.renew(central, now + LICENCE_MS)).toEqual({ refusal: 'signature-invalid' });
    expect(await new Device(88_888).renew(central, 1)).toEqual({ refusal: 'terminal-unknown' });
    await central.registry.suspend(device.terminal, REASON);
    expect(await device.renew(central, now + LICENCE_MS)).toEqual({ refusal: 'terminal-suspended' });
  });
});

test('the history says who, when and why', async () => {
  const { terminal } = await new Device(nextTerminal()).join(central);
  await central.registry.suspend(terminal, { who: 'bor', why: 'stolen on Friday' });
  const { history = [] } = (await central.registry.terminal(terminal)) ?? {};
  expect(history.at(0)).toEqual({ at: now, what: 'invited', ...REASON });
  expect(history.at(1)).toEqual({ at: now, what: 'enrolled', who: 'terminal', why: '' });
  expect(history.at(2)).toEqual({ at: now, what: 'suspended', who: 'bor', why: 'stolen on Friday' });
});
