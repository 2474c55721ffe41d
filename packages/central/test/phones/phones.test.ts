import { createHash } from 'node:crypto';
import { amountOf } from '@retap/model';
import { deniedBytes, openCertificate, openOrder, PAYMENT_VALID_MS, phoneMedium } from '@retap/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { ENROLLED, invite, newCode, REASON, verifySignature } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';
import { CENTRE, newKey, Pocket, wishId } from './pocket.ts';

const DAY = 86_400_000;
let central: Central;
let now = 1_800_000_000_000;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
  await central.registry.settle(ENROLLED);
  await central.phones.set({ topUp: 'free' }, REASON);
});
afterAll(() => central.close());

const pocket = (): Promise<Pocket> => new Pocket().join(central);
const topUp = (amount: number) => ({ kind: 'top-up', id: wishId(), amount: amountOf(amount) }) as const;
/** With something on its account, all of it at the centre. */
const loaded = async (amount: number): Promise<Pocket> => {
  const phone = await pocket();
  await phone.wish(central, topUp(amount));
  phone.commit(amount, now, 'centre', 1);
  const [acknowledged] = await central.receive([await phone.batch(1, 2)]);
  expect(acknowledged).toMatchObject({ accepted: 2, quarantined: [] });
  return phone;
};

describe('a phone that is registered', () => {
  test('gets a number above all terminals, and a certificate by the centre’s limits', async () => {
    const phone = new Pocket();
    const registered = await phone.register(central);
    if ('refusal' in registered) throw new Error(registered.refusal);
    expect(registered.terminal).toBeGreaterThan(1_000_000_000);
    const { certificate, toBeSigned, signature } = openCertificate(registered.certificate);
    expect(verifySignature(CENTRE.publicKey, toBeSigned, signature)).toBe(true);
    expect(certificate).toMatchObject({
      ...{ terminal: registered.terminal, kind: 'person', name: 'Ana', currency: 'EUR', balance: 0, mediumSerial: 0 },
      ...{ issuedAt: now, expiresAt: now + 7 * DAY, limits: { paymentMax: 5_000, offlineMax: 15_000 } },
    });
    expect(await central.registry.terminal(registered.terminal)).toMatchObject({ role: 'person', state: 'active' });
  });

  test('asked again by the same key: the same number; another key: another one', async () => {
    const phone = await pocket();
    expect(await phone.register(central)).toMatchObject({ terminal: phone.terminal });
    expect((await pocket()).terminal).toBe(phone.terminal + 1);
  });

  test('twenty at once: twenty numbers', async () => {
    const phones = await Promise.all(Array.from({ length: 20 }, pocket));
    expect(new Set(phones.map(({ terminal }) => terminal)).size).toBe(20);
  });

  test('by a key that it does not have, or the recovery code of another phone: refused', async () => {
    const [one, other] = [await pocket(), new Pocket()];
    Object.assign(other, { code: one.code });
    expect(await other.register(central)).toEqual({ refusal: 'recovery-code-used' });
    const thief = new Pocket();
    Object.assign(thief.key, { sign: newKey().sign });
    expect(await thief.register(central)).toEqual({ refusal: 'signature-invalid' });
  });

  test('as a merchant: by an invitation’s code, once', async () => {
    const merchant = new Pocket('merchant');
    expect(await merchant.register(central)).toEqual({ refusal: 'enrolment-code-needed' });
    expect(await merchant.register(central, 'nonsense')).toEqual({ refusal: 'enrolment-code-unknown' });
    const { code, codeDigest } = newCode();
    const number = await central.phones.invite({ kind: 'merchant', name: 'Bakery', codeDigest, validMs: DAY }, REASON);
    expect(await new Pocket().register(central, code)).toEqual({ refusal: 'enrolment-code-unknown' });
    expect(await merchant.register(central, code)).toMatchObject({ terminal: number });
    expect(await merchant.register(central, code)).toMatchObject({ terminal: number });
    expect(await new Pocket('merchant').register(central, code)).toEqual({ refusal: 'enrolment-code-used' });
    now += 1;
  });

  test('no code of a terminal makes a phone, and none of a phone a terminal', async () => {
    const { code, codeDigest } = newCode();
    await invite(central, 77, codeDigest);
    expect(await new Pocket('merchant').register(central, code)).toEqual({ refusal: 'enrolment-code-unknown' });
  });
});

