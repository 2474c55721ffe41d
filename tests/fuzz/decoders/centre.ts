/** What anyone may ask the centre over HTTP, and the files of keys. */
import { readBody } from '@retap/protocol';
import type { Decoder } from '@retap/testkit';
import { clientOf } from '../../../apps/central/src/attempts.ts';
import { createRoutes, type RouteOptions } from '../../../apps/central/src/routes.ts';
import { formOf, sentAtOf } from '../../../apps/central/src/verify.ts';
import { issuerContents } from '../../../packages/keys/src/contents.ts';
import { openedFile, sealedFile } from '../../../packages/keys/src/key-file.ts';
import { COST_MIN } from '../../../packages/keys/src/sealed-file.ts';
import { bytesOf, latinOf } from './bytes.ts';

const never = (): boolean => false;
const random = (length: number): Uint8Array => new Uint8Array(length).fill(3);
const keyFile = await sealedFile(issuerContents(random), 'a long passphrase', random, COST_MIN);

/** A centre that knows nothing, whatever it is asked: the routes are what is tried. */
function nothing(): object {
  const answered = new Map<string | symbol, unknown>([
    ['verify', async (batch: unknown) => batch],
    ['newest', async () => null],
    ['version', async () => 0],
    ['then', undefined], // else it would pass for a promise
  ]);
  return new Proxy(async () => [], { get: (_, name) => (answered.has(name) ? answered.get(name) : nothing()) });
}

const { app } = createRoutes({
  central: nothing(),
  now: () => 1_000,
  uploads: {
    admit: () => {},
    offer: async ({ form, body }: Parameters<RouteOptions['uploads']['offer']>[0]) => readBody(form, body),
  },
  feed: { watch: () => null },
  log: () => {},
  guard: { isOpen: async () => true, callerOf: async () => ({ kind: 'everybody' }), refused: async () => {} },
  site: () => ({ origin: 'http://centre', rpId: 'centre', cookie: 'retap', isSecure: false }),
  randomBytes: (count: number) => new Uint8Array(count),
  stopping: () => false,
  newRequestId: () => 'request',
} as unknown as RouteOptions);
const env = { incoming: { socket: { remoteAddress: '127.0.0.1', remotePort: 1, remoteFamily: 'IPv4' } } };

/** `METHOD target`, a line of content type, and a body: what a client sends, less what Node has read of it before us. */
async function asked(bytes: Uint8Array): Promise<void> {
  const [first = '', type = '', ...rest] = latinOf(bytes).split('\n');
  const [method = '', target = ''] = first.split(' ', 2);
  const url = `http://centre/${target.replace(/^\//, '')}`;
  if (!URL.canParse(url) || !/^(GET|POST|PUT|DELETE)$/.test(method)) return;
  const body = method === 'GET' ? {} : { body: Buffer.from(rest.join('\n'), 'latin1') };
  const headers = /^[\x20-\x7e]+$/.test(type) ? { 'content-type': type } : new Headers();
  const answer = await app.request(url, { method, headers, ...body }, env);
  const said = await answer.text();
  if (answer.status === 500 || answer.status === 503) throw new Error(`${answer.status} ${said}`);
  if (answer.status < 400) return;
  const { code, message, requestId } = JSON.parse(said);
  if (typeof code !== 'string' || typeof message !== 'string' || requestId !== 'request') throw new Error(said);
}

const QUESTIONS = [
  ...['GET /media/04A1B2C3/chain?before=1-2-3&limit=5', 'GET /alerts?medium=M1&kind=missing-opening&limit=10'],
  ...['GET /media?prefix=04A1&limit=20', 'GET /proofs?kind=proof-invalid', 'GET /lists/deny', 'GET /integrity?limit=1'],
  'POST /batches\napplication/json\n{"terminal":7,"from":1,"to":1,"records":[{}]}',
  'POST /batches\napplication/cose; cose-type="cose-sign1"\n\xd2\x84',
  'POST /lists/held\napplication/cose\n\xd2\x84',
  'POST /batches/state\napplication/cose\n\xd2\x84',
  'GET /batches/socket',
];

function clientIn(text: string): string {
  const client = clientOf(text);
  if (client.length > text.length + 40) throw new Error(`a client of ${client.length} letters`);
  return client;
}

const asText = (read: (text: string) => unknown) => (bytes: Uint8Array) => read(latinOf(bytes));

export const CENTRE_DECODERS: readonly Decoder[] = [
  {
    name: 'http-request',
    seeds: QUESTIONS.map((each) => Uint8Array.from(Buffer.from(each, 'latin1'))),
    decode: asked,
    isRefusal: never,
  },
  {
    name: 'content-type',
    seeds: [bytesOf('application/cose; cose-type="cose-sign1"')],
    decode: asText(formOf),
    isRefusal: never,
  },
  { name: 'sent-at', seeds: [bytesOf('1772432106669')], decode: asText(sentAtOf), isRefusal: never },
  {
    name: 'client-address',
    seeds: [bytesOf('::ffff:10.0.0.1'), bytesOf('2001:db8::1')],
    decode: asText(clientIn),
    isRefusal: never,
  },
  {
    name: 'key-file',
    seeds: [bytesOf(keyFile)],
    decode: asText((text) => openedFile(text, 'a long passphrase')),
    isRefusal: never,
  },
];
