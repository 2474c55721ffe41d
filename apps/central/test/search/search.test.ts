import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../../src/index.ts';
import { REASON, signedIn, type Visitor } from '../people/signed-in.ts';
import { at, batchOf, debit, open, START } from '../records.ts';

let central: Central;
let service: Service;
let clerk: Visitor;
let operator: Visitor;
let administrator: Visitor;
const now = START + 30 * 3_600_000;

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.receive([
    { form: 'batch', body: batchOf([open(17, 1, 'CARD-1', 0, 2_000), open(17, 2, 'CARD-2', 1, 700)]) },
    {
      form: 'batch',
      body: batchOf([
        debit({ terminal: 9, serial: 1, medium: 'CARD-1', hours: 2, last: [0, 17], amount: -500, balance: 1_500 }),
        debit({
          terminal: 9,
          serial: 2,
          medium: 'CARD-2',
          hours: 29,
          last: [1, 17],
          amount: -120,
          balance: 580,
          status: 'unverified',
        }),
      ]),
    },
  ]);
  await central.drain();
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, checkAnswers: true });
  [clerk, operator, administrator] = (await Promise.all(
    (['clerk', 'operator', 'administrator'] as const).map((role) => signedIn(central, service, role, role)),
  )) as [Visitor, Visitor, Visitor];
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

const search = async (visitor: Visitor, q: string) =>
  (await visitor.ask('GET', `/search?q=${encodeURIComponent(q)}`)).body;
const hits = async (visitor: Visitor, q: string) => (await search(visitor, q)).hits;

describe('search', () => {
  test('finds what there is under a number or a name, and nothing that is not there', async () => {
    expect(await hits(operator, 'CARD')).toEqual([
      { kind: 'medium', medium: 'CARD-1' },
      { kind: 'medium', medium: 'CARD-2' },
    ]);
    expect(await hits(operator, '17')).toEqual([{ kind: 'terminal', terminal: 17 }]);
    expect(await hits(operator, '2')).toEqual([{ kind: 'batch', receipt: 2 }]);
    expect(await hits(operator, '9-2')).toMatchObject([
      { kind: 'record', line: { terminal: 9, serial: 2, medium: 'CARD-2', status: 'unverified', amount: -120 } },
    ]);
    for (const nothing of ['9-3', 'batch 3', 'alert 1', 'terminal 18', 'NONE']) {
      expect(await hits(operator, nothing), nothing).toEqual([]);
    }
  });

  test('shows each only what their roles let them see', async () => {
    expect(await hits(clerk, '17')).toEqual([]);
    expect(await hits(clerk, '17-1')).toMatchObject([{ kind: 'record' }]);
    expect(await hits(administrator, '17')).toEqual([{ kind: 'terminal', terminal: 17 }]);
    for (const money of ['17-1', 'CARD-1', '5.00', 'yesterday']) expect(await hits(administrator, money)).toEqual([]);
  });

  test('answers filters as /records is asked, and that answers what was meant', async () => {
    const of = async (q: string) => {
      const [{ kind, search }] = await hits(operator, q);
      expect(kind).toBe('records');
      const { body } = await operator.ask('GET', `/records?${search}`);
      return body.records.map((line: { terminal: number; serial: number }) => `${line.terminal}-${line.serial}`);
    };
    expect(await of('5.00')).toEqual(['9-1']);
    expect(await of('status:unverified terminal:9 amount<2')).toEqual(['9-2']);
    expect(await of('amount>=7')).toEqual(['17-2', '17-1']);
    expect(await of('today')).toEqual(['9-2']);
    expect(await of(`date:${new Date(at(0)).toISOString().slice(0, 10)} type:debit`)).toEqual(['9-1']);
    // Where the site is decides what yesterday is: 08:00 and 09:00 UTC are the day before that in Honolulu.
    const settings = await central.site.settings();
    await central.site.set({ ...settings, timeZone: 'Pacific/Honolulu', currency: { code: 'JPY', digits: 0 } }, REASON);
    expect(await of('yesterday')).toEqual(['9-1']);
    expect(await of('amount:500')).toEqual(['9-1']);
    await central.site.set(settings, REASON);
  });

  test('says what it did not understand, and refuses what is no question', async () => {
    expect(await search(operator, 'colour:red')).toEqual({ hits: [], notUnderstood: ['colour:red'] });
    expect((await operator.ask('GET', '/search')).status).toBe(400);
    expect((await operator.ask('GET', `/search?q=${'x'.repeat(201)}`)).status).toBe(400);
  });
});

describe('records over HTTP', () => {
  test('page by page, and one of them whole', async () => {
    const first = (await operator.ask('GET', '/records?limit=3')).body;
    expect(first.records).toHaveLength(3);
    const second = (await operator.ask('GET', `/records?limit=3&before=${first.next}`)).body;
    expect([second.records.length, second.next]).toEqual([1, null]);
    const other = await operator.ask('GET', `/records?terminal=9&before=${first.next}`);
    expect([other.status, other.body.code]).toEqual([400, 'question-malformed']);
    const { status, body } = await operator.ask('GET', '/records/9/1');
    expect([status, body.line.status, body.raw.of]).toEqual([200, 'successful', 'entry']);
    expect(Buffer.from(body.raw.hex, 'hex').toString()).toContain('"serial":1');
    expect((await operator.ask('GET', '/records/9/3')).body.code).toBe('record-unknown');
    expect((await administrator.ask('GET', '/records')).status).toBe(403);
  });
});
