import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mayBeSentTo, messageId, secretBytes, secretText, signedHeaders, targetFault } from '../src/index.ts';
import { pauseAfter } from '../src/webhooks/backoff.ts';

const STRICT = { toLoopback: false };

describe('no webhook leads to', () => {
  /** First and last address of each range, and one past its end that is public (null: what follows is refused too). */
  test.each([
    ['this network', '0.0.0.0', '0.255.255.255', '1.0.0.0'],
    ['private, 10/8', '10.0.0.0', '10.255.255.255', '11.0.0.0'],
    ['carrier NAT', '100.64.0.0', '100.127.255.255', '100.128.0.0'],
    ['loopback', '127.0.0.0', '127.255.255.255', '128.0.0.0'],
    ['link-local and cloud metadata', '169.254.0.0', '169.254.169.254', '169.255.0.0'],
    ['private, 172.16/12', '172.16.0.0', '172.31.255.255', '172.32.0.0'],
    ['protocol assignments', '192.0.0.0', '192.0.0.255', '192.0.1.0'],
    ['documentation 1', '192.0.2.0', '192.0.2.255', '192.0.3.0'],
    ['AS112', '192.31.196.0', '192.31.196.255', '192.31.197.0'],
    ['AMT', '192.52.193.0', '192.52.193.255', '192.52.194.0'],
    ['6to4 relays', '192.88.99.0', '192.88.99.255', '192.88.100.0'],
    ['private, 192.168/16', '192.168.0.0', '192.168.255.255', '192.169.0.0'],
    ['AS112, direct', '192.175.48.0', '192.175.48.255', '192.175.49.0'],
    ['benchmarking', '198.18.0.0', '198.19.255.255', '198.20.0.0'],
    ['documentation 2', '198.51.100.0', '198.51.100.255', '198.51.101.0'],
    ['documentation 3', '203.0.113.0', '203.0.113.255', '203.0.114.0'],
    ['multicast', '224.0.0.0', '239.255.255.255', null],
    ['reserved and broadcast', '240.0.0.0', '255.255.255.255', null],
    ['unspecified, IPv6', '::', '::', null],
    ['loopback, IPv6', '::1', '::1', null],
    ['IPv4-compatible', '::7f00:1', '::ffff', null],
    ['IPv4-mapped', '::ffff:127.0.0.1', '::ffff:8.8.8.8', null],
    ['NAT64', '64:ff9b::', '64:ff9b::a00:1', null],
    ['NAT64, local', '64:ff9b:1::', '64:ff9b:1:ffff::', null],
    ['discard only', '100::', '100::ffff', null],
    ['Teredo and other protocol assignments', '2001::', '2001:1ff:ffff::', '2001:200::'],
    ['documentation, IPv6', '2001:db8::', '2001:db8:ffff::', '2001:db9::'],
    ['6to4', '2002::', '2002:7f00:1::', '2003::'],
    ['AS112, IPv6', '2620:4f:8000::', '2620:4f:8000:ffff::', '2620:4f:8001::'],
    ['documentation 2, IPv6', '3fff::', '3fff:fff::', '3fff:1000::'],
    ['segment routing', '5f00::', '5f00:ffff::', null],
    ['unique local', 'fc00::', 'fdff:ffff::', null],
    ['link-local, IPv6', 'fe80::', 'febf::', null],
    ['link-local with a zone', 'fe80::1%eth0', '2001:4860::1%eth0', null],
    ['site-local', 'fec0::', 'feff::', null],
    ['multicast, IPv6', 'ff02::1', 'ffff::', null],
    ['what is no address', 'localhost', '127.1', null],
  ])('%s', (_what, first, last, beyond) => {
    expect([mayBeSentTo(first, STRICT), mayBeSentTo(last, STRICT)]).toEqual([false, false]);
    if (beyond !== null) expect(mayBeSentTo(beyond, STRICT)).toBe(true);
  });

  test('anything but public addresses, which it may', () => {
    for (const address of ['8.8.8.8', '93.184.216.34', '2606:4700::1111'])
      expect(mayBeSentTo(address, STRICT)).toBe(true);
    expect(mayBeSentTo('127.0.0.1', { toLoopback: true })).toBe(true);
    expect(mayBeSentTo('10.0.0.1', { toLoopback: true })).toBe(false);
  });
});

test.each([
  ['https://hooks.example/retap?x=1', null],
  ['https://hooks.example:8443/', null],
  ['http://hooks.example/', 'url-not-https'],
  ['ftp://hooks.example/', 'url-not-https'],
  ['https://hooks.example:22/', 'url-port-refused'],
  ['https://ana:secret@hooks.example/', 'url-with-credentials'],
  ['https://hooks.example/#part', 'url-malformed'],
  ['nothing', 'url-malformed'],
  [`https://hooks.example/${'x'.repeat(2_000)}`, 'url-malformed'],
  ['https://127.0.0.1/', 'url-address-refused'],
  ['https://2130706433/', 'url-address-refused'], // 127.0.0.1 as one number
  ['https://0x7f.1/', 'url-address-refused'],
  ['https://[::ffff:10.0.0.1]/', 'url-address-refused'],
  ['https://[fd00::1]/', 'url-address-refused'],
  ['https://169.254.169.254/latest/meta-data', 'url-address-refused'],
  ['http://localhost:9/', 'url-not-https'],
])('%s → %s', (url, fault) => {
  expect(targetFault(url, STRICT)).toBe(fault);
});

test.each(['http://localhost:9/', 'http://127.0.0.1:8080/', 'https://[::1]:9/'])('%s for trying out', (url) => {
  expect(targetFault(url, { toLoopback: true })).toBe(null);
  expect(targetFault('http://10.0.0.1/', { toLoopback: true })).toBe('url-not-https');
});

test('a message is signed as the Standard Webhooks specification has it, by each secret', () => {
  // The specification's own example.
  const secret = secretBytes('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw') ?? expect.fail('no secret');
  const body = '{"test": 2432232314}';
  const headers = signedHeaders('msg_p5jXN8AQM9LWM0D4loKWxJek', body, 1_614_265_330_000, [secret]);
  expect(headers).toEqual({
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
  const other = new Uint8Array(32).fill(7);
  const [, second] = (signedHeaders('evt_1', body, 1_000, [secret, other])['webhook-signature'] ?? '').split(' ');
  expect(second).toBe(`v1,${createHmac('sha256', other).update(`evt_1.1.${body}`).digest('base64')}`);
  expect(messageId({ position: 7 })).toBe('evt_7');
});

test('a secret is 24 to 64 bytes, with its prefix or without', () => {
  const secret = new Uint8Array(32).fill(1);
  expect(secretBytes(`${secretText(secret)}\n`)).toEqual(secret);
  expect(secretBytes(Buffer.from(secret).toString('base64'))).toEqual(secret);
  for (const text of ['', 'whsec_', 'whsec_AAAA', 'not base64!', Buffer.alloc(65).toString('base64')]) {
    expect(secretBytes(text)).toBe(null);
  }
});

test('pauses double up to an hour, a random half of each left out', () => {
  expect([1, 2, 3].map((failures) => pauseAfter(failures, 1))).toEqual([5_000, 10_000, 20_000]);
  expect([1, 2, 3].map((failures) => pauseAfter(failures, 0))).toEqual([2_500, 5_000, 10_000]);
  expect(pauseAfter(400, 1)).toBe(3_600_000);
});
