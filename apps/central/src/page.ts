/** The plain pages, for signing in and one's own account: HTML, style and script as files beside `dist`, and the words in each language. */
import { readFileSync } from 'node:fs';
import { type Context, Hono } from 'hono';
import type { ApiEnv } from './api/declaration.ts';
import { ENGLISH } from './words/english.ts';
import { SLOVENE } from './words/slovene.ts';

const TYPES = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
} as const;

const FILES: Readonly<Record<string, keyof typeof TYPES>> = {
  'sign-in.html': 'html',
  'account.html': 'html',
  'style.css': 'css',
  'icon.svg': 'svg',
  'account.js': 'js',
  'ask.js': 'js',
  'element.js': 'js',
  'language.js': 'js',
  'passkey.js': 'js',
  'sign-in.js': 'js',
  'signed-in.js': 'js',
};

/** Nothing but our own files runs, loads or is reached; a medium's name can never become script. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-cache',
};

/** @param elsewhere where a document is to be asked for instead: passkeys do not work under every name of a place */
export function pageRoutes(elsewhere: (c: Context<ApiEnv>) => Promise<string | null>): Hono<ApiEnv> {
  const app = new Hono<ApiEnv>();
  for (const [name, type] of Object.entries(FILES)) {
    // Read once: the page must not change under a running centre when a new version is unpacked over it.
    const content = readFileSync(new URL(`../public/${name}`, import.meta.url), 'utf8');
    const path = `/${name}`;
    app.get(path, async (c) => {
      c.set('route', path);
      const instead = type === 'html' ? await elsewhere(c) : null;
      if (instead !== null) return c.redirect(instead, 302);
      return c.body(content, 200, { ...PAGE_HEADERS, 'content-type': TYPES[type] });
    });
  }
  app.get('/', (c) => {
    c.set('route', '/');
    // Links of before named a medium so.
    const medium = c.req.query('medium');
    return c.redirect(medium ? `/console/media/${encodeURIComponent(medium)}` : '/console/', 302);
  });
  app.get('/words.json', (c) => {
    c.set('route', '/words.json');
    return c.json({ en: ENGLISH, sl: SLOVENE }, 200, PAGE_HEADERS);
  });
  return app;
}
