/** The wallet's files, as a phone is given them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiEnv } from '../../src/api/declaration.ts';
import { readWallet, walletRoutes } from '../../src/phones/wallet.ts';

const folder = mkdtempSync(join(tmpdir(), 'retap-wallet-'));
const site = pathToFileURL(`${folder}/`);
let elsewhere: string | null = null;
let app: Hono<ApiEnv>;

beforeAll(() => {
  mkdirSync(join(folder, 'assets'));
  const files = {
    'index.html': '<!doctype html>',
    'sw.js': 'self.x = 1;',
    'manifest.webmanifest': '{}',
    'icon.svg': '<svg/>',
    'assets/reader-1a.wasm': '\0asm',
    'assets/index-2b.js': 'let a;',
    'assets/index-2b.js.map': '{}',
    'secret.key': 'no',
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const read = readWallet(site);
  if (read === null) throw new Error('nothing was read');
  app = new Hono<ApiEnv>();
  app.route(
    '/',
    walletRoutes(read, async () => elsewhere),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = async (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  app.request(`http://centre${path}`, { headers });

test.each([
  ['/wallet/', 'text/html; charset=utf-8', 'no-cache'],
  ['/wallet/sw.js', 'text/javascript; charset=utf-8', 'no-cache'],
  ['/wallet/manifest.webmanifest', 'application/manifest+json', 'no-cache'],
  ['/wallet/icon.svg', 'image/svg+xml', 'no-cache'],
  ['/wallet/assets/reader-1a.wasm', 'application/wasm', 'public, max-age=31536000, immutable'],
  ['/wallet/assets/index-2b.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
])('%s has its type, and is kept as long as its name says the same', async (path, type, kept) => {
  const { status, headers } = await ask(path);
  expect([status, headers.get('content-type'), headers.get('cache-control')]).toEqual([200, type, kept]);
  const policy = headers.get('content-security-policy') ?? '';
  for (const part of [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "connect-src 'self'",
    "worker-src 'self'",
  ]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  expect(headers.get('permissions-policy')).toContain('camera=(self)');
});

test('what is no file of it, or of no type that is known, is not there; nothing beside the folder is', async () => {
  for (const path of [
    '/wallet/secret.key',
    '/wallet/assets/index-2b.js.map',
    '/wallet/pay',
    '/wallet/..%2f..%2fetc/passwd',
  ]) {
    expect((await ask(path)).status, path).toBe(404);
  }
});

test('is packed for whoever takes that', async () => {
  const answer = await ask('/wallet/assets/index-2b.js', { 'accept-encoding': 'gzip' });
  expect(answer.headers.get('content-encoding')).toBe('gzip');
  expect(gunzipSync(new Uint8Array(await answer.arrayBuffer())).toString()).toBe('let a;');
});

test('its document is asked for where passkeys work', async () => {
  elsewhere = 'http://localhost:1/wallet/';
  expect((await ask('/wallet/')).headers.get('location')).toBe(elsewhere);
  expect((await ask('/wallet')).headers.get('location')).toBe('/wallet/');
  expect((await ask('/wallet/sw.js')).status).toBe(200);
  elsewhere = null;
});

test('of a wallet that was not built nothing is served', () => {
  expect(readWallet(new URL('not-built/', site))).toBeNull();
});
