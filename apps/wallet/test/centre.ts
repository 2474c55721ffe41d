/** The wallet's built files, served; and a centre of a hundred lines that grants everything, so that the screens have one to talk to. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { amountOf, type JournalRecord } from '@retap/model';
import {
  type Certificate,
  encodeCentreSays,
  encodeCertificate,
  encodeOrder,
  encodeRegistered,
  type OrderKind,
  openMessage,
  openStanding,
  openWish,
  type PaymentState,
  type PhoneSays,
  parsePhoneSays,
  parseRegistration,
  readSignedBatch,
} from '@retap/protocol';
import { type WebSocket, WebSocketServer } from 'ws';

const SITE = path.join(import.meta.dirname, '../dist/site');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};
/** As the centre serves it. */
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const DAY_MS = 86_400_000;

type Order = readonly [kind: OrderKind, amount: number, why: string];

export interface TestCentre {
  readonly origin: string;
  /** All records that came, by whose journal they are. */
  readonly records: Map<number, JournalRecord[]>;
  /** Bytes of every message from a phone. */
  readonly said: PhoneSays[];
  order(terminal: number, ...order: Order): void;
  /** What it says of a payment. */
  state(terminal: number, serial: number, state: PaymentState): void;
  /** Files are served all the same. */
  isReachable: boolean;
  stop(): Promise<void>;
}

export async function startTestCentre(): Promise<TestCentre> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const centreKey = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  const signing = async (bytes: Uint8Array) => new Uint8Array(sign(null, bytes, privateKey));
  const phones = new Map<number, Certificate>();
  const orders = new Map<number, Order[]>();
  const states = new Map<number, Map<number, PaymentState>>();

  const renewed = (terminal: number, now: Partial<Certificate>): Promise<Uint8Array<ArrayBuffer>> => {
    const certificate = { ...(phones.get(terminal) as Certificate), ...now };
    phones.set(terminal, certificate);
    return encodeCertificate(certificate, signing);
  };

  async function register(body: Uint8Array): Promise<Uint8Array> {
    const { publicKey: key, kind, name } = parseRegistration(body);
    const known = [...phones.values()].find((each) => Buffer.from(key).equals(each.publicKey));
    const terminal = known?.terminal ?? 1_000_000_001 + phones.size;
    const limits = {
      ...{ paymentMax: amountOf(5_000), offlineMax: amountOf(15_000) },
      ...{ offlineCount: 50, balanceMax: amountOf(kind === 'merchant' ? 500_000 : 15_000) },
    };
    const times = { issuedAt: Date.now(), expiresAt: Date.now() + 7 * DAY_MS };
    const certificate = await renewed(terminal, {
      ...{ terminal, publicKey: key, kind, name, currency: 'EUR', limits, ...times },
      ...{ mediumSerial: 0, balance: amountOf(0) },
    });
    return encodeRegistered({ terminal, certificate, centre: centreKey });
  }

  async function answer({ number, kind, bytes }: PhoneSays): Promise<Uint8Array> {
    const time = Date.now();
    if (kind === 'batch' || kind === 'payment') {
      // A payment comes as it is shown; this centre hands none on, so that each is scanned.
      const shown = kind === 'payment' ? openMessage(bytes) : null;
      const { records } = readSignedBatch(shown?.kind === 'record' ? shown.batch : bytes);
      for (const { record } of records) {
        const kept = centre.records.get(record.terminal) ?? [];
        centre.records.set(record.terminal, kept);
        if (!kept.some(({ serial }) => serial === record.serial)) kept.push(record);
      }
      return encodeCentreSays({ kind: 'kept', number, time });
    }
    if (kind === 'wish') {
      const { wish } = openWish(bytes);
      if (wish.kind === 'top-up') centre.order(wish.terminal, 'refill', wish.amount, 'top-up');
      if (wish.kind === 'reclaim') {
        const paid = centre.records.get(wish.terminal)?.find(({ serial }) => serial === wish.serial);
        const amount = paid && 'amount' in paid ? -paid.amount : 0;
        centre.order(wish.terminal, 'refund', amount, 'reclaim');
        centre.state(wish.terminal, wish.serial, 'reclaimed');
      }
      return encodeCentreSays({ kind: 'kept', number, time });
    }
    const { standing } = openStanding(bytes);
    const { terminal, balance, mediumSerial, actionSerial, lastSerial } = standing;
    const certificate = await renewed(terminal, {
      balance,
      mediumSerial,
      issuedAt: time,
      expiresAt: time + 7 * DAY_MS,
    });
    const waiting = (orders.get(terminal) ?? []).map(([orderKind, amount, why], index) =>
      encodeOrder({ terminal, serial: index + 1, kind: orderKind, amount: amountOf(amount), why }, signing),
    );
    const payments = [...(states.get(terminal) ?? [])].map(([serial, state]) => ({ serial, state }));
    return encodeCentreSays({
      ...{ kind: 'account', number, time, standing: 'active', lastSerial, certificate, payments, denied: [] },
      ...{ orders: (await Promise.all(waiting)).slice(actionSerial), mebibytePrice: amountOf(100) },
    });
  }

  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST' && url.pathname === '/phones' && centre.isReachable) {
      const body = Buffer.concat(await request.toArray());
      response.setHeader('content-type', 'application/json').end(await register(body));
      return;
    }
    const name = url.pathname.replace(/^\/wallet\//, '') || 'index.html';
    const file = path.join(SITE, name);
    if (!url.pathname.startsWith('/wallet/') || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('cache-control', 'no-cache').end(readFileSync(file));
  }
  const sockets = new WebSocketServer({ server, path: '/phones/socket' });
  sockets.on('connection', (socket: WebSocket) => {
    if (!centre.isReachable) return socket.terminate();
    socket.on('message', async (message: Buffer) => {
      const says = parsePhoneSays(Uint8Array.from(message));
      if (says === null || !centre.isReachable) return socket.terminate();
      centre.said.push(says);
      socket.send(await answer(says));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const centre: TestCentre = {
    origin: `http://localhost:${port}`,
    ...{ records: new Map(), said: [], isReachable: true },
    order(terminal, ...order) {
      orders.set(terminal, [...(orders.get(terminal) ?? []), order]);
    },
    state(terminal, serial, state) {
      states.set(terminal, new Map(states.get(terminal)).set(serial, state));
    },
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return centre;
}
