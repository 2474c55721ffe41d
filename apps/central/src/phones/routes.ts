/** Phones: registered, heard over a socket, said to be lost (docs/phones.md). */
import type { Central, PhoneRefusalCode } from '@retap/central';
import { encodeRegistered, PHONE_SOCKET_PROTOCOL, parseRegistration, REGISTRATION_BYTES_MAX } from '@retap/protocol';
import type { Context } from 'hono';
import { z } from 'zod';
import { refuse, tooMany, unavailable } from '../answers.ts';
import type { Api } from '../api/api.ts';
import { TIME } from '../api/shapes.ts';
import { Attempts } from '../attempts.ts';
import type { Held } from '../body.ts';
import type { LicenceSigner } from '../enrolment.ts';
import { PHONE_SOCKET_PATH } from '../listening/sockets.ts';
import { upgraded } from '../listening/upgrade.ts';
import type { Site } from '../people/site.ts';
import type { PhoneSockets } from './sockets.ts';
import { PHONE_WORDS } from './words.ts';

export interface PhoneRouteOptions {
  readonly phones: Central['phones'];
  readonly signer: LicenceSigner;
  readonly sockets: PhoneSockets;
  readonly held: Held;
  readonly clientOf: (c: Context) => string;
  readonly site: () => Site;
  /** A clock for throttling, in milliseconds. */
  readonly now: () => number;
}

const WINDOW_MS = 10 * 60_000;
const FAILURES_OF_CLIENT_MAX = 20;
/** Also of those that succeed: each is a number for ever. A fair behind one address is let in. */
const REGISTRATIONS_OF_CLIENT_MAX = 200;
/** Whoever has lost a phone types its code once or twice. */
const LOSSES_OF_CLIENT_MAX = 5;

export function addPhoneRoutes(api: Api, options: PhoneRouteOptions): void {
  addRegistration(api, options);
  addLoss(api, options);
  addSocket(api, options);
}

function addRegistration(api: Api, { phones, signer, held, clientOf, now }: PhoneRouteOptions): void {
  const failures = new Attempts(FAILURES_OF_CLIENT_MAX, WINDOW_MS, now);
  const registrations = new Attempts(REGISTRATIONS_OF_CLIENT_MAX, WINDOW_MS, now);
  api.add(
    {
      method: 'post',
      path: '/phones',
      operationId: 'registerPhone',
      summary: 'A phone gets a number, an account and a certificate; the same key again, the same number',
      tag: 'phones',
      access: 'terminal',
      takes: ['application/json'],
      answers: {
        200: {
          description: 'Number, certificate and the centre’s public key; bytes as hexadecimal digits',
          schema: z.object({ terminal: z.int(), certificate: z.string(), centre: z.string() }),
        },
        401: { description: 'Not signed by the key that asks' },
        403: { description: 'Not registered, and why' },
        409: { description: 'The code was used by another phone' },
        413: { description: 'Too large' },
      },
    },
    async ({ c }) => {
      const client = clientOf(c);
      const waitMs = failures.begin(client) || registrations.begin(client);
      if (waitMs > 0) return tooMany(c, waitMs);
      const registered = await held.during(c.req.raw, REGISTRATION_BYTES_MAX, (body) =>
        phones.register(parseRegistration(body), signer.publicKey, (bytes) => signer.sign(bytes)),
      );
      if ('refusal' in registered) {
        const { refusal } = registered;
        return refuse(c, statusOf(refusal), refusal, PHONE_WORDS[refusal]);
      }
      failures.succeeded(client);
      return c.body(encodeRegistered(registered), 200, { 'content-type': 'application/json' });
    },
  );
}

function statusOf(refusal: PhoneRefusalCode): 401 | 403 | 409 {
  if (refusal === 'signature-invalid') return 401;
  return refusal === 'enrolment-code-used' || refusal === 'recovery-code-used' ? 409 : 403;
}

function addLoss(api: Api, { phones, clientOf, now }: PhoneRouteOptions): void {
  const losses = new Attempts(LOSSES_OF_CLIENT_MAX, WINDOW_MS, now);
  api.add(
    {
      method: 'post',
      path: '/phones/lost',
      operationId: 'losePhone',
      summary: 'Whoever knows its recovery code says that a phone is lost; answered alike where there is none',
      tag: 'phones',
      access: 'anyone',
      body: z.object({ code: z.string({ error: 'must be a text' }).min(1, 'is empty').max(64, 'is too long') }),
      bodyBytesMax: 1_024,
      answers: {
        200: {
          description: 'From when on the balance can be moved to another phone, if there is such a phone',
          schema: z.object({ movableAt: TIME }),
        },
      },
    },
    async ({ c, body: { code } }) => {
      const waitMs = losses.begin(clientOf(c));
      if (waitMs > 0) return tooMany(c, waitMs);
      return c.json({ movableAt: await phones.lose(code) });
    },
  );
}

function addSocket(api: Api, { sockets, clientOf, site }: PhoneRouteOptions): void {
  api.add(
    {
      method: 'get',
      path: PHONE_SOCKET_PATH,
      operationId: 'openPhoneSocket',
      summary: 'A web socket over which a phone synchronises',
      tag: 'phones',
      access: 'terminal',
      answers: {
        101: { description: `The socket is open, its protocol ${PHONE_SOCKET_PROTOCOL}` },
        400: { description: 'No web socket of that protocol was asked for' },
        403: { description: 'A page of another site asked' },
        503: { description: 'There are too many; come again later' },
      },
    },
    async ({ c }) => {
      if (isForeign(c, site())) return refuse(c, 403, 'origin-foreign', 'only the wallet of this centre may ask here');
      const protocols = (c.req.header('sec-websocket-protocol') ?? '').split(',').map((name) => name.trim());
      const isUpgrade = c.req.header('upgrade')?.toLowerCase() === 'websocket';
      if (!isUpgrade || !protocols.includes(PHONE_SOCKET_PROTOCOL)) {
        return refuse(c, 400, 'socket-expected', `open a web socket, its protocol ${PHONE_SOCKET_PROTOCOL}`);
      }
      if (!sockets.admits()) return unavailable(c, 'sockets-full', 'too many phones are connected; come again later');
      return upgraded(c, (socket, transport) => sockets.open(socket, transport, clientOf(c)));
    },
  );
}

/** A page of another site could use up what a visitor's address may ask; what is said here is signed all the same. */
function isForeign(c: Context, { origin }: Site): boolean {
  const named = c.req.header('origin');
  if (named === undefined || named === origin) return false;
  return !URL.canParse(named) || new URL(named).host !== c.req.header('host');
}
