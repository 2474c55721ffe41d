import { amountOf } from '@retap/model';
import {
  type Certificate,
  encodeCertificate,
  encodeMessage,
  encodeRequest,
  messageBytesIn,
  messageLink,
  messageText,
  openCertificate,
  openMessage,
  PAYMENT_VALID_MS,
  parsePhoneSays,
  REQUEST_VALID_MS,
} from '@retap/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { type PhoneLink, PhoneStoreError, synchronize } from '../src/index.ts';
import { type Handset, keyOf } from './handset.ts';
import { messageIn, said, World } from './world.ts';

const DAY = 86_400_000;
let world: World;
let ana: Handset;
let kiosk: Handset;
let stand: Handset;

beforeEach(async () => {
  world = new World();
  ana = await world.handset('Ana');
  kiosk = await world.handset('Kiosk', 'merchant');
  stand = await world.handset('Stand', 'merchant');
  await world.topUp(ana, 20_000);
});

const ask = async (of: Handset, amount = 350) =>
  messageIn(await of.phone.ask({ amount: amountOf(amount), note: '', product: null }));
const payment = async () => messageIn(await ana.phone.pay(await ask(kiosk)));

test('every single byte that is changed on the way is noticed, and nothing is written', async () => {
  const shown = await payment();
  const before = kiosk.store.commits;
  const words = new Set<string>();
  for (let at = 0; at < shown.length; at += 1) {
    const changed = Uint8Array.from(shown);
    changed[at] = (changed[at] as number) ^ (1 << (at % 8));
    words.add(said(await kiosk.phone.take(changed)));
  }
  expect([...words].sort()).toEqual(
    ['certificate-forged', 'signature-forged', 'unreadable'].map((w) => `refused: ${w}`),
  );
  expect(kiosk.store.commits).toBe(before);
  expect(said(await kiosk.phone.take(shown))).toBe('taken');
});

test('cut off at every length it is unreadable', async () => {
  const shown = await payment();
  for (let length = 0; length < shown.length; length += 1) {
    expect(said(await kiosk.phone.take(shown.slice(0, length)))).toBe('refused: unreadable');
  }
});

test('a payment to one merchant is none to another, and once is once', async () => {
  const shown = await payment();
  await ask(stand);
  expect(said(await stand.phone.take(shown))).toBe('refused: other-payee');
  expect(said(await kiosk.phone.take(shown))).toBe('taken');
  await ask(kiosk);
  expect(said(await kiosk.phone.take(shown))).toBe('taken-already');
  expect(kiosk.balance).toBe(350);
});

test('a payment for a request that was withdrawn, or for another amount', async () => {
  const shown = await payment();
  await kiosk.phone.withdraw();
  expect(said(await kiosk.phone.take(shown))).toBe('refused: other-request');
  // A payer who signs another amount than was asked: only a tampered wallet does.
  const ben = await world.handset('Ben');
  await world.topUp(ben, 5_000);
  const request = openMessage(await ask(kiosk, 400));
  if (request.kind !== 'request') throw new Error('asked for nothing');
  const less = await encodeRequest(
    { ...asked(kiosk, 100), number: kiosk.phone.view.document.requestNumber },
    kiosk.key.sign,
  );
  const cheaper = await ben.phone.pay(encodeMessage({ ...request, request: less }));
  expect(said(await kiosk.phone.take(messageIn(cheaper)))).toBe('refused: amount-changed');
});

const asked = (of: Handset, amount: number) => ({
  ...{ terminal: of.terminal, number: 1, time: world.now, validUntil: world.now + REQUEST_VALID_MS },
  ...{ amount: amountOf(amount), product: null, note: '' },
});

