import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiEnv } from '../src/api/declaration.ts';
import { consoleRoutes, readConsole } from '../src/console.ts';

let folder: string;
let app: Hono<ApiEnv>;
let instead: string | null = null;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-console-'));
  mkdirSync(path.join(folder, 'assets'));
  writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>Retap</title>');
  writeFileSync(path.join(folder, 'assets/main-12ab.js'), 'export {}');
  writeFileSync(path.join(folder, 'assets/style-34cd.css'), 'a{}');
  writeFileSync(path.join(folder, 'assets/notes.txt'), 'nobody asks for this');
  app = new Hono<ApiEnv>().route(
    '/',
    consoleRoutes(readConsole(pathToFileURL(`${folder}/`)), async () => instead),
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each(['/console', '/console/', '/console/terminals/17', '/console/media/04a1?bead=1-2'])(
  '%s is the one document, asked for anew each time',
  async (address) => {
    const answer = await app.request(address);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('<title>Retap</title>');
    expect(answer.headers.get('cache-control')).toBe('no-cache');
    expect(answer.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
  },
);

test('assets are kept for ever, each with its type and the same policy', async () => {
  const script = await app.request('/console/assets/main-12ab.js');
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('cache-control')).toContain('immutable');
  expect(script.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await app.request('/console/assets/style-34cd.css')).headers.get('content-type')).toContain('text/css');
});

test('assets travel packed to who can unpack them, and are the same', async () => {
  const packed = await app.request('/console/assets/main-12ab.js', { headers: { 'accept-encoding': 'br, gzip' } });
  expect(packed.headers.get('content-encoding')).toBe('gzip');
  expect(packed.headers.get('vary')).toBe('accept-encoding');
  expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe('export {}');
  const plain = await app.request('/console/assets/main-12ab.js');
  expect([plain.headers.get('content-encoding'), await plain.text()]).toEqual([null, 'export {}']);
});

test.each(['gone-99.js', 'notes.txt', '..%2findex.html', '%2e%2e%2findex.html', 'main-12ab.js%00'])(
  'the asset %s is not there, and no document stands in for it',
  async (name) => {
    const answer = await app.request(`/console/assets/${name}`);
    expect(answer.status).toBe(404);
    expect(await answer.text()).not.toContain('<title>');
  },
);

test('the document is asked for where passkeys work', async () => {
  instead = 'http://localhost:1/console/';
  const answer = await app.request('/console/');
  expect([answer.status, answer.headers.get('location')]).toEqual([302, instead]);
  instead = null;
});

test('where it was never built, that is an error, and no empty page', () => {
  expect(() => readConsole(pathToFileURL('/nowhere/'))).toThrow('ENOENT');
});
