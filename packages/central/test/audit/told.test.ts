/** What is done to the centre is in its audit log, and so is what was refused; no secret is. */

import { amountOf } from '@retap/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Central, openCentral } from '../../src/index.ts';
import { Device, ENROLLED, invite, newCode, REASON, verifySignature } from '../device.ts';
import { embeddedDirectory } from '../embedded-directory.ts';

let central: Central;
let now = 1_000;
let seen = 0;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now, verifySignature });
});
afterAll(() => central?.close());

/** Entries since the last call, as `who what object outcome`. */
async function told(): Promise<string[]> {
  const fresh = (await central.audit.entries({ limit: 100 })).filter(({ id }) => id > seen).reverse();
  seen = fresh.at(-1)?.id ?? seen;
  return fresh.map(({ who, what, object, outcome, detail }) =>
    [who, what, object, outcome, ...(detail.refusal ? [detail.refusal] : [])].join(' '),
  );
}

test('what a centre takes, settled by whom', async () => {
  await central.registry.settle({ admission: 'open', centre: null, licenceMs: 0 }, 'root');
  await central.registry.settle(ENROLLED, 'root');
  await central.registry.settle(ENROLLED, 'root');
  await central.registry.settle({ ...ENROLLED, licenceMs: 5 }, 'mallory');
  expect(await told()).toEqual([
    'root centre.settled centre done',
    'root centre.settled centre done',
    'mallory centre.settled centre refused settled',
  ]);
});

test('the life of a terminal, with what was refused', async () => {
  const { registry } = central;
  const device = new Device(17);
  const { codeDigest } = newCode();
  await device.enrol(central, codeDigest);
  await invite(central, 17, codeDigest);
  await device.enrol(central, codeDigest);
  const { expiresAt } = (await registry.terminal(17))!;
  now += 10;
  await device.renew(central, expiresAt!);
  await registry.suspend(17, { who: 'bor', why: 'stolen' });
  await registry.suspend(17, { who: 'bor', why: 'stolen' });
  await device.renew(central, expiresAt! + 10);
  await new Device(17).renew(central, expiresAt! + 10);
  await registry.resume(17, REASON);
  await registry.renew(17, REASON);
  await registry.revoke(17, REASON);
  await registry.resume(17, REASON);
  expect(await told()).toEqual([
    'stranger terminal.enrolled  refused enrolment-code-unknown',
    'ana terminal.invited terminal 17 done',
    'terminal 17 terminal.enrolled terminal 17 done',
    'terminal 17 terminal.renewed terminal 17 done',
    'bor terminal.suspended terminal 17 done',
    'terminal 17 terminal.renewed terminal 17 refused terminal-suspended',
    'stranger terminal.renewed terminal 17 refused signature-invalid',
    'ana terminal.resumed terminal 17 done',
    'ana terminal.renewed terminal 17 done',
    'ana terminal.revoked terminal 17 done',
    'ana terminal.resumed terminal 17 refused terminal-revoked',
  ]);
});

test('lists: changes, what was refused, and what was published', async () => {
  const { lists } = central;
  await lists.deny('M1', REASON);
  await lists.deny('M1', REASON);
  await lists.undeny('M2', REASON);
  await lists.order({ medium: 'M1', kind: 'refund', amount: amountOf(130) }, REASON);
  await lists.limit({ dayTapsMax: 20 }, REASON);
  await lists.limit({ dayTapsMax: 20 }, REASON);
  await lists.publish('deny', { sign: () => new Uint8Array(64), validMs: 1_000, who: 'root' });
  await lists.publish('deny', { sign: () => new Uint8Array(64), validMs: 1_000, who: 'root' });
  expect(await told()).toEqual([
    'ana deny.added medium M1 done',
    'ana deny.added medium M1 refused denied-already',
    'ana deny.removed medium M2 refused not-denied',
    'ana actions.added medium M1 done',
    'ana limits.set list limits done',
    'root deny.published list deny done',
  ]);
  const [ordered] = await central.audit.entries({ limit: 1, what: 'actions.added' });
  expect(JSON.parse(String(ordered?.detail.entry))).toEqual({ medium: 'M1', serial: 1, kind: 'refund', amount: 130 });
});

test('the log is read by page, by who, and by what', async () => {
  const page = await central.audit.entries({ limit: 3, before: 6 });
  expect(page.map(({ id }) => id)).toEqual([5, 4, 3]);
  const bor = await central.audit.entries({ limit: 9, who: 'bor' });
  expect(bor.map(({ what }) => what)).toEqual(['terminal.suspended']);
  const refunds = await central.audit.entries({ limit: 9, what: 'actions.added', who: 'ana' });
  expect(refunds.map(({ object }) => object)).toEqual(['medium M1']);
  expect(await central.audit.entries({ limit: 9, who: 'nobody' })).toEqual([]);
});

test('neither a code nor its digest is in the log', async () => {
  const { code, codeDigest } = newCode();
  await invite(central, 18, codeDigest);
  await new Device(18).enrol(central, codeDigest);
  const text = JSON.stringify(await central.audit.entries({ limit: 1_000 }));
  expect(text).toContain('terminal 18');
  for (const secret of [code, code.replaceAll('-', ''), Buffer.from(codeDigest).toString('hex')]) {
    expect(text.toUpperCase()).not.toContain(secret.toUpperCase());
  }
});