describe('certificates', () => {
  const withCertificate = async (change: Partial<Certificate>, key = world.centre.key) => {
    const opened = openMessage(await payment());
    if (opened.kind !== 'record') throw new Error('no record');
    const { certificate } = openCertificate(opened.certificate);
    return encodeMessage({ ...opened, certificate: await encodeCertificate({ ...certificate, ...change }, key.sign) });
  };
  test.each([
    ['by nobody we know', {}, keyOf('stranger'), 'certificate-forged'],
    ['of another key', { publicKey: keyOf('stranger').publicKey }, undefined, 'signature-forged'],
    ['of another phone', { terminal: 1_000_000_099 }, undefined, 'signature-forged'],
    ['in another currency', { currency: 'INR' }, undefined, 'currency-differs'],
    ['after which it spent more than the payment', { balance: amountOf(19_999) }, undefined, 'chain-broken'],
    ['of a later state', { mediumSerial: 40 }, undefined, 'chain-broken'],
  ])('%s', async (_what, change, key, reason) => {
    expect(said(await kiosk.phone.take(await withCertificate(change, key)))).toBe(`refused: ${reason}`);
  });

  test('expired: the payer’s, and the payee’s', async () => {
    world.pass(7 * DAY);
    expect(said(await ana.phone.pay(await ask(kiosk)))).toBe('refused: certificate-expired');
    await world.sync(kiosk);
    expect(said(await ana.phone.pay(await ask(kiosk)))).toBe('refused: own-certificate-expired');
    await world.sync(ana);
    expect(said(await ana.phone.pay(await ask(kiosk)))).toBe('paid');
  });
});

describe('limits, kept by the payer and held to by the payee', () => {
  test('one payment', async () => {
    expect(said(await ana.phone.pay(await ask(kiosk, 5_001)))).toBe('refused: payment-limit');
  });

  test('all payments since the phone was online', async () => {
    for (const of of [kiosk, stand, kiosk]) {
      expect(said(await ana.phone.pay(await ask(of, 5_000)))).toBe('paid');
      world.pass(1_000);
    }
    expect(ana.phone.view.allowance).toMatchObject({ offline: 0, payment: 0, count: 27 });
    expect(said(await ana.phone.pay(await ask(stand, 1)))).toBe('refused: offline-limit');
    await world.sync(ana);
    expect(said(await ana.phone.pay(await ask(stand, 1)))).toBe('paid');
  });

  test('their number', async () => {
    world.centre.limits = { ...world.centre.limits, offlineCount: 2 };
    await world.sync(ana);
    for (let paid = 0; paid < 2; paid += 1) await ana.phone.pay(await ask(kiosk, 10));
    expect(said(await ana.phone.pay(await ask(kiosk, 10)))).toBe('refused: offline-count');
  });

  test('a wallet that keeps none of them is refused by whoever is paid', async () => {
    const generous = { paymentMax: amountOf(9_000), offlineMax: amountOf(9_000), offlineCount: 99 };
    const shown = openMessage(await payment());
    if (shown.kind !== 'record') throw new Error('no record');
    const { certificate } = openCertificate(shown.certificate);
    const limits = { ...certificate.limits, ...generous, paymentMax: amountOf(349) };
    const strict = await encodeCertificate({ ...certificate, limits }, world.centre.key.sign);
    const outcome = await kiosk.phone.take(encodeMessage({ ...shown, certificate: strict }));
    expect(said(outcome)).toBe('refused: payment-limit');
  });
});

describe('clocks', () => {
  test('that differ by more than the tolerance: nothing is paid', async () => {
    kiosk.skewMs = 3 * 60_000;
    expect(said(await ana.phone.pay(await ask(kiosk)))).toBe('refused: clock-differs');
    kiosk.skewMs = -REQUEST_VALID_MS - 3 * 60_000;
    await kiosk.restart();
    const stale = await ask(stand);
    world.pass(REQUEST_VALID_MS + 121_000);
    expect(said(await ana.phone.pay(stale))).toBe('refused: too-late');
  });

  test('within the tolerance both ways the payment goes through, and the chain holds', async () => {
    for (const skew of [-119_000, 119_000]) {
      ana.skewMs = skew;
      expect(said(await kiosk.phone.take(await payment()))).toBe('taken');
      world.pass(300_000);
    }
    for (const each of [ana, kiosk]) await world.sync(each);
    expect(world.centre.state(world.now + 30 * DAY).alerts).toEqual([]);
  });

  test('turned back: the phone writes nothing', async () => {
    await payment();
    ana.skewMs = -DAY;
    expect(said(await ana.phone.pay(await ask(kiosk)))).toBe('refused: clock-turned-back');
  });

  test('a payment is taken for ten minutes', async () => {
    const shown = await payment();
    world.pass(PAYMENT_VALID_MS + 1_000);
    expect(said(await kiosk.phone.take(shown))).toBe('refused: too-late');
  });
});