test('a phone is not of the fleet: silent or with an old certificate it is nobody’s concern', async () => {
  const phone = await loaded(2_000);
  now += 30 * DAY;
  const page = await central.terminalStandings.page({ sort: 'terminal', descending: false, limit: 500 } as never);
  expect(page.terminals.find(({ terminal }) => terminal === phone.terminal)).toMatchObject({
    role: 'person',
    flags: [],
  });
  const fleet = await central.operations.fleet({ silentMs: DAY, endingMs: DAY, clockOffMs: 1_000 });
  expect(fleet).toMatchObject({ silent: 0, licenceExpired: 0 });
});

describe('how a phone stands', () => {
  test('all of it is here: active, a new certificate, as the account is now', async () => {
    const phone = await loaded(2_000);
    const account = await phone.hear(central);
    expect(account).toMatchObject({ standing: 'active', lastSerial: 2, orders: [], payments: [] });
    expect(openCertificate(account.certificate as Uint8Array).certificate).toMatchObject({
      ...{ balance: 2_000, mediumSerial: 1, terminal: phone.terminal },
    });
  });

  test('it has more than the centre: active, and no certificate before that is here', async () => {
    const phone = await loaded(2_000);
    phone.commit(-500, now);
    expect(await phone.hear(central)).toMatchObject({ standing: 'active', lastSerial: 2, certificate: null });
  });

  test('it says another balance than its records: no certificate', async () => {
    const phone = await loaded(2_000);
    const account = await phone.hear(central, { balance: amountOf(9_000) });
    expect(account).toMatchObject({ standing: 'active', certificate: null });
  });

  test('it has loaded what nobody ordered and nobody paid: no certificate', async () => {
    const phone = await loaded(2_000);
    phone.commit(9_000, now, `P${phone.terminal + 1}`);
    await central.receive([await phone.batch(3, 3)]);
    expect(await phone.hear(central)).toMatchObject({ standing: 'active', lastSerial: 3, certificate: null });
  });

  test('it holds the deny list that there is: it is not sent again', async () => {
    const phone = await loaded(2_000);
    const { denied } = await phone.hear(central);
    const deniedDigest = Uint8Array.from(
      createHash('sha256')
        .update(deniedBytes(denied ?? []))
        .digest(),
    );
    expect(await phone.hear(central, { deniedDigest })).toMatchObject({ denied: null });
    await central.lists.deny(phoneMedium((await pocket()).terminal), REASON);
    expect((await phone.hear(central, { deniedDigest })).denied).toHaveLength((denied ?? []).length + 1);
  });

  test('it knows less than it has sent, or other records: rolled back', async () => {
    const phone = await loaded(2_000);
    expect(await phone.hear(central, { lastSerial: 1 })).toMatchObject({ standing: 'rolled-back', certificate: null });
    const other = await phone.hear(central, { link: '0'.repeat(64) });
    expect(other).toMatchObject({ standing: 'rolled-back', certificate: null, orders: [] });
  });

  test('another key, or a number that is nobody’s: told nothing', async () => {
    const [one, other] = [await pocket(), await pocket()];
    Object.assign(other, { terminal: one.terminal });
    await expect(other.hear(central)).rejects.toMatchObject({ code: 'signature-invalid' });
    Object.assign(other, { terminal: 1_900_000_000 });
    await expect(other.hear(central)).rejects.toMatchObject({ code: 'terminal-unknown' });
  });

  test('suspended, denied, revoked: told so, without a certificate; its records are taken all the same', async () => {
    const phone = await loaded(2_000);
    phone.commit(-500, now);
    await central.registry.suspend(phone.terminal, REASON);
    expect(await phone.hear(central)).toMatchObject({ standing: 'suspended', certificate: null });
    now += 30 * DAY;
    const [acknowledged] = await central.receive([await phone.batch(3, 3)]);
    expect(acknowledged).toMatchObject({ accepted: 1 });
    await central.registry.revoke(phone.terminal, REASON);
    expect(await phone.hear(central)).toMatchObject({ standing: 'revoked', lastSerial: 3, certificate: null });
    const other = await loaded(1_000);
    await central.lists.deny(phoneMedium(other.terminal), REASON);
    const told = await other.hear(central);
    expect(told).toMatchObject({ standing: 'suspended', certificate: null });
    expect(told.denied).toContain(other.terminal);
  });

  test('two different records under one number: copied, from both sides', async () => {
    const phone = await loaded(2_000);
    const copy = new Pocket();
    Object.assign(copy, { ...phone, key: phone.key, journal: [...phone.journal] });
    phone.commit(-500, now);
    copy.commit(-700, now);
    await central.receive([await phone.batch(3, 3)]);
    await central.receive([await copy.batch(3, 3)]);
    for (const one of [phone, copy]) {
      expect(await one.hear(central)).toMatchObject({ standing: 'copied', certificate: null });
    }
  });
});

