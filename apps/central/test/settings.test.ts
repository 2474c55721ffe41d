/** The settings of the site over HTTP, as an administrator changes them and others go by them. */
import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, ENROLLED } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { signedIn, type Visitor } from './people/signed-in.ts';

const LJUBLJANA = { timeZone: 'Europe/Ljubljana', dayStart: '04:00', currency: { code: 'EUR', digits: 2 } };
const WANTED = { ...LJUBLJANA, why: 'the night buses' };

let central: Central;
let service: Service;
let ana: Visitor;
let ines: Visitor;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => 1_700_000_000_000 });
  await central.registry.settle(ENROLLED);
  const signer = new Device(1);
  service = await startService({ central, now: () => 1_700_000_000_000, port: 0, log: () => {}, signer });
  ana = await signedIn(central, service, 'ana', 'administrator');
  ines = await signedIn(central, service, 'ines', 'inspector');
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

test('an administrator sets them, and everybody goes by them', async () => {
  expect((await ana.ask('PUT', '/settings', WANTED)).body).toEqual({ outcome: 'set', settings: LJUBLJANA });
  expect((await ana.ask('PUT', '/settings', WANTED)).body).toMatchObject({ outcome: 'unchanged' });
  expect((await ines.ask('GET', '/settings')).body).toEqual(LJUBLJANA);
  expect(await central.audit.entries({ limit: 9, what: 'settings.changed' })).toMatchObject([
    { who: '@ana', outcome: 'done', detail: { why: 'the night buses' } },
  ]);
});

test('nobody else does', async () => {
  expect(await ines.ask('PUT', '/settings', WANTED)).toMatchObject({ status: 403, body: { code: 'not-allowed' } });
});

test.each([
  { ...WANTED, timeZone: 'Nowhere/Near' },
  { ...WANTED, timeZone: '+02:00' },
  { ...WANTED, dayStart: '24:00' },
  { ...WANTED, dayStart: '4:00' },
  { ...WANTED, currency: { code: 'XXQ', digits: 2 } },
  { ...WANTED, currency: { code: 'EUR', digits: 5 } },
  { ...WANTED, why: '' },
])('what nobody could go by is refused: %j', async (wanted) => {
  expect((await ana.ask('PUT', '/settings', wanted)).status).toBe(400);
});

test('a zone of this process that the database has not is refused too', async () => {
  const answer = await ana.ask('PUT', '/settings', { ...WANTED, timeZone: 'europe/vienna' });
  expect(answer).toMatchObject({ status: 409, body: { code: 'time-zone-unknown' } });
});
