/** The wallet: files as `apps/wallet` was built, below `/wallet/`. Each phone keeps them all, so they are asked for seldom. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import type { ApiEnv } from '../api/declaration.ts';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  wasm: 'application/wasm',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  wav: 'audio/wav',
  mp3: 'audio/mpeg',
  txt: 'text/plain; charset=utf-8',
};
/** Packed already. */
const PACKED = new Set(['png', 'woff2', 'mp3']);

/**
 * Its own files alone, too, but it scans with the camera by WebAssembly, shows what it has read as images that it makes, and works
 * without a network by a service worker.
 */
const WALLET_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; " +
    "img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(self), geolocation=(), microphone=()',
  'cache-control': 'no-cache',
};
/** Names of assets hold a digest of what they say: another version has other names. */
const FOR_EVER = 'public, max-age=31536000, immutable';

interface WalletFile {
  readonly content: Buffer;
  /** Null where it would be no smaller. */
  readonly packed: Buffer | null;
  readonly type: string;
}
export type WalletFiles = ReadonlyMap<string, WalletFile>;

/** Read once, as the console is. Null where the wallet was not built. @throws system errors */
export function readWallet(folder: URL): WalletFiles | null {
  const root = fileURLToPath(folder);
  const files = new Map<string, WalletFile>();
  let entries: string[];
  try {
    entries = readdirSync(root, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  for (const entry of entries) {
    const name = entry.replaceAll('\\', '/');
    const ending = /\.(\w+)$/.exec(name)?.[1] ?? '';
    const type = TYPES[ending];
    if (type === undefined) continue;
    const content = readFileSync(join(root, entry));
    const packed = PACKED.has(ending) ? null : gzipSync(content, { level: 9 });
    files.set(name, { content, packed, type });
  }
  return files.has('index.html') ? files : null;
}

/** @param elsewhere where the document is to be asked for instead: passkeys do not work under every name of a place; null: here */
export function walletRoutes(
  files: WalletFiles,
  elsewhere: (c: Context<ApiEnv>) => Promise<string | null>,
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/wallet', (c) => {
    c.set('route', '/wallet');
    return c.redirect('/wallet/', 302);
  });
  app.get('/wallet/*', async (c) => {
    c.set('route', '/wallet/*');
    const path = c.req.path.slice('/wallet/'.length);
    const name = path === '' ? 'index.html' : path;
    const file = files.get(name);
    if (file === undefined) return c.notFound();
    const instead = name === 'index.html' ? await elsewhere(c) : null;
    if (instead !== null) return c.redirect(instead, 302);
    return answer(c, name, file);
  });
  return app;
}

function answer(c: Context<ApiEnv>, name: string, { content, packed, type }: WalletFile): Response {
  const isPacked = packed !== null && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
  return c.body(new Uint8Array(isPacked ? packed : content), 200, {
    ...WALLET_HEADERS,
    ...(isPacked && { 'content-encoding': 'gzip' }),
    vary: 'accept-encoding',
    'content-type': type,
    ...(name.startsWith('assets/') && { 'cache-control': FOR_EVER }),
  });
}