describe('a wish', () => {
  test('top-up at a free centre: an order, signed, of this phone’s account; the same wish again changes nothing', async () => {
    const phone = await pocket();
    const wish = topUp(2_500);
    expect(await phone.wish(central, wish)).toEqual({ answer: 'granted' });
    expect(await Promise.all([phone.wish(central, wish), phone.wish(central, wish)])).toEqual([
      ...[{ answer: 'granted' }, { answer: 'granted' }],
    ]);
    const { orders } = await phone.hear(central);
    expect(orders).toHaveLength(1);
    const { order, toBeSigned, signature } = openOrder(orders[0] as Uint8Array);
    expect(verifySignature(CENTRE.publicKey, toBeSigned, signature)).toBe(true);
    expect(order).toEqual({ terminal: phone.terminal, serial: 1, kind: 'refill', amount: 2_500, why: 'top-up' });
    expect(await central.lists.ordersOf(phoneMedium(phone.terminal))).toMatchObject({ actions: [{ state: 'waits' }] });
    phone.commit(2_500, now, 'centre', 1);
    expect((await phone.hear(central)).orders).toEqual([]);
  });

  test('top-up above what the account may hold, with what waits: refused, and so for ever', async () => {
    const phone = await loaded(10_000);
    await phone.wish(central, topUp(3_000));
    const wish = topUp(2_001);
    expect(await phone.wish(central, wish)).toEqual({ answer: 'refused', refusal: 'balance-limit' });
    expect(await phone.wish(central, wish)).toEqual({ answer: 'refused', refusal: 'balance-limit' });
    expect(await phone.wish(central, topUp(2_000))).toEqual({ answer: 'granted' });
  });

  test('top-up that is asked for, and nobody is there who could say yes: refused', async () => {
    const phone = await pocket();
    await central.phones.set({ topUp: 'asked' }, REASON);
    expect(await phone.wish(central, topUp(100))).toEqual({ answer: 'refused', refusal: 'top-up-closed' });
    await central.phones.set({ topUp: 'free' }, REASON);
  });

  test('reclaim: once nobody can take the payment any more, and never again', async () => {
    const [payer, payee] = [await loaded(2_000), await pocket()];
    payer.commit(-700, now, phoneMedium(payee.terminal));
    await central.receive([await payer.batch(3, 3)]);
    const reclaim = () => ({ kind: 'reclaim', id: wishId(), serial: 3 }) as const;
    const early = reclaim();
    expect(await payer.wish(central, early)).toEqual({ answer: 'refused', refusal: 'payment-not-reclaimable' });
    // The payee says that it has nothing more of before: it was never scanned.
    now += PAYMENT_VALID_MS + 120_001;
    await central.receive([await payee.batch(1, 1)]);
    expect(await payer.hear(central)).toMatchObject({ payments: [{ serial: 3, state: 'reported' }] });
    const before = (await central.phones.versions([payer.terminal])).get(payer.terminal);
    await payee.hear(central, { saidAt: now });
    expect((await central.phones.versions([payer.terminal])).get(payer.terminal)).not.toBe(before);
    expect(await payer.hear(central)).toMatchObject({ payments: [{ serial: 3, state: 'reclaimable' }] });
    expect(await payer.wish(central, early)).toEqual({ answer: 'refused', refusal: 'payment-not-reclaimable' });
    const wish = reclaim();
    expect(await payer.wish(central, wish)).toEqual({ answer: 'granted' });
    expect(await payer.wish(central, wish)).toEqual({ answer: 'granted' });
    expect(await payer.wish(central, reclaim())).toEqual({ answer: 'refused', refusal: 'payment-reclaimed' });
    const { orders, payments } = await payer.hear(central);
    expect(orders.map((bytes) => openOrder(bytes).order)).toMatchObject([
      { kind: 'refund', amount: 700, why: 'reclaim' },
    ]);
    expect(payments).toEqual([{ serial: 3, state: 'reclaimed' }]);
  });

  test('of a phone that was copied or is lost: refused', async () => {
    const phone = await pocket();
    await central.phones.declareLost(phone.terminal, REASON);
    expect(await phone.wish(central, topUp(100))).toEqual({ answer: 'refused', refusal: 'phone-lost' });
  });

  test('signed by another key: not heard', async () => {
    const phone = await pocket();
    Object.assign(phone.key, { sign: newKey().sign });
    await expect(phone.wish(central, topUp(100))).rejects.toMatchObject({ code: 'signature-invalid' });
  });
});

