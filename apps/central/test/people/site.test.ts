import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { byName, isForeign, localOrigin, originFault, siteOf } from '../../src/people/site.ts';

/** What is made of a request with these headers. */
async function asked<T>(
  look: (c: Parameters<typeof isForeign>[0]) => T,
  {
    method = 'POST',
    path = '/people',
    ...headers
  }: { method?: string; path?: string; [header: string]: string | undefined },
): Promise<T> {
  let found: { readonly value: T } | null = null;
  const app = new Hono();
  app.all('*', (c) => {
    found = { value: look(c) };
    return c.text('');
  });
  await app.request(path, { method, headers: headers as Record<string, string> });
  if (found === null) throw new Error('nothing was asked');
  return (found as { readonly value: T }).value;
}

describe('where people can be told to come', () => {
  const SCHEME = 'give scheme and host only, as https://centre.example';
  const NAME = 'a passkey is bound to a name, not to an address: name the host';
  const HTTPS = 'browsers make passkeys over https only, or on http://localhost';

  test.each([
    ['https://centre.example', null],
    ['https://centre.example:8443', null],
    ['https://localhost', null],
    ['http://localhost', null],
    ['http://localhost:8321', null],
    ['', SCHEME],
    ['centre.example', SCHEME],
    ['https://centre.example/', SCHEME],
    ['https://centre.example/people', SCHEME],
    ['https://centre.example?a=1', SCHEME],
    ['https://ana@centre.example', SCHEME],
    ['https://CENTRE.example', SCHEME],
    ['https://centre.example:443', SCHEME],
    ['https://čez.example', SCHEME],
    ['https://', SCHEME],
    ['file:///tmp', SCHEME],
    ['https://192.0.2.1', NAME],
    ['https://192.0.2.1:8443', NAME],
    ['http://127.0.0.1:8321', NAME],
    ['https://[2001:db8::1]', NAME],
    ['http://[::1]:8321', NAME],
    ['http://centre.example', HTTPS],
    ['http://localhost.example', HTTPS],
    ['http://sub.localhost', HTTPS],
    ['ws://localhost', HTTPS],
  ])('%s: %s', (origin, fault) => {
    expect(originFault(origin)).toBe(fault);
  });

  test.each([
    ['http://127.0.0.1:8321', 'http://localhost:8321'],
    ['https://0.0.0.0:8443', 'https://localhost:8443'],
    ['http://[::1]:8321', 'http://localhost:8321'],
    ['https://127.0.0.1', 'https://localhost'],
  ])('of itself %s says %s, and people can come there', (url, origin) => {
    expect(localOrigin(url)).toBe(origin);
    expect(originFault(localOrigin(url))).toBeNull();
  });

  test('its cookie is bound to the host where there is TLS', () => {
    expect(siteOf('https://centre.example:8443')).toEqual({
      ...{ origin: 'https://centre.example:8443', rpId: 'centre.example', cookie: '__Host-retap', isSecure: true },
    });
    expect(siteOf('http://localhost:8321')).toMatchObject({ rpId: 'localhost', cookie: 'retap', isSecure: false });
  });
});

describe('another site’s page', () => {
  const site = siteOf('https://centre.example');
  const foreign = (request: Parameters<typeof asked>[1]) => asked((c) => isForeign(c, site), request);
  const COOKIE = { cookie: '__Host-retap=abc' };

  test.each([
    ['same-origin', false],
    ['same-site', true],
    ['cross-site', true],
    ['none', true],
    ['', true],
    ['anything', true],
  ])('is known by what the browser says: sec-fetch-site %s', async (relation, expected) => {
    expect(await foreign({ 'sec-fetch-site': relation, ...COOKIE })).toBe(expected);
    // The browser's word goes before an origin that some proxy may have changed.
    expect(await foreign({ 'sec-fetch-site': relation, origin: 'https://centre.example' })).toBe(expected);
    expect(await foreign({ 'sec-fetch-site': relation, origin: 'https://evil.example' })).toBe(expected);
  });

  test.each([
    ['https://centre.example', false],
    ['http://centre.example', true],
    ['https://centre.example:8443', true],
    ['https://centre.example.evil.example', true],
    ['https://sub.centre.example', true],
    ['https://evil.example', true],
    ['null', true],
    ['', true],
  ])('of an older browser by its origin: %s', async (origin, expected) => {
    expect(await foreign({ origin })).toBe(expected);
    expect(await foreign({ origin, ...COOKIE })).toBe(expected);
  });

  test.each([
    [{}, false],
    [{ cookie: 'lang=sl' }, false],
    [{ cookie: 'lang=sl; __Host-retap=abc' }, true],
    [{ authorization: 'Bearer abc' }, false],
    [{ authorization: 'Bearer abc', ...COOKIE }, true],
  ])('and who says neither, by a cookie that could be misused: %j', async (headers, expected) => {
    expect(await foreign(headers)).toBe(expected);
  });

  test.each(['GET', 'HEAD', 'OPTIONS'])('may link to us: %s changes nothing', async (method) => {
    expect(await foreign({ method, 'sec-fetch-site': 'cross-site', origin: 'https://evil.example', ...COOKIE })).toBe(
      false,
    );
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('may not %s', async (method) => {
    expect(await foreign({ method, 'sec-fetch-site': 'cross-site', ...COOKIE })).toBe(true);
  });
});

describe('asked for by an address of this machine', () => {
  const local = siteOf('http://localhost:8321');
  test.each([
    ['127.0.0.1:8321', '/sign-in', 'http://localhost:8321/sign-in'],
    ['127.1.2.3:8321', '/', 'http://localhost:8321/'],
    ['[::1]:8321', '/people', 'http://localhost:8321/people'],
    ['localhost:8321', '/sign-in', null],
    ['127.0.0.1:9999', '/', null],
    ['127.0.0.1', '/', null],
    ['192.0.2.1:8321', '/', null],
    ['127.0.0.1.evil.example:8321', '/', null],
    ['evil.example:8321', '/', null],
    ['', '/', null],
  ])('as %s%s one is sent to %s', async (host, path, expected) => {
    expect(await asked((c) => byName(c, local), { method: 'GET', path, host })).toBe(expected);
  });

  test('where people come by another name, nobody is sent there from an address', async () => {
    const named = siteOf('https://centre.example');
    expect(await asked((c) => byName(c, named), { method: 'GET', host: '127.0.0.1:8321' })).toBeNull();
  });

  test('a path that looks like a host leads nowhere else', async () => {
    const to = await asked((c) => byName(c, local), {
      method: 'GET',
      path: '/..//evil.example/',
      host: '127.0.0.1:8321',
    });
    expect(new URL(to ?? '').host).toBe('localhost:8321');
  });
});
