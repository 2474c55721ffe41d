import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { get } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Certificate, readCertificate, watchCertificate } from '../../src/listening/certificate.ts';
import {
  CONNECTION_LIMITS,
  type ConnectionLimits,
  createListener,
  listen,
  replaceCertificate,
  urlOf,
} from '../../src/listening/server.ts';
import type { LogFields } from '../../src/log.ts';
import { selfSigned } from './self-signed.ts';

const YEAR = 365 * 86_400_000;
const NEXT_YEAR = Date.UTC(2031, 0, 1);
let folder: string;
const open: Server[] = [];
const sockets: Socket[] = [];
let stopWatching = (): void => {};

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'retap-tls-'));
});
afterEach(() => {
  stopWatching();
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(folder, { recursive: true });
});

const files = (): { certificate: string; key: string } => ({
  certificate: path.join(folder, 'centre.pem'),
  key: path.join(folder, 'centre.key'),
});

function place(name: string, expiresAt = NEXT_YEAR): { certificate: string; key: string } {
  const made = selfSigned(name, expiresAt);
  writeFileSync(files().certificate, made.certificate);
  writeFileSync(files().key, made.key);
  return made;
}

async function serve(
  certificate: Certificate | null,
  limits: Partial<ConnectionLimits> = {},
): Promise<{ server: Server; port: number; url: string }> {
  const answer = (): Response => new Response('here');
  const server = createListener(answer, certificate, { ...CONNECTION_LIMITS, ...limits });
  open.push(server);
  await listen(server, 0, '127.0.0.1');
  const url = urlOf(server);
  return { server, url, port: Number(new URL(url).port) };
}

const ask = (port: number, ca: string): Promise<string> =>
  new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', ca, agent: false }, (answer) => {
      answer.setEncoding('utf8').on('data', resolve);
    }).on('error', reject);
  });

const handshake = (port: number, options: object): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const socket = connectSecurely({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    );
    sockets.push(socket);
    socket.on('error', reject);
  });

const nameOf = (socket: TLSSocket): string => String(socket.getPeerCertificate().subject.CN);