describe('a lost phone', () => {
  test('its code makes it lost and denied; a code of nobody is answered alike', async () => {
    const phone = await loaded(2_000);
    const until = await central.phones.lose('no such code');
    expect(await central.phones.lose(phone.code)).toBe(until + 0);
    expect(until).toBe(now + 10 * DAY);
    const account = await phone.hear(central);
    expect(account).toMatchObject({ standing: 'lost', certificate: null });
    expect(account.denied).toContain(phone.terminal);
    expect(await phone.register(central)).toEqual({ refusal: 'phone-lost' });
    now += 1;
    expect(await central.phones.lose(phone.code.toLowerCase().replace('-', ' '))).toBe(until);
  });

  test('its balance moves to another phone once, after certificate and maxDelay are over', async () => {
    const [old, fresh, third] = [await loaded(2_000), await pocket(), await pocket()];
    await old.hear(central);
    const wish = { kind: 'move', id: wishId(), code: old.code } as const;
    const waits = await fresh.wish(central, wish);
    expect(waits).toEqual({ answer: 'waits', until: now + 10 * DAY });
    expect(await old.hear(central)).toMatchObject({ standing: 'lost' });
    now += 10 * DAY;
    expect(await fresh.wish(central, wish)).toMatchObject({ answer: 'waits' });
    await central.drain();
    expect(await fresh.wish(central, wish)).toEqual({ answer: 'granted' });
    expect(await fresh.wish(central, wish)).toEqual({ answer: 'granted' });
    const again = { kind: 'move', id: wishId(), code: old.code } as const;
    expect(await third.wish(central, again)).toEqual({ answer: 'refused', refusal: 'balance-moved' });
    const { orders } = await fresh.hear(central);
    expect(orders.map((bytes) => openOrder(bytes).order)).toEqual([
      { terminal: fresh.terminal, serial: 1, kind: 'refill', amount: 2_000, why: 'moved' },
    ]);
    const [listed] = await central.phones.list({ after: old.terminal - 1, limit: 1 });
    expect(listed).toMatchObject({ standing: 'lost', movedTo: fresh.terminal, balance: 2_000 });
  });

  test('a code of nobody moves nothing', async () => {
    const phone = await pocket();
    const wish = { kind: 'move', id: wishId(), code: 'guess' } as const;
    expect(await phone.wish(central, wish)).toEqual({ answer: 'refused', refusal: 'move-code-unknown' });
  });
});
