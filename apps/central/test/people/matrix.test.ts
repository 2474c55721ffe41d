/**
 * Every route × everybody who may ask × own and foreign objects: what the guard lets through and what it does not. The routes are
 * those that the centre describes, so that one that is added is tried too; what it does with a session, a passkey or a token of
 * somebody else must be said here.
 */

import { CAPABILITIES_OF, type Central, openCentral, ROLES, type Role } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { newSecret, type Service, startService, TOKEN_PREFIX } from '../../src/index.ts';
import { REASON, signedIn, Visitor } from './signed-in.ts';

const HOUR = 3_600_000;
let now = 1_700_000_000_000;
let central: Central;
let service: Service;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly access: string;
  /** An access token will not do, nor a passkey shown long ago. */
  readonly fresh: boolean;
}
let routes: readonly Route[];
const people = new Map<string, Visitor>();
/** Everybody signed in, who asks as a person does who has a token of their role in place of a session. */
const tokens = new Map<Role, Visitor>();

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.registry.settle(ENROLLED);
  const signer = new Device(1);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, signer });
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, { 'x-retap-access': string; security: readonly object[] }>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => {
      const access = operation['x-retap-access'];
      return { method: method.toUpperCase(), path, access, fresh: operation.security.length === 1 };
    }),
  );
  for (const role of ROLES) people.set(role, await signedIn(central, service, role, role));
  for (const role of ROLES) {
    const { text, digest } = newSecret((count) => new Uint8Array(count).fill(ROLES.indexOf(role) + 1), TOKEN_PREFIX);
    await central.people.makeToken({ digest, name: role, owner: role, roles: [role], validMs: 99 * HOUR }, REASON);
    const visitor = new Visitor(service);
    visitor.headers = { authorization: `Bearer ${text}` };
    tokens.set(role, visitor);
  }
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

/** What nobody has: so that a route that lets somebody in finds nothing to change. */
const concrete = ({ path }: Route): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'name' ? 'nobody-at-all' : '2000000000'));

/** Signing out would end what the next one is tried with; streams never end. */
const ENDS = ['DELETE /session', 'DELETE /sessions'];
const STREAMS = ['GET /events', 'GET /events/socket'];
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const tried = (): readonly Route[] =>
  routes.filter((route) => !ENDS.includes(nameOf(route)) && !STREAMS.includes(nameOf(route)));

/** The code of a denial by the guard; null where the guard let the request through, whatever the route made of it. */
async function denial(visitor: Visitor, route: Route): Promise<string | null> {
  const { body } = await visitor.ask(route.method, concrete(route), route.method === 'GET' ? undefined : {});
  const codes = [
    'sign-in-needed',
    'not-allowed',
    'token-not-allowed',
    'sign-in-again',
    'origin-foreign',
    'centre-open',
  ];
  return codes.includes(body?.code) ? body.code : null;
}

/** As the roles' table and the declaration say, and by nothing of the guard's own. */
function expected(route: Route, role: Role | null, by: 'session' | 'token'): string | null {
  const { access, fresh } = route;
  if (access === 'anyone' || access === 'terminal') return null;
  if (role === null) return 'sign-in-needed';
  if (access !== 'signed-in' && !(CAPABILITIES_OF[role] as readonly string[]).includes(access)) return 'not-allowed';
  const needsPerson = fresh || access === 'signed-in' || access === 'manage-people' || access.startsWith('approve-');
  return by === 'token' && needsPerson ? 'token-not-allowed' : null;
}

async function compare(visitor: Visitor, expectation: (route: Route) => string | null): Promise<void> {
  const found: Record<string, string | null> = {};
  for (const route of tried()) found[nameOf(route)] = await denial(visitor, route);
  expect(found).toEqual(Object.fromEntries(tried().map((route) => [nameOf(route), expectation(route)])));
}

test('the matrix covers every route of the people, and dozens in all', () => {
  expect(routes.length).toBeGreaterThan(40);
  expect(routes.filter(({ path }) => path.startsWith('/people')).length).toBeGreaterThan(6);
  for (const name of [...ENDS, ...STREAMS]) expect(routes.map(nameOf)).toContain(name);
});