describe('an old state of a phone', () => {
  test('is refused by a merchant who knows it better, and by the centre', async () => {
    const old = ana.store.contents;
    expect(said(await kiosk.phone.take(await payment()))).toBe('taken');
    await world.sync(ana);
    world.pass(60_000);
    ana.store.contents = old;
    await ana.restart();
    expect(said(await kiosk.phone.take(await payment()))).toBe('refused: chain-broken');
    expect(kiosk.balance).toBe(350);
    // The merchant's phone alone brings both to the centre.
    await world.sync(kiosk);
    expect(world.centre.state(world.now).alerts.map(({ kind }) => kind)).toEqual(['conflicting-record']);
    expect(await world.sync(ana)).toBe('refused');
    expect(ana.phone.view.document.standing).toBe('copied');
    expect(said(await ana.phone.pay(await ask(stand)))).toBe('refused: rolled-back');
  });

  test('that says less than the centre has is recognised before it pays', async () => {
    const old = ana.store.contents;
    await payment();
    await world.sync(ana);
    ana.store.contents = old;
    await ana.restart();
    expect(await world.sync(ana)).toBe('refused');
    expect(ana.phone.view.document.standing).toBe('rolled-back');
    expect(said(await ana.phone.pay(await ask(kiosk)))).toBe('refused: rolled-back');
  });

  test('a copy that goes on where the other one is known gives itself away by its link, with no network', async () => {
    const copy = await ana.copy();
    expect(said(await kiosk.phone.take(await payment()))).toBe('taken');
    world.pass(60_000);
    await copy.phone.pay(await ask(stand));
    const next = messageIn(await copy.phone.pay(await ask(kiosk)));
    expect(said(await kiosk.phone.take(next))).toBe('refused: chain-broken');
    // The other goes on, and is the one that this merchant knows.
    expect(said(await kiosk.phone.take(await payment()))).toBe('taken');
  });

  test('a phone that pays by another tab while its word is on the way is no old state', async () => {
    await world.sync(ana);
    const request = await ask(kiosk);
    const tab = await ana.tab();
    let isPaid = false;
    // The word is on the way, and slow: meanwhile the other tab pays, and is faster.
    const link = world.centre.link();
    const slow: PhoneLink = {
      ...link,
      send(message) {
        const isStanding = parsePhoneSays(message)?.kind === 'standing';
        if (!isStanding || isPaid) return link.send(message);
        isPaid = true;
        void (async () => {
          await tab.pay(request);
          await synchronize(tab, world.centre.link(), () => new Promise(() => {}));
          link.send(message);
        })();
      },
    };
    expect(await synchronize(ana.phone, slow, () => new Promise(() => {}))).toBe('done');
    expect(ana.phone.view.document.standing).toBe('active');
    expect(ana.phone.view.unsent).toBe(0);
  });

  test('two copies that both pay are told by their records', async () => {
    const copy = await ana.copy();
    const first = await ana.phone.pay(await ask(kiosk));
    const second = await copy.phone.pay(await ask(stand));
    expect(said(await kiosk.phone.take(messageIn(first)))).toBe('taken');
    expect(said(await stand.phone.take(messageIn(second)))).toBe('taken');
    for (const each of [kiosk, stand]) await world.sync(each);
    const kinds = world.centre.state(world.now).alerts.map(({ kind }) => kind);
    expect(kinds).toEqual(['conflicting-record']);
  });
});