describe('TLS', () => {
  test('is what the service speaks where it has a certificate', async () => {
    const { certificate } = place('one');
    const { url, port } = await serve(await readCertificate(files()));
    expect(url).toMatch(/^https:/);
    expect(await ask(port, certificate)).toBe('here');
  });

  test('no version before 1.2, no cipher without forward secrecy', async () => {
    place('one');
    const { port } = await serve(await readCertificate(files()));
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    await expect(handshake(port, old)).rejects.toThrow();
    await expect(handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' })).rejects.toThrow();
    const made = await Promise.all(
      ['TLSv1.2', 'TLSv1.3'].map((version) => handshake(port, { minVersion: version, maxVersion: version })),
    );
    expect(made.map((socket) => socket.getProtocol())).toEqual(['TLSv1.2', 'TLSv1.3']);
  });

  test('a renewed certificate is taken without a restart, and open connections go on', async () => {
    place('old');
    const { server, port } = await serve(await readCertificate(files()));
    const before = await handshake(port, {});
    const events: [string, LogFields | undefined][] = [];
    const taken = new Promise<Certificate>((resolve) => {
      stopWatching = watchCertificate({
        files: files(),
        onChange: (certificate) => {
          replaceCertificate(server, certificate);
          resolve(certificate);
        },
        log: (_level, event, fields) => events.push([event, fields]),
        everyMs: 10,
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 40));
    place('new', NEXT_YEAR + YEAR);
    const { expiresAt } = await taken;
    expect(expiresAt).toBe(NEXT_YEAR + YEAR);
    expect([nameOf(before), nameOf(await handshake(port, {}))]).toEqual(['old', 'new']);
    expect(before.destroyed).toBe(false);
    expect(events.at(-1)).toEqual(['certificate-taken', { names: 'DNS:localhost, IP Address:127.0.0.1', expiresAt }]);
  });

  test('half a renewal is refused, once in the log, and the one before stays until the other half is there', async () => {
    const old = place('old');
    const { server } = await serve(await readCertificate(files()));
    const events: string[] = [];
    const changes: Certificate[] = [];
    stopWatching = watchCertificate({
      files: files(),
      onChange: (certificate) => {
        changes.push(certificate);
        replaceCertificate(server, certificate);
      },
      log: (_level, event) => events.push(event),
      everyMs: 10,
    });
    await new Promise((resolve) => setTimeout(resolve, 40));
    const made = selfSigned('new', NEXT_YEAR);
    writeFileSync(files().certificate, made.certificate);
    await expect.poll(() => events).toContain('certificate-refused');
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([events, changes]).toEqual([['certificate-refused'], []]);
    expect(await ask(Number(new URL(urlOf(server)).port), old.certificate)).toBe('here');
    writeFileSync(files().key, made.key);
    await expect.poll(() => changes.length).toBe(1);
  });

  test('a link that is exchanged is a change, too', async () => {
    place('first');
    for (const name of ['centre.pem', 'centre.key'])
      renameSync(path.join(folder, name), path.join(folder, `1-${name}`));
    place('second');
    for (const name of ['centre.pem', 'centre.key'])
      renameSync(path.join(folder, name), path.join(folder, `2-${name}`));
    const point = (generation: number): void => {
      for (const name of ['centre.pem', 'centre.key']) {
        symlinkSync(`${generation}-${name}`, path.join(folder, 'next'));
        renameSync(path.join(folder, 'next'), path.join(folder, name));
      }
    };
    point(1);
    const changes: Certificate[] = [];
    const onChange = (certificate: Certificate): void => void changes.push(certificate);
    stopWatching = watchCertificate({ files: files(), onChange, log: () => {}, everyMs: 10 });
    await new Promise((resolve) => setTimeout(resolve, 40));
    point(2);
    await expect.poll(() => changes.length).toBe(1);
  });

  test.each([
    ['a file that is missing', () => rmSync(files().key), /centre\.key cannot be read \(ENOENT\)/],
    ['no certificate', () => writeFileSync(files().certificate, 'none'), /centre\.pem holds no certificate/],
    ['no key', () => writeFileSync(files().key, 'none'), /centre\.key holds no private key/],
    ['another’s key', () => writeFileSync(files().key, selfSigned('x', NEXT_YEAR).key), /is not the key of/],
  ])('%s is said to be it', async (_what, spoil, message) => {
    place('one');
    spoil();
    await expect(readCertificate(files())).rejects.toMatchObject({
      code: 'certificate-unusable',
      message: expect.stringMatching(message),
    });
  });
});

describe('whoever draws a request out is cut off', () => {
  const QUICK = { headersMs: 200, requestMs: 500, idleMs: 300, lookMs: 50 };
  const drip = (port: number, first: string, piece: string): Promise<number> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(first));
      sockets.push(socket);
      const start = performance.now();
      const timer = setInterval(() => socket.write(piece), 20);
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(timer);
        resolve(performance.now() - start);
      });
      socket.resume();
    });

  test('in its headers (Slowloris), while others are served', async () => {
    const { url, port } = await serve(null, QUICK);
    const slow = Array.from({ length: 200 }, () => drip(port, 'GET / HTTP/1.1\r\nhost: centre\r\n', 'x-a: b\r\n'));
    expect(await (await fetch(url)).text()).toBe('here');
    for (const ms of await Promise.all(slow)) expect(ms).toBeLessThan(5_000);
  });

  test('in its body', async () => {
    const answer = async (request: Request): Promise<Response> => new Response(await request.text().catch(() => ''));
    const server = createListener(answer, null, { ...CONNECTION_LIMITS, ...QUICK });
    open.push(server);
    await listen(server, 0, '127.0.0.1');
    const port = Number(new URL(urlOf(server)).port);
    const head = 'POST / HTTP/1.1\r\nhost: centre\r\ncontent-length: 100000\r\n\r\n';
    expect(await drip(port, head, 'x')).toBeLessThan(5_000);
  });

  test('before its first byte', async () => {
    const { port } = await serve(null, { ...QUICK, silentMs: 200 });
    expect(await drip(port, '', '')).toBeLessThan(5_000);
  });

  test('headers beyond the limit are refused', async () => {
    const { url } = await serve(null);
    const answer = await fetch(url, { headers: { 'x-long': 'x'.repeat(20_000) } });
    expect(answer.status).toBe(431);
  });

  test('connections beyond the limit are closed, and those within are served', async () => {
    const { port, url } = await serve(null, { connectionsMax: 3 });
    const idle = Array.from({ length: 3 }, () => connect(port, '127.0.0.1'));
    sockets.push(...idle);
    await Promise.all(idle.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    await expect(fetch(url)).rejects.toThrow();
    idle[0]?.destroy();
    await expect.poll(async () => (await fetch(url).catch(() => null))?.status).toBe(200);
  });
});