describe('every route', () => {
  test('× nobody', () => compare(new Visitor(service), (route) => expected(route, null, 'session')));

  test.each(ROLES)('× %s', (role) => compare(people.get(role) as Visitor, (route) => expected(route, role, 'session')));

  test.each(ROLES)('× access token of %s', (role) =>
    compare(tokens.get(role) as Visitor, (route) => expected(route, role, 'token')),
  );

  test('× a token that nobody gave out', () => {
    const visitor = new Visitor(service);
    visitor.headers = { authorization: `Bearer ${TOKEN_PREFIX}${'A'.repeat(43)}` };
    return compare(visitor, (route) => expected(route, null, 'token'));
  });

  test('× a page of another site, in the browser of an administrator: nothing is changed', async () => {
    const { cookie } = people.get('administrator') as Visitor;
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.example' }, {}]) {
      const visitor = new Visitor(service);
      Object.assign(visitor, { cookie, headers });
      const changing = tried().filter(({ method }) => method !== 'GET');
      for (const route of changing) expect(await denial(visitor, route), nameOf(route)).toBe('origin-foreign');
    }
  });

  test('× a passkey shown long ago: what is grave is not done', async () => {
    now += 6 * 60_000;
    await compare(people.get('administrator') as Visitor, (route) => {
      const denied = expected(route, 'administrator', 'session');
      return denied === null && route.fresh ? 'sign-in-again' : denied;
    });
  });

  test('× somebody disabled, by session and by token', async () => {
    await central.people.disable('auditor', REASON);
    await compare(people.get('auditor') as Visitor, (route) => expected(route, null, 'session'));
    await compare(tokens.get('auditor') as Visitor, (route) => expected(route, null, 'token'));
    await central.people.enable('auditor', REASON);
  });

  test('× a session that has ended by itself', async () => {
    now += HOUR;
    await compare(people.get('operator') as Visitor, (route) => expected(route, null, 'session'));
  });

  test('streams and signing out', async () => {
    for (const name of [...ENDS, ...STREAMS]) {
      const [method = '', path = ''] = name.split(' ');
      const { status } = await new Visitor(service).ask(method, path);
      expect(status, name).toBe(401);
    }
  });
});

describe('what is somebody’s own', () => {
  /** Each route with an object of a person, and what it answers where that is another’s. */
  const OBJECTS: Readonly<Record<string, string>> = {
    'PUT /passkeys/{passkey}': 'passkey-unknown',
    'DELETE /passkeys/{passkey}': 'passkey-unknown',
    'DELETE /sessions/{session}': 'session-unknown',
    'DELETE /tokens/{token}': 'token-unknown',
  };
  /** Whose a proposal is decides what may be done with it: tried with two people in `apps/central/test/proposals.pg.test.ts`. */
  const PROPOSALS = ['approval', 'rejection', 'withdrawal'].map((act) => `POST /proposals/{id}/${act}`);
  const isOwn = ({ access, path }: Route): boolean => access === 'signed-in' && path.includes('{');

  test('every such route stands in the table', () => {
    expect(routes.filter(isOwn).map(nameOf).sort()).toEqual([...Object.keys(OBJECTS), ...PROPOSALS].sort());
  });

  test.each(Object.entries(OBJECTS))('%s of another: %s, and it stays', async (name, code) => {
    const victim = await signedIn(central, service, `victim-${code}-${name.length}`, 'clerk');
    const thief = await signedIn(central, service, `thief-${code}-${name.length}`, 'administrator');
    const { body } = await victim.ask('POST', '/tokens', { name: 'mine', roles: ['clerk'], validMs: HOUR });
    const [{ id: passkey }] = (await victim.ask('GET', '/passkeys')).body.passkeys;
    const [{ id: session }] = (await victim.ask('GET', '/sessions')).body.sessions;
    const ids: Record<string, number> = { passkey, session, token: body.entry.id };
    const [method = '', path = ''] = name.split(' ');
    const concretePath = path.replaceAll(/\{(\w+)\}/g, (_, part) => String(ids[part]));
    const stolen = await thief.ask(method, concretePath, method === 'PUT' ? { label: 'taken' } : undefined);
    expect([stolen.status, stolen.body.code]).toEqual([404, code]);
    const own = await victim.ask(method, concretePath, method === 'PUT' ? { label: 'mine' } : undefined);
    // One’s last passkey stays, which shows that it was found.
    expect(own.body.code ?? 'done').toBe(name === 'DELETE /passkeys/{passkey}' ? 'last-passkey' : 'done');
  });

  test('nobody sees another’s by asking for one’s own', async () => {
    const [one, other] = [
      await signedIn(central, service, 'one', 'clerk'),
      await signedIn(central, service, 'other', 'clerk'),
    ];
    await one.ask('POST', '/tokens', { name: 'of one', roles: ['clerk'], validMs: HOUR });
    expect((await other.ask('GET', '/tokens')).body.tokens).toEqual([]);
    expect((await other.ask('GET', '/sessions')).body.sessions).toHaveLength(1);
    expect((await other.ask('GET', '/passkeys')).body.passkeys).toHaveLength(1);
  });
});

describe('administrators', () => {
  test('change neither their own roles nor their own state, and not the last of them', async () => {
    const visitor = await signedIn(central, service, 'root-of-all', 'administrator');
    const roles = await visitor.ask('PUT', '/people/root-of-all/roles', { roles: ['operator'], why: 'x' });
    expect([roles.status, roles.body.code]).toEqual([403, 'own-roles']);
    const state = await visitor.ask('PUT', '/people/root-of-all/state', { state: 'disabled', why: 'x' });
    expect([state.status, state.body.code]).toEqual([403, 'own-roles']);
    for (const { name, roles: had } of await central.people.people()) {
      if (had.includes('administrator') && name !== 'root-of-all') await central.people.disable(name, REASON);
    }
    expect(await central.people.disable('root-of-all', REASON)).toEqual({ refusal: 'last-administrator' });
    expect(await central.people.setRoles('root-of-all', ['clerk'], REASON)).toEqual({ refusal: 'last-administrator' });
    const [entry] = await central.audit.entries({ limit: 1, what: 'person.roles' });
    expect(entry).toMatchObject({ outcome: 'refused', detail: { refusal: 'last-administrator' } });
  });
});
