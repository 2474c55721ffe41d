/** Causes of alerts over HTTP, by whoever may. */
import { type Central, openCentral } from '@retap/central';
import { DEFAULT_CONFIGURATION } from '@retap/model';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENROLLED } from '../../../packages/central/test/device.ts';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { type Service, startService } from '../src/index.ts';
import { signedIn, type Visitor } from './people/signed-in.ts';
import { at, batchOf, debit, open } from './records.ts';

const HOUR = 3_600_000;
const now = at(3) + DEFAULT_CONFIGURATION.maxDelay;
let central: Central;
let service: Service;
let [operator, auditor, clerk]: Visitor[] = [];
const said = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.code ?? body];
const group = '/alerts/groups/terminal:17';

beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
  const missing = { terminal: 2, serial: 1, medium: 'A', hours: 2, amount: -100, balance: 800 };
  const records = [open(1, 1, 'A', 0, 1_000)];
  await central.receive([
    { form: 'batch', body: batchOf(records) },
    { form: 'batch', body: batchOf([debit({ ...missing, last: [1, 17] })]) },
  ]);
  await central.drain();
  await central.alertWork.watch(now);
  await central.registry.settle(ENROLLED);
  service = await startService({ central, now: () => now, port: 0, log: () => {}, checkAnswers: true });
  operator = await signedIn(central, service, 'olga', 'operator');
  auditor = await signedIn(central, service, 'aldo', 'auditor');
  clerk = await signedIn(central, service, 'cene', 'clerk');
});
afterAll(async () => {
  await service?.stop();
  await central?.close();
});

describe('causes over HTTP', () => {
  test('are read by whoever may see alerts', async () => {
    expect(said(await clerk!.ask('GET', '/alerts/groups'))).toEqual([403, 'not-allowed']);
    const { body } = await auditor!.ask('GET', '/alerts/groups?state=new,assigned&kind=missing-transaction&limit=1');
    expect(body).toMatchObject({ groups: [{ cause: 'terminal:17', cases: 1, atRisk: 100 }], next: '1-1' });
    expect((await auditor!.ask('GET', '/alerts/groups?before=1-1&sort=cases')).body).toEqual({
      groups: [],
      next: null,
    });
    expect((await auditor!.ask('GET', `${group}?limit=9`)).body).toMatchObject({
      ...{ group: { cause: 'terminal:17' }, cases: [{ alert: { medium: 'A', terminal: 17 } }], next: null },
    });
    expect((await auditor!.ask('GET', '/alerts/open')).body).toMatchObject({ cases: { new: 1 }, causes: 1 });
    expect((await auditor!.ask('GET', '/alerts/times?days=7')).body).toMatchObject({ acknowledge: { count: 0 } });
  });

  test.each([
    ['GET', '/alerts/groups?state=resolved', 400, 'question-malformed'],
    ['GET', '/alerts/groups?before=1', 400, 'question-malformed'],
    ['GET', '/alerts/groups?silenced=1', 400, 'question-malformed'],
    ['GET', '/alerts/groups/terminal:x', 400, 'question-malformed'],
    ['GET', '/alerts/groups/terminal:99', 404, 'group-unknown'],
    ['GET', '/alerts/times?days=0', 400, 'question-malformed'],
  ])('%s %s: %i %s', async (method, path, status, code) => {
    expect(said(await operator!.ask(method, path))).toEqual([status, code]);
  });

  test('are silenced for a time, with a reason, and heard of again', async () => {
    const silence = { forMs: HOUR, why: 'in repair' };
    expect(said(await auditor!.ask('PUT', `${group}/silence`, silence))).toEqual([403, 'not-allowed']);
    expect(said(await operator!.ask('PUT', `${group}/silence`, { ...silence, why: '' }))).toEqual([
      ...[400, 'question-malformed'],
    ]);
    const settled = { until: now + HOUR, at: now, who: '@olga', why: 'in repair' };
    expect(said(await operator!.ask('PUT', `${group}/silence`, silence))).toEqual([200, settled]);
    expect((await auditor!.ask('GET', '/alerts/groups')).body.groups).toEqual([]);
    expect((await auditor!.ask('GET', '/alerts/groups?silenced=yes')).body.groups).toMatchObject([
      { silence: settled },
    ]);
    expect(said(await operator!.ask('PUT', '/alerts/groups/terminal:99/silence', silence))).toEqual([
      ...[404, 'group-unknown'],
    ]);
    expect((await operator!.ask('DELETE', `${group}/silence`)).body).toEqual({ wasSilenced: true });
    expect((await operator!.ask('DELETE', `${group}/silence`)).body).toEqual({ wasSilenced: false });
  });

  test('are worked on as a whole, by whoever may, up to what was seen', async () => {
    const seen = { through: 1 };
    expect(said(await auditor!.ask('POST', `${group}/acknowledgement`, seen))).toEqual([403, 'not-allowed']);
    expect(said(await operator!.ask('POST', `${group}/acknowledgement`, {}))).toEqual([400, 'question-malformed']);
    expect((await operator!.ask('POST', `${group}/acknowledgement`, seen)).body).toEqual({ done: 1, left: 0 });
    expect((await operator!.ask('POST', `${group}/acknowledgement`, seen)).body).toEqual({ done: 0, left: 0 });
    const assigned = await operator!.ask('POST', `${group}/assignment`, { ...seen, to: 'aldo' });
    expect(said(assigned)).toEqual([409, 'person-not-allowed']);
    expect((await operator!.ask('POST', `${group}/assignment`, { ...seen, to: 'olga' })).body.done).toBe(1);
    expect((await operator!.ask('POST', `${group}/comments`, { ...seen, text: 'on my way' })).body.done).toBe(1);
    expect(said(await operator!.ask('POST', `${group}/comments`, { ...seen, text: ' ' }))).toEqual([
      400,
      'text-missing',
    ]);
    const resolved = await operator!.ask('POST', `${group}/resolution`, { ...seen, reason: 'read out by hand' });
    expect(resolved.body).toEqual({ done: 1, left: 0 });
    expect(said(await auditor!.ask('GET', group))).toEqual([404, 'group-unknown']);
    expect((await auditor!.ask('GET', '/alerts/times')).body).toMatchObject({ resolve: { count: 1, median: 0 } });
  });
});
