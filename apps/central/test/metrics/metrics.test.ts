import { type Central, openCentral } from '@retap/central';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENROLLED } from '../../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../../src/index.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import { Dear } from '../../src/metrics/of-centre.ts';
import { signedIn } from '../people/signed-in.ts';
import { at, batchOf, open, START, until, upload } from '../records.ts';
import { labelsIn, namesIn, readSources, readText, samplesOf, selectorsIn } from './exposition.ts';

describe('a metric', () => {
  test('counts, sets and observes, by label', async () => {
    const metrics = new Metrics();
    const count = metrics.counter({ name: 'retap_tests', help: 'Tests', labels: ['kind'] });
    count({ kind: 'unit' });
    count({ kind: 'unit' }, 2);
    metrics.gauge({ name: 'retap_tests_waiting', help: 'Waiting' })({}, 4);
    metrics.histogram({ name: 'retap_tests_seconds', help: 'Time' }, [1, 5])({}, 3);
    const text = await metrics.text();
    expect(text).toMatch(/^# TYPE retap_tests counter$/m);
    expect(samplesOf(text, 'retap_tests_total')).toEqual([{ labels: { kind: 'unit' }, value: 3 }]);
    expect(samplesOf(text, 'retap_tests_waiting')).toEqual([{ labels: {}, value: 4 }]);
    expect(samplesOf(text, 'retap_tests_seconds_bucket').map(({ value }) => value)).toEqual([0, 1, 1]);
    expect(text.trimEnd().endsWith('# EOF')).toBe(true);
  });

  test('that is not known is not said, and 0 is something else', async () => {
    const metrics = new Metrics();
    const set = metrics.gauge({ name: 'retap_age_seconds', help: 'Age' });
    expect(samplesOf(await metrics.text(), 'retap_age_seconds')).toEqual([]);
    set({}, 0);
    expect(samplesOf(await metrics.text(), 'retap_age_seconds')).toHaveLength(1);
    set({}, null);
    expect(samplesOf(await metrics.text(), 'retap_age_seconds')).toEqual([]);
  });

  test('whose label takes any value does not grow without an end: the hundred first, and other', async () => {
    const metrics = new Metrics();
    const count = metrics.counter({ name: 'retap_mistakes', help: 'By a mistake of ours', labels: ['medium'] });
    for (let medium = 0; medium < 10_000; medium += 1) count({ medium: `M${medium}` });
    const samples = samplesOf(await metrics.text(), 'retap_mistakes_total');
    expect(samples).toHaveLength(101);
    expect(samples.find(({ labels }) => labels.medium === 'other')?.value).toBe(9_900);
  });

  test('that cannot be looked up, or not in time, spoils no other', { timeout: 20_000 }, async () => {
    const metrics = new Metrics();
    metrics.gauge({ name: 'retap_fine', help: 'Fine' })({}, 1);
    metrics.beforeEach(() => Promise.reject(new Error('the password is secret')));
    metrics.beforeEach(() => new Promise(() => {}));
    const text = await metrics.text();
    expect(samplesOf(text, 'retap_fine')).toHaveLength(1);
    expect(text).not.toContain('secret');
  });
});

describe('what is dear to look up', () => {
  function dearWith(costMs: number) {
    let now = 0;
    let looks = 0;
    const dear = new Dear(
      async () => {
        looks += 1;
        now += costMs;
        if (costMs === 0) throw new Error('gone');
      },
      () => now,
    );
    const pass = (ms: number): void => {
      now += ms;
    };
    return { dear, pass, looks: () => looks };
  }

  test('is looked up every half minute at most, however often somebody asks', async () => {
    const { dear, pass, looks } = dearWith(10);
    for (let second = 0; second < 60; second += 1) {
      await dear.look();
      pass(1_000);
    }
    expect(looks()).toBe(2);
    expect(dear.costMs).toBe(10);
  });

  test('and takes no more than a twentieth of the database’s time', async () => {
    const { dear, pass, looks } = dearWith(60_000);
    for (let minute = 0; minute < 60; minute += 1) {
      await dear.look();
      pass(60_000);
    }
    expect(looks()).toBeLessThanOrEqual(4);
  });

  test('is not asked for the more where it fails', async () => {
    const { dear, looks } = dearWith(0);
    await expect(dear.look()).rejects.toThrow('gone');
    for (let time = 0; time < 10; time += 1) await dear.look();
    expect(looks()).toBe(1);
    expect(dear.ageMs).toBeNull();
  });
});

describe('a service with metrics', () => {
  let central: Central;
  let service: Service;
  const lines: string[] = [];
  const scrape = async (): Promise<string> => (await fetch(`${service.metricsUrl}/metrics`)).text();
  beforeAll(async () => {
    central = await openCentral({ database: embeddedDirectory(), now: () => START });
    const log = (_level: string, event: string, fields: object = {}): void => {
      lines.push(JSON.stringify({ event, ...fields }));
    };
    service = await startService({ central, now: () => at(1), port: 0, log, metrics: { port: 0 }, version: '1.2.3' });
  });
  afterAll(async () => {
    await service?.stop();
    await central?.close();
  });

  test('tells that nothing happened, before anything does: else Prometheus sees no increase by the first', async () => {
    const text = await scrape();
    const codes = ['passkey-refused', 'person-disabled', 'passkey-copied', 'too-many-attempts'];
    for (const [name, label, values] of [
      ['retap_batches_acknowledged_total', 'form', ['batch', 'signed']],
      ['retap_sign_ins_refused_total', 'code', codes],
    ] as const) {
      const none = values.map((value) => ({ labels: { [label]: value }, value: 0 }));
      expect(samplesOf(text, name)).toEqual(none);
    }
  });

  test('tells of uploads, rounds, totals, database, process and build', async () => {
    const bad = new TextEncoder().encode('{"terminal":1,"from":2,"to":2,"records":[{}]}');
    await upload(service.url, batchOf([open(1, 1, 'M1', 0, 1_000)]));
    await upload(service.url, bad);
    await upload(service.url, new TextEncoder().encode('{'));
    const text = await until(scrape, (each) => samplesOf(each, 'retap_reconciled_records_total')[0]?.value === 1);
    const value = (name: string): number | undefined => samplesOf(text, name)[0]?.value;
    expect(value('retap_batches_acknowledged_total')).toBe(2);
    expect([value('retap_batch_records_total'), value('retap_batch_records_quarantined_total')]).toEqual([1, 1]);
    expect(samplesOf(text, 'retap_batches_refused_total')).toEqual([{ labels: { code: 'batch-malformed' }, value: 1 }]);
    expect(samplesOf(text, 'retap_requests_total')).toContainEqual({
      labels: { route: '/batches', method: 'POST', status: '200' },
      value: 2,
    });
    expect(value('retap_ready')).toBe(1);
    expect(value('retap_oldest_waiting_seconds')).toBe(0);
    expect(samplesOf(text, 'retap_build_info')[0]?.labels.version).toBe('1.2.3');
    expect(value('retap_media')).toBeDefined();
    expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(value('nodejs_eventloop_lag_p99_seconds')).toBeDefined();
  });

  test('thousands of made-up paths, methods and terminals add no series', async () => {
    const ask = async (index: number): Promise<void> => {
      const path = [`/no/${index}`, `/media/X${index}`, `/batches/${index}`, `/lists/${index}`][index % 4];
      await fetch(service.url + path, { method: ['GET', 'POST', 'PATCH', 'OPTIONS'][(index >> 2) % 4] ?? 'GET' });
    };
    const many = async (from: number, count: number): Promise<void> => {
      for (let index = from; index < from + count; index += 50) {
        await Promise.all(Array.from({ length: 50 }, (_, more) => ask(index + more)));
      }
    };
    await many(0, 200);
    const before = (await scrape()).split('\n').filter((line) => line.startsWith('retap_')).length;
    await many(200, 1_000);
    const after = (await scrape()).split('\n').filter((line) => line.startsWith('retap_')).length;
    expect(after).toBeLessThanOrEqual(before + 2); // a code of a limit that is reached
    expect(await scrape()).not.toContain('X4');
  });

  test('gives them on their own port, which knows nothing else, and on the other only to who may read them', async () => {
    const at = async (path: string, init: RequestInit = {}) => (await fetch(service.metricsUrl + path, init)).status;
    expect([
      await at('/health'),
      await at('/ready'),
      await at('/totals'),
      await at('/metrics', { method: 'POST' }),
    ]).toEqual([...[200, 200, 404, 405]]);
    const answer = await fetch(`${service.url}/metrics`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([403, 'centre-open']);
    expect(new URL(service.metricsUrl ?? '').hostname).toBe('127.0.0.1');
  });

  test('every one of ours is described, and each that the dashboard or an alert rule names is there', async () => {
    const text = await scrape();
    const declared = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name ?? ''));
    const ours = [...declared].filter((name) => name.startsWith('retap_')).sort();
    expect(ours.length).toBeGreaterThan(30);
    const described = namesIn(readText('docs/operations/monitor.md'));
    expect(ours.filter((name) => !described.has(name))).toEqual([]);
    expect([...described].filter((name) => name.startsWith('retap_') && !declared.has(name))).toEqual([]);
    for (const file of ['deploy/grafana/retap-centre.json', 'deploy/prometheus/retap-alerts.yml']) {
      const used = namesIn(readText(file));
      expect(used.size).toBeGreaterThan(15);
      expect(
        [...used].filter((name) => !declared.has(name)),
        file,
      ).toEqual([]);
    }
  });

  test('each of ours is shown on the dashboard or watched by an alert rule', async () => {
    const looked = namesIn(
      readText('deploy/grafana/retap-centre.json') + readText('deploy/prometheus/retap-alerts.yml'),
    );
    const declared = [...(await scrape()).matchAll(/^# TYPE (retap_\w+)/gm)].map(([, name]) => name ?? '');
    expect(declared.filter((name) => !looked.has(name))).toEqual([]);
  });

  test('what a rule or the dashboard picks by is a label of that metric, and a value that we give it', () => {
    const labels = labelsIn(readText('docs/operations/monitor.md'));
    const sources = readSources([
      'apps/central/src',
      'packages/central/src',
      'packages/model/src',
      'packages/protocol/src',
    ]);
    const picked = ['deploy/grafana/retap-centre.json', 'deploy/prometheus/retap-alerts.yml'].flatMap((file) =>
      selectorsIn(readText(file)),
    );
    expect(picked.length).toBeGreaterThan(15);
    for (const { metric, label, values } of picked) {
      expect(labels.get(metric), `${metric}{${label}}`).toContain(label);
      for (const value of values) expect(sources.includes(`'${value}'`), `${metric}{${label}="${value}"}`).toBe(true);
    }
  });

  test('every alert rule says what to do in docs/operations/monitor.md, and none is there that is not', () => {
    const rules = [...readText('deploy/prometheus/retap-alerts.yml').matchAll(/- alert: (\w+)/g)].map(
      ([, name]) => name,
    );
    const described = [...readText('docs/operations/monitor.md').matchAll(/^\| `(Retap\w+)` \|/gm)].map(
      ([, name]) => name,
    );
    expect(new Set(rules).size).toBe(rules.length);
    expect([...described].sort()).toEqual([...rules].sort());
  });
});

test('sign-ins are counted, and those refused by why, which who tried is not told', async () => {
  let now = START;
  const central = await openCentral({ database: embeddedDirectory(), now: () => now });
  await central.registry.settle(ENROLLED);
  const service = await startService({ central, now: () => now, port: 0, log: () => {}, metrics: { port: 0 } });
  try {
    const [ana, bor] = [
      await signedIn(central, service, 'ana', 'clerk'),
      await signedIn(central, service, 'bor', 'clerk'),
    ];
    const refusal = { status: 403, body: { code: 'sign-in-refused' } };
    const [held] = bor.authenticator.held;
    if (held) held.counter -= 1;
    const told = [await bor.signIn()];
    await central.people.disable('ana', { who: 'root', why: 'a test' });
    told.push(await ana.signIn());
    bor.authenticator.verifies = false;
    for (let tried = 0; tried < 2; tried += 1) told.push(await bor.signIn());
    expect(told).toMatchObject([refusal, refusal, refusal, refusal]);
    expect(new Set(told.map(({ body }) => Object.keys(body).join()))).toEqual(new Set(['code,message,requestId']));
    bor.authenticator.verifies = true;
    for (let tried = 0; tried < 25; tried += 1) {
      if (held) held.counter = 0;
      if ((await bor.signIn()).status === 429) break;
    }
    now += 1;
    const text = await (await fetch(`${service.metricsUrl}/metrics`)).text();
    const refused = samplesOf(text, 'retap_sign_ins_refused_total');
    expect(samplesOf(text, 'retap_sign_ins_total')).toEqual([{ labels: {}, value: 2 }]);
    expect(refused).toContainEqual({ labels: { code: 'person-disabled' }, value: 1 });
    expect(refused).toContainEqual({ labels: { code: 'passkey-refused' }, value: 2 });
    expect(refused).toContainEqual({ labels: { code: 'too-many-attempts' }, value: 1 });
    expect(refused.find(({ labels }) => labels.code === 'passkey-copied')?.value).toBeGreaterThan(1);
    // Ana's ended when she was disabled.
    expect(samplesOf(text, 'retap_sessions')).toEqual([{ labels: {}, value: 1 }]);
  } finally {
    await service.stop();
    await central.close();
  }
});
