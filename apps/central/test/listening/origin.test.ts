import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clientOf } from '../../src/attempts.ts';
import { type Origin, originBy, type ProxyHeader } from '../../src/listening/origin.ts';

const PROXIES = ['10.0.0.0/8', '2001:db8:1::/48', '127.0.0.1'];

interface Asked {
  readonly from: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly header?: ProxyHeader;
  readonly isSecure?: boolean;
  readonly ranges?: readonly string[];
}

function origin({ from, headers = {}, header, isSecure = false, ranges = PROXIES }: Asked): Origin {
  const proxies = { ranges, ...(header && { header }) };
  return originBy(proxies)({ remote: from, isSecure, header: (name) => headers[name] });
}
const client = (asked: Asked): string => origin(asked).address;

describe('a stranger who sends a proxy’s headers is who the connection says', () => {
  test.each([
    ['x-forwarded-for', { 'x-forwarded-for': '203.0.113.9' }],
    ['forwarded', { forwarded: 'for=203.0.113.9;proto=https' }],
  ] as const)('%s', (header, headers) => {
    const asked = { from: '198.51.100.7', headers: { ...headers, 'x-forwarded-proto': 'https' }, header };
    expect(origin(asked)).toEqual({ address: '198.51.100.7', isSecure: false, byProxy: false });
  });

  test('nobody is trusted where nobody was named', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    expect(client({ from: '10.0.0.1', headers, ranges: [] })).toBe('10.0.0.1');
  });
});

describe('behind a proxy the rightmost that is no proxy of ours is the client', () => {
  test.each([
    ['one proxy', '203.0.113.9', '203.0.113.9'],
    ['two proxies', '203.0.113.9, 10.1.1.1', '203.0.113.9'],
    ['what the client claims to stand for is not believed', '192.0.2.1, 203.0.113.9', '203.0.113.9'],
    ['not even where it claims to be a proxy', '10.9.9.9, 203.0.113.9, 10.1.1.1', '203.0.113.9'],
    ['a client within the trusted network', '10.2.2.2, 10.1.1.1', '10.2.2.2'],
    ['a port', '203.0.113.9:4711', '203.0.113.9'],
    ['IPv6', '2001:db8:9::1', '2001:db8:9::1'],
    ['IPv6 with a port', '[2001:db8:9::1]:4711', '2001:db8:9::1'],
    ['an IPv4 address in IPv6’s dress', '::ffff:203.0.113.9', '203.0.113.9'],
    ['a proxy that does not say: no more is known than the proxy', 'unknown', '10.0.0.1'],
    ['what is no address ends the search', '203.0.113.9, nonsense, 10.1.1.1', '10.1.1.1'],
    ['nothing', '', '10.0.0.1'],
  ])('%s: "%s"', (_what, chain, expected) => {
    expect(client({ from: '10.0.0.1', headers: { 'x-forwarded-for': chain } })).toBe(expected);
  });

  test('a proxy reached over IPv6, or by IPv4 on a socket for both', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    expect(client({ from: '2001:db8:1::5', headers })).toBe('203.0.113.9');
    expect(client({ from: '::ffff:10.0.0.1', headers })).toBe('203.0.113.9');
  });

  test('only the header that was named counts: the other may be the client’s own', () => {
    const headers = { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=192.0.2.1' };
    expect(client({ from: '10.0.0.1', headers })).toBe('203.0.113.9');
    expect(client({ from: '10.0.0.1', headers, header: 'forwarded' })).toBe('192.0.2.1');
  });

  test('whether the client used TLS is the proxy’s word', () => {
    const at = (scheme: string) =>
      origin({ from: '10.0.0.1', headers: { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': scheme } });
    expect([at('https'), at('http'), at('https, http')].map(({ isSecure }) => isSecure)).toEqual([true, false, false]);
    const own = origin({ from: '10.0.0.1', headers: { 'x-forwarded-for': '203.0.113.9' }, isSecure: true });
    expect(own.isSecure).toBe(true);
  });
});

describe('the header Forwarded (RFC 7239)', () => {
  test.each([
    ['for=203.0.113.9;proto=https;by=10.0.0.1', '203.0.113.9', true],
    ['For="[2001:db8:9::1]:4711";Proto=HTTPS', '2001:db8:9::1', true],
    ['for=192.0.2.1, for=203.0.113.9;proto=http', '203.0.113.9', false],
    ['for="203.0.113.9, for=192.0.2.1"', '10.0.0.1', false],
    ['for=_hidden', '10.0.0.1', false],
    ['proto=https', '10.0.0.1', false],
    ['for="\\"203.0.113.9', '10.0.0.1', false],
  ])('%s', (forwarded, address, isSecure) => {
    const asked = { from: '10.0.0.1', headers: { forwarded }, header: 'forwarded' } as const;
    expect(origin(asked)).toMatchObject({ address, isSecure });
  });
});

test('whatever a stranger sends by way of a proxy, it is counted as that stranger', () => {
  const said = fc.oneof(fc.string(), fc.ipV4(), fc.ipV6(), fc.constantFrom('10.0.0.1', '"', ', ', ';for='));
  fc.assert(
    fc.property(
      fc.array(said, { maxLength: 6 }),
      fc.constantFrom<ProxyHeader>('x-forwarded-for', 'forwarded'),
      (parts, header) => {
        const claims = parts.join(', ').replaceAll('"', ''); // a proxy passes no header on that has an open quote
        const added = header === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9';
        const headers = { [header]: claims === '' ? added : `${claims}, ${added}` };
        expect(client({ from: '10.0.0.1', headers, header })).toBe('203.0.113.9');
      },
    ),
  );
});

test.each(['10.0.0.0/33', 'fd00::/129', '10.0.0/8', 'proxy.example', '', '10.0.0.0/8/8', '::ffff:10.0.0.0/104'])(
  '"%s" is no range, and is said to be none',
  (range) => {
    expect(() => originBy({ ranges: [range] })).toThrow(`"${range}" is no range of addresses`);
  },
);

describe('a client is an IPv4 address, or the /64 of an IPv6 one', () => {
  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s → %s', (address, expected) => {
    expect(clientOf(address)).toBe(expected);
  });
});
