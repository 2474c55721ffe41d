/** A centre of a test: licenses whoever shows a code, takes signed batches, and does what it is told to do wrong. */
import { createHash, createPrivateKey, createPublicKey, randomBytes, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifySignature } from '@retap/keys';
import type { JournalRecord } from '@retap/model';
import {
  encodeLicence,
  encodeLicenceAnswer,
  enrolmentCode,
  enrolmentCodeBytes,
  enrolmentToBeSigned,
  type Licence,
  openSignedBatch,
  parseEnrolment,
  parseRenewal,
  parseSignedPayload,
  renewalToBeSigned,
} from '@retap/protocol';

export const DAY = 86_400_000;

export interface TestKey {
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

export function testKey(seed: Uint8Array = randomBytes(32)): TestKey {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = Uint8Array.from(createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(12));
  return { publicKey, sign: (bytes) => Uint8Array.from(sign(null, bytes, key)) };
}

interface No {
  readonly status: number;
  readonly code: string;
}

export class StandInCentre {
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  /** Of the centre. It is replaced where somebody else stands in between. */
  key = testKey();
  now = Date.now();
  validityMs = 90 * DAY;
  readonly #codes = new Map<string, { readonly terminal: number; usedBy: string | null }>();
  readonly licences = new Map<number, Licence>();
  /** What it answers instead, by path. */
  readonly no = new Map<string, No>();
  /** So many answers get lost, after what was asked is done. */
  answersLost = 0;
  /** `POST /path content-type`, in order. */
  readonly asked: string[] = [];
  readonly bodies: Uint8Array[] = [];
  readonly records: JournalRecord[] = [];
  /** Called with the headers of what it is asked. */
  onAsked: (headers: IncomingMessage['headers']) => void = () => {};

  static async start(): Promise<StandInCentre> {
    const centre = new StandInCentre();
    await new Promise<void>((resolve) => centre.#server.listen(0, '127.0.0.1', resolve));
    return centre;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** A code that enrols a terminal. */
  codeFor(terminal: number): string {
    const code = enrolmentCode(randomBytes(18));
    this.#codes.set(code, { terminal, usedBy: null });
    return code;
  }

  count(path: string): number {
    return this.asked.filter((line) => line.startsWith(`POST ${path} `)).length;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const path = request.url ?? '';
    this.asked.push(`${request.method} ${path} ${request.headers['content-type']}`);
    this.onAsked(request.headers);
    const told = this.no.get(path);
    const answer = told ?? (await this.#decide(path, Buffer.concat(chunks)));
    if (this.answersLost > 0) {
      this.answersLost -= 1;
      request.socket.destroy();
      return;
    }
    if (answer instanceof Uint8Array) response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
    else {
      const { status, code } = answer;
      // Told that it takes something, it says so in a centre's words.
      const what = status === 200 ? { receipt: 1, accepted: 1, quarantined: [] } : { code };
      const said = JSON.stringify({ ...what, message: `${code}, says the centre` });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(said);
    }
  }

  async #decide(path: string, body: Uint8Array): Promise<Uint8Array | No> {
    if (path === '/enrolments') return this.#enrol(body);
    if (path === '/licences/renewal') return this.#renew(body);
    if (path !== '/batches') return { status: 404, code: 'not-found' };
    this.bodies.push(body);
    return this.#take(body);
  }

  async #enrol(body: Uint8Array): Promise<Uint8Array | No> {
    const { code, publicKey, signature } = parseEnrolment(body);
    const found = this.#codes.get(code);
    if (!found) return { status: 403, code: 'enrolment-code-unknown' };
    const digest = createHash('sha256').update(enrolmentCodeBytes(code)).digest();
    if (!verifySignature(publicKey, enrolmentToBeSigned(digest, publicKey), signature)) {
      return { status: 401, code: 'signature-invalid' };
    }
    const who = Buffer.from(publicKey).toString('hex');
    if (found.usedBy !== null && found.usedBy !== who) return { status: 409, code: 'enrolment-code-used' };
    const known = found.usedBy === null ? null : this.licences.get(found.terminal);
    found.usedBy = who;
    return this.answerWith(known ?? this.license(found.terminal, publicKey));
  }

  async #renew(body: Uint8Array): Promise<Uint8Array | No> {
    const { terminal, expiresAt, signature } = parseRenewal(body);
    const held = this.licences.get(terminal);
    if (!held || !verifySignature(held.publicKey, renewalToBeSigned(terminal, expiresAt), signature)) {
      return { status: 401, code: 'signature-invalid' };
    }
    return this.answerWith(held.expiresAt === expiresAt ? this.license(terminal, held.publicKey) : held);
  }

  #take(body: Uint8Array): Uint8Array | No {
    const { terminal, toBeSigned, signature, payload } = openSignedBatch(body);
    const licence = this.licences.get(terminal);
    if (!licence) return { status: 403, code: 'terminal-unknown' };
    if (!verifySignature(licence.publicKey, toBeSigned, signature)) return { status: 401, code: 'signature-invalid' };
    const { records } = parseSignedPayload(payload);
    this.records.push(...records.map(({ record }) => record));
    return Buffer.from(JSON.stringify({ receipt: this.bodies.length, accepted: records.length, quarantined: [] }));
  }

  license(terminal: number, publicKey: Uint8Array): Licence {
    const licence: Licence = {
      ...{ terminal, publicKey, role: 'gate' as const },
      ...{ issuedAt: this.now, expiresAt: this.now + this.validityMs },
    };
    this.licences.set(terminal, licence);
    return licence;
  }

  /** The answer that brings a licence. */
  async answerWith(licence: Licence): Promise<Uint8Array> {
    return encodeLicenceAnswer({ licence: await this.signed(licence), centre: this.key.publicKey });
  }

  signed(licence: Licence): Promise<Uint8Array> {
    return encodeLicence(licence, (bytes) => this.key.sign(bytes));
  }
}
