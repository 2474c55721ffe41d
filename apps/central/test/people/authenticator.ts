/** An authenticator and the browser around it, as far as the centre sees them (WebAuthn Level 2, 6.1 and 6.5). */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

interface Options {
  readonly challenge: string;
}

interface Held {
  readonly id: Buffer;
  readonly userHandle: string;
  readonly privateKey: KeyObject;
  counter: number;
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();

/** Head of an item in CBOR: major type and length, which are short here. */
const head = (major: number, length: number): Buffer =>
  length < 24
    ? Buffer.of((major << 5) | length)
    : length < 256
      ? Buffer.of((major << 5) | 24, length)
      : Buffer.of((major << 5) | 25, length >> 8, length & 255);
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)]);
const bytes = (value: Uint8Array): Buffer => Buffer.concat([head(2, value.length), value]);
const integer = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value));
const map = (...items: Buffer[]): Buffer => Buffer.concat([head(5, items.length / 2), ...items]);

const [PRESENT, VERIFIED, ATTESTED] = [0x01, 0x04, 0x40];

export class Authenticator {
  /** Where the browser is: a page of another site has another origin. */
  origin: string;
  /** Whether the person shows a finger or a PIN. */
  verifies = true;
  /** Whether it counts how often it was used; many passkeys do not. */
  counts = true;
  readonly held: Held[] = [];

  constructor(origin: string) {
    this.origin = origin;
  }

  /** `navigator.credentials.create`. */
  create(options: Options & { readonly user: { readonly id: string } }): Record<string, unknown> {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
    const id = sha256(`${x}${y}`);
    this.held.push({ id, userHandle: options.user.id, privateKey, counter: 0 });
    const coordinates = [x, y].map((each) => bytes(Buffer.from(each, 'base64url')));
    const key = map(
      ...[integer(1), integer(2), integer(3), integer(-7), integer(-1), integer(1)],
      ...[integer(-2), coordinates[0] as Buffer, integer(-3), coordinates[1] as Buffer],
    );
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, key]);
    const authData = Buffer.concat([this.#authData(ATTESTED, 0), attested]);
    const attestation = map(text('fmt'), text('none'), text('attStmt'), map(), text('authData'), bytes(authData));
    return this.#response(id, {
      clientDataJSON: this.#clientData('webauthn.create', options).toString('base64url'),
      attestationObject: attestation.toString('base64url'),
      transports: ['internal'],
    });
  }

  /** `navigator.credentials.get`, with the passkey that was made last, or the one named by its place. */
  get(options: Options, place = this.held.length - 1): Record<string, unknown> {
    const held = this.held[place];
    if (!held) throw new Error('it holds no passkey');
    if (this.counts) held.counter += 1;
    const authData = this.#authData(0, held.counter);
    const clientData = this.#clientData('webauthn.get', options);
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), held.privateKey);
    return this.#response(held.id, {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: signature.toString('base64url'),
      userHandle: held.userHandle,
    });
  }

  #authData(more: number, counter: number): Buffer {
    const flags = PRESENT | (this.verifies ? VERIFIED : 0) | more;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(new URL(this.origin).hostname), Buffer.of(flags), count]);
  }

  #clientData(type: string, { challenge }: Options): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false }));
  }

  #response(id: Buffer, response: object): Record<string, unknown> {
    const name = id.toString('base64url');
    return { id: name, rawId: name, type: 'public-key', clientExtensionResults: {}, response };
  }
}
