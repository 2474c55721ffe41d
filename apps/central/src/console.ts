/** The operators' console: files as `apps/console` was built, and its one document for every address below `/console/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { type Context, Hono } from 'hono';
import type { ApiEnv } from './api/declaration.ts';
import { PAGE_HEADERS } from './page.ts';

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
};

/** Their names hold a digest of what they say: another version has other names. */
const FOR_EVER = 'public, max-age=31536000, immutable';

interface Asset {
  readonly content: Buffer;
  /** A network that is slow or dear carries a third; packed once, when they are read. */
  readonly packed: Buffer;
  readonly type: string;
}

export interface ConsoleFiles {
  readonly document: string;
  readonly assets: ReadonlyMap<string, Asset>;
}

/** Read once: the console must not change under a running centre when a new version is unpacked over it. @throws system errors */
export function readConsole(folder: URL): ConsoleFiles {
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(new URL('assets/', folder))) {
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)];
    if (!type) continue;
    const content = readFileSync(new URL(`assets/${name}`, folder));
    assets.set(name, { content, packed: gzipSync(content, { level: 9 }), type });
  }
  return { document: readFileSync(new URL('index.html', folder), 'utf8'), assets };
}

/** @param elsewhere where the document is to be asked for instead; null: here */
export function consoleRoutes(
  { document, assets }: ConsoleFiles,
  elsewhere: (c: Context<ApiEnv>) => Promise<string | null>,
): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  app.get('/console/assets/:name', (c) => {
    c.set('route', '/console/assets/{name}');
    const asset = assets.get(c.req.param('name'));
    if (!asset) return c.notFound();
    const isPacked = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '');
    return c.body(new Uint8Array(isPacked ? asset.packed : asset.content), 200, {
      ...PAGE_HEADERS,
      ...(isPacked && { 'content-encoding': 'gzip' }),
      vary: 'accept-encoding',
      'content-type': asset.type,
      'cache-control': FOR_EVER,
    });
  });
  const answer = async (c: Context<ApiEnv>) => {
    c.set('route', '/console/*');
    const instead = await elsewhere(c);
    if (instead !== null) return c.redirect(instead, 302);
    return c.body(document, 200, { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' });
  };
  app.get('/console', answer);
  app.get('/console/*', answer);
  return app;
}
