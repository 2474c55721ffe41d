import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../../src/index.ts';
import { REASON, signedIn, type Visitor } from '../people/signed-in.ts';
import { batchOf, debit, open, START } from '../records.ts';

let central: Central;
let service: Service;
let operator: Visitor;
let administrator: Visitor;
const now = START + 30 * 3_600_000;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.receive([
    { form: 'batch', body: batchOf([open(17, 1, 'CARD-1', 0, 2_000), open(17, 2, 'CARD-2', 14, 700)]) },
    {
      form: 'batch',
      body: batchOf([
        debit({ terminal: 9, serial: 1, medium: 'CARD-1', hours: 2, last: [0, 17], amount: -500, balance: 1_500 }),
        debit({
          ...{ terminal: 9, serial: 2, medium: 'CARD-2', hours: 29, last: [14, 17] },
          ...{ amount: -120, balance: 580, status: 'unverified' },
        }),
      ]),
    },
    { form: 'journal', body: new TextEncoder().encode('{"medium":"CARD-1"}\n') },
  ]);
  await central.drain();
  await central.registry.settle(ENROLLED);
  // 22:00 UTC is 23:00 there, and 00:30 belongs to the day before.
  const currency = { code: 'EUR', digits: 2 };
  await central.site.set({ timeZone: 'Europe/Ljubljana', dayStart: '04:00', currency }, REASON);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, checkAnswers: true });
  operator = await signedIn(central, service, 'operator', 'operator');
  administrator = await signedIn(central, service, 'administrator', 'administrator');
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const get = async (path: string, visitor = operator) => visitor.ask('GET', path);

describe('reports', () => {
  test('of days, in days of the site', async () => {
    const { body } = await get('/reports/days?from=2026-03-05&to=2026-03-06&by=terminal,type');
    expect(body).toMatchObject({ timeZone: 'Europe/Ljubljana', dayStart: '04:00', isCut: false });
    const line = { product: null, inDoubt: 0, inDoubtAmount: 0 };
    expect(body.lines).toEqual([
      { ...line, day: '2026-03-05', terminal: 9, type: 'debit', count: 1, amount: -500 },
      { ...line, day: '2026-03-05', terminal: 17, type: 'open', count: 2, amount: 2_700 },
      { ...line, day: '2026-03-06', terminal: 9, type: 'debit', count: 0, amount: 0, inDoubt: 1, inDoubtAmount: -120 },
    ]);
    const only = await get('/reports/days?from=2026-03-05&by=day&terminal=9');
    expect(only.body.lines).toEqual([
      { ...line, day: '2026-03-05', terminal: null, type: null, count: 1, amount: -500 },
    ]);
    // Yesterday, where nothing is said.
    expect((await get('/reports/days')).body.from).toBe('2026-03-05');
  });

  test('as a table that says what it is of', async () => {
    const answer = await fetch(`${service.url}/reports/days.csv?from=2026-03-05&to=2026-03-06&type=debit`, {
      headers: { cookie: operator.cookie },
    });
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="days-2026-03-05-2026-03-06.csv"');
    const bytes = new Uint8Array(await answer.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const same = 'EUR,Europe/Ljubljana,04:00,day terminal type product,type:debit,2026-03-06T14:00:00.000Z';
    expect(new TextDecoder().decode(bytes).split('\r\n')).toEqual([
      'day,terminal,type,product,count,amount,in_doubt,in_doubt_amount,currency,time_zone,day_start,summed_by,filter,as_of',
      `2026-03-05,9,debit,,1,-5.00,0,0.00,${same}`,
      `2026-03-06,9,debit,,0,0.00,1,-1.20,${same}`,
      '',
    ]);
  });

  test('of what is owed', async () => {
    expect((await get('/reports/liabilities')).body).toMatchObject({
      ...{ asOf: now, media: 2, owed: 2_200, overdrawn: 0, unopened: { media: 0, amount: 0 } },
      ...{ synchronization: [], pendingValidations: 0 },
      ages: [{ from: 0, to: 1, count: 1, amount: 120 }, { count: 0 }, { count: 0 }, { count: 0 }, { count: 0 }],
    });
  });

  test('are not asked for days that are none, or too many of them', async () => {
    for (const question of [
      'from=2026-02-30',
      'from=2026-03-05&to=2026-03-04',
      'from=2020-01-01&to=2026-01-01',
      'by=x',
    ]) {
      expect((await get(`/reports/days?${question}`)).status, question).toBe(400);
    }
  });
});

test('what is in doubt, and what would settle it', async () => {
  const { body } = await get('/unverified?age=0&terminal=9');
  expect(body.records).toMatchObject([
    {
      line: { terminal: 9, serial: 2 },
      settledBy: [{ by: 'own-terminal', terminal: 9, from: 3, to: null }, { by: 'next-tap' }],
    },
  ]);
  expect((await get('/unverified?age=3')).body.records).toEqual([]);
  expect((await get('/unverified?age=2')).status).toBe(400);
  expect((await get('/unverified?before=r-1-1-1')).status).toBe(400);
});

test('batches: the list, one of them, what is left out of it, and whether it would be read now', async () => {
  const { body } = await get('/batches?quarantined=true');
  expect(body).toMatchObject({ batches: [{ receipt: 3, form: 'journal', quarantined: 1 }], next: null });
  expect((await get('/batches?limit=2')).body.next).toBe(2);
  const batch = (await get('/batches/3')).body;
  expect(Buffer.from(batch.left[0].raw.hex, 'hex').toString()).toBe('{"medium":"CARD-1"}');
  // A line of a medium is not shown to whoever may not see media.
  expect((await get('/batches/3', administrator)).body.left[0]).toMatchObject({ position: 1, raw: null });
  const reading = await operator.ask('POST', '/batches/3/reading', {});
  expect(reading.body).toMatchObject({
    outcome: 'read',
    accepted: 0,
    records: [{ position: 1, record: null, stands: false }],
  });
  for (const path of ['/batches/4', '/batches/x']) expect((await get(path)).status).toBeGreaterThanOrEqual(400);
  expect((await operator.ask('POST', '/batches/4/reading', {})).body.code).toBe('batch-unknown');
});
