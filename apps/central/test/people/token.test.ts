/** As whom histories and the audit log know who asks by an access token. */

import { randomBytes } from 'node:crypto';
import { type Central, openCentral, type Role } from '@retap/central';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { newSecret, type Service, startService, TOKEN_PREFIX } from '../../src/index.ts';
import { REASON, signedIn, Visitor } from './signed-in.ts';

const HOUR = 3_600_000;
const now = 1_700_000_000_000;
const lines: string[] = [];
let central: Central;
let service: Service;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.registry.settle(ENROLLED);
  const log = (_level: string, event: string, fields: object = {}): void => {
    lines.push(JSON.stringify({ event, ...fields }));
  };
  service = await startService({ central, now: () => now, port: 0, log, signer: new Device(1), checkAnswers: true });
  await signedIn(central, service, 'ana', 'operator', 'clerk');
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

async function machineOf(owner: string | null, ...roles: Role[]): Promise<{ machine: Visitor; id: number }> {
  const { text, digest } = newSecret(randomBytes, TOKEN_PREFIX);
  const made = await central.people.makeToken({ digest, name: 'a script', owner, roles, validMs: HOUR }, REASON);
  if ('refusal' in made) throw new Error(made.refusal);
  const machine = new Visitor(service);
  machine.headers = { authorization: `Bearer ${text}` };
  return { machine, id: made.id };
}

/** Proposes something, then asks for what is not allowed. @returns who did it, as each place tells */
async function toldOf(machine: Visitor, medium: string): Promise<object> {
  const { status, body } = await machine.ask('POST', '/lists/deny', { medium, why: 'lost' });
  expect(status).toBe(202);
  expect((await machine.ask('GET', '/people')).status).toBe(403);
  const newest = await central.audit.entries({ limit: 2 });
  const line = JSON.parse(lines.filter((each) => each.startsWith('{"event":"request"')).at(-1) ?? '{}');
  return {
    proposal: (await central.proposals.find(body.proposal))?.proposedBy,
    audit: newest.map(({ who, what }) => `${who} ${what}`).sort(),
    log: line.caller,
  };
}

test('a token that is nobody’s is known by its number, which no person can be called like', async () => {
  const { machine, id } = await machineOf(null, 'clerk');
  expect(await toldOf(machine, 'M1')).toEqual({
    proposal: `token ${id}`,
    audit: [`token ${id} proposal.made`, `token ${id} request.refused`],
    log: `token ${id}`,
  });
});

test('a token of somebody asks in their name', async () => {
  const { machine } = await machineOf('ana', 'clerk');
  expect(await toldOf(machine, 'M2')).toEqual({
    proposal: '@ana',
    audit: ['@ana proposal.made', '@ana request.refused'],
    log: '@ana',
  });
});