test('who is on the deny list pays nobody, and is paid by nobody', async () => {
  world.centre.denied = [ana.terminal];
  await world.sync(kiosk);
  expect(said(await kiosk.phone.take(await payment()))).toBe('refused: denied');
  world.centre.denied = [stand.terminal];
  await world.sync(ana);
  expect(said(await ana.phone.pay(await ask(stand)))).toBe('refused: denied');
});

test('one’s own request, a ticket or a request where a payment is expected, and bytes of anything', async () => {
  expect(said(await kiosk.phone.pay(await ask(kiosk)))).toBe('refused: own-request');
  expect(said(await kiosk.phone.take(await ask(kiosk)))).toBe('refused: unexpected');
  expect(said(await ana.phone.pay(await payment()))).toBe('refused: unexpected');
  expect(said(await ana.phone.pay(new TextEncoder().encode('https://example.com')))).toBe('refused: unreadable');
});

test('without room nothing is paid and nothing is shown', async () => {
  const request = await ask(kiosk);
  ana.store.isFull = true;
  expect(said(await ana.phone.pay(request))).toBe('refused: store-full');
  expect(ana.balance).toBe(20_000);
  ana.store.isFull = false;
  expect(said(await ana.phone.pay(request))).toBe('paid');
});

describe('one lock for each account document', () => {
  test('two tabs that pay the same request at once make one payment', async () => {
    const request = await ask(kiosk);
    const [first, second] = [ana.phone, await ana.tab()];
    const outcomes = await Promise.all([first.pay(request), second.pay(request)]);
    expect(messageIn(outcomes[1]!)).toEqual(messageIn(outcomes[0]!));
    await first.refresh();
    expect(ana.balance).toBe(19_650);
  });

  test('two tabs that synchronise while a third pays carry out each order once, and lose nothing', async () => {
    const [tab, other, third] = [ana.phone, await ana.tab(), await ana.tab()];
    await tab.wish({ kind: 'top-up', amount: amountOf(500), serial: 0, code: '' });
    const request = await ask(kiosk);
    const silence = () => new Promise<void>(() => {});
    const outcomes = await Promise.all([
      synchronize(tab, world.centre.link(), silence),
      synchronize(other, world.centre.link(), silence),
      third.pay(request),
    ]);
    expect(said(outcomes[2])).toBe('paid');
    await tab.refresh();
    await world.sync(ana);
    await world.sync(ana);
    expect(ana.balance).toBe(20_000 + 500 - 350);
    expect(world.centre.records.filter((each) => 'action' in each && each.terminal === ana.terminal)).toHaveLength(2);
    expect(world.centre.state(world.now + 30 * DAY).alerts).toEqual([]);
  });

  test('a store refuses whoever writes on top of another version', async () => {
    const tab = await ana.tab();
    const { document } = ana.phone.ledger.stored;
    await ana.phone.pay(await ask(kiosk));
    const stale = tab.ledger.commit({ document: { ...document, version: document.version + 1 } });
    await expect(stale).rejects.toThrow(PhoneStoreError);
    await expect(stale).rejects.toMatchObject({ code: 'store-stale' });
  });
});

test('a message is the same by QR code, pasted and by link', async () => {
  const shown = await payment();
  expect(messageBytesIn(` ${messageText(shown)}\n`)).toEqual(shown);
  expect(messageBytesIn(messageLink('https://centre.example/wallet/', shown))).toEqual(shown);
  expect(messageBytesIn('https://centre.example/')).toBeNull();
  expect(messageBytesIn('RETAP1:abc')).toBeNull();
});

test('a name may be any text, and never an order to a screen', async () => {
  const { certificate } = openCertificate(ana.phone.view.document.certificate);
  const named = (name: string) =>
    encodeCertificate({ ...certificate, name }, world.centre.key.sign).then(openCertificate);
  expect((await named('<img src=x onerror=alert(1)>')).certificate.name).toBe('<img src=x onerror=alert(1)>');
  for (const name of ['', ' Ana', 'A\u202ena', 'A\nna', 'x'.repeat(41)]) {
    await expect(named(name)).rejects.toMatchObject({ code: 'certificate-malformed' });
  }
});
