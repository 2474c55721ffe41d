/** Somebody at a browser: invited, with a passkey, signed in, asking the centre as their browser would. */
import { randomBytes } from 'node:crypto';
import type { Central, Role } from '@retap/central';
import { newSecret, type Service, TOKEN_PREFIX } from '../../src/index.ts';
import { Authenticator } from './authenticator.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: whatever the centre answers; each test says what it expects
  readonly body: any;
  readonly headers: Headers;
}

export const REASON = { who: 'root', why: 'a test' };

/** @returns the token of the link, as `retap people invite` prints it */
export async function invited(
  central: Central,
  name: string,
  roles: readonly Role[],
  validMs = 60_000,
): Promise<string> {
  const { text: token, digest } = newSecret(randomBytes);
  const userHandle = Uint8Array.from(randomBytes(32));
  const answer = await central.people.invite({ name, roles, digest, validMs, userHandle }, REASON);
  if (answer !== 'invited') throw new Error(`${name}: ${answer.refusal}`);
  return token;
}

export class Visitor {
  readonly authenticator: Authenticator;
  /** `name=value` as the browser keeps it; empty where it keeps none. */
  cookie = '';
  /** What it sends along with everything. */
  headers: Record<string, string> = { 'sec-fetch-site': 'same-origin' };
  readonly #service: Pick<Service, 'url' | 'origin'>;

  constructor(service: Pick<Service, 'url' | 'origin'>) {
    this.#service = service;
    this.authenticator = new Authenticator(service.origin);
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = {
      ...this.headers,
      ...(this.cookie === '' ? {} : { cookie: this.cookie }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await fetch(this.#service.url + path, {
      ...{ method, headers, redirect: 'manual' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const set of answer.headers.getSetCookie()) {
      const [pair = ''] = set.split(';');
      this.cookie = pair.endsWith('=') ? '' : pair;
    }
    const isJson = answer.headers.get('content-type')?.startsWith('application/json') ?? false;
    const said = isJson ? await answer.json() : await answer.text();
    return { status: answer.status, body: said, headers: answer.headers };
  }

  /** By a link's token, or a name and a code. */
  async register(entry: object, label = 'a phone'): Promise<Answer> {
    const challenged = await this.ask('POST', '/registrations/challenge', entry);
    if (challenged.status !== 200) return challenged;
    const credential = this.authenticator.create(challenged.body.options);
    return this.ask('POST', '/registrations', { credential, label });
  }

  async signIn(): Promise<Answer> {
    const { body } = await this.ask('POST', '/sign-in/challenge');
    return this.ask('POST', '/sign-in', { credential: this.authenticator.get(body) });
  }

  async confirm(): Promise<Answer> {
    const { body } = await this.ask('POST', '/session/challenge');
    return this.ask('PUT', '/session', { credential: this.authenticator.get(body) });
  }
}

/** Somebody with these roles, who has signed in. */
export async function signedIn(
  central: Central,
  service: Service,
  name: string,
  ...roles: readonly Role[]
): Promise<Visitor> {
  const visitor = new Visitor(service);
  const link = await invited(central, name, roles);
  for (const answer of [await visitor.register({ link }), await visitor.signIn()]) {
    if (answer.status !== 200) throw new Error(`${name}: ${JSON.stringify(answer.body)}`);
  }
  return visitor;
}

/** What a machine sends along to look at everything: an auditor's access token. */
export async function auditing(central: Central): Promise<{ readonly authorization: string }> {
  const { text, digest } = newSecret(randomBytes, TOKEN_PREFIX);
  const token = { digest, name: 'a test', owner: null, roles: ['auditor'], validMs: 31_536_000_000 } as const;
  const made = await central.people.makeToken(token, REASON);
  if ('refusal' in made) throw new Error(made.refusal);
  return { authorization: `Bearer ${text}` };
}
