import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AlertCase, type CaseRefusal, type Central, openCentral } from '../../src/index.ts';
import { embeddedDirectory } from '../embedded-directory.ts';
import { receiveTold, watchAll } from './watching.ts';

let central: Central;
let now = 1_000;
let stories = 0;
beforeAll(async () => {
  central = await openCentral({ database: embeddedDirectory(), now: () => now });
});
afterAll(() => central.close());

/** Of a balance that does not follow, which `curing` settles: the record that had been read is another. */
async function newCase(): Promise<number> {
  stories += 1;
  const [medium, terminal] = [`M${stories}`, stories * 10];
  await receiveTold(central, [
    `100: T${terminal} opens ${medium} with 100`,
    `110: T${terminal + 1} debits 10, of ${medium}, balance 80`,
  ]);
  await watchAll(central, now);
  const [found] = await central.alertWork.cases({ medium, limit: 1 });
  return found?.id ?? expect.fail('no case');
}

const stateOf = (answer: AlertCase | CaseRefusal): string => ('refusal' in answer ? answer.refusal : answer.state);

describe('a case goes', () => {
  test('from new to acknowledged to resolved with a reason, and its history tells who, when and why', async () => {
    const id = await newCase();
    now = 2_000;
    expect(stateOf(await central.alertWork.acknowledge(id, '@ana'))).toBe('acknowledged');
    now = 3_000;
    expect(stateOf(await central.alertWork.comment(id, 'the reader is bent', '@bor'))).toBe('acknowledged');
    now = 4_000;
    expect(await central.alertWork.resolve(id, { who: '@ana', why: 'terminal replaced' })).toMatchObject({
      state: 'resolved',
      reason: 'terminal replaced',
      curedAt: null,
    });
    const { history } = (await central.alertWork.case(id)) ?? expect.fail('no case');
    expect(history.map(({ at, who, what, detail }) => [at, who, what, detail]).slice(1)).toEqual([
      [2_000, '@ana', 'acknowledged', {}],
      [3_000, '@bor', 'commented', { text: 'the reader is bent' }],
      [4_000, '@ana', 'resolved', { reason: 'terminal replaced' }],
    ]);
  });

  test('nowhere that it may not', async () => {
    const { alertWork } = central;
    expect(stateOf(await alertWork.acknowledge(999, '@ana'))).toBe('case-unknown');
    const id = await newCase();
    expect(stateOf(await alertWork.resolve(id, { who: '@ana', why: ' ' }))).toBe('text-missing');
    expect(stateOf(await alertWork.comment(id, '', '@ana'))).toBe('text-missing');
    await alertWork.acknowledge(id, '@ana');
    expect(stateOf(await alertWork.acknowledge(id, '@bor'))).toBe('case-not-new');
    await alertWork.resolve(id, { who: '@ana', why: 'seen' });
    expect(stateOf(await alertWork.acknowledge(id, '@bor'))).toBe('case-resolved');
    expect(stateOf(await alertWork.resolve(id, { who: '@bor', why: 'seen too' }))).toBe('case-resolved');
    expect(stateOf(await alertWork.comment(id, 'still odd', '@bor'))).toBe('resolved');
  });

  test('and stays resolved while its condition stands', async () => {
    const id = await newCase();
    await central.alertWork.resolve(id, { who: '@ana', why: 'known' });
    await central.rebuild();
    await watchAll(central, now);
    expect((await central.alertWork.case(id))?.state).toBe('resolved');
  });
});

test('each step and each refusal is in the audit log, and is told', async () => {
  const id = await newCase();
  await central.alertWork.acknowledge(id, '@ana');
  await central.alertWork.acknowledge(id, '@bor');
  const entries = await central.audit.entries({ limit: 2 });
  expect(entries.map(({ who, what, object, outcome, detail }) => [who, what, object, outcome, detail])).toEqual([
    ['@bor', 'alert.acknowledged', `alert case ${id}`, 'refused', { refusal: 'case-not-new' }],
    ['@ana', 'alert.acknowledged', `alert case ${id}`, 'done', { before: 'new' }],
  ]);
  while ((await central.events.place()) > 0);
  const worked = await central.events.after(0, { types: ['alert.worked'], limit: 1_000 });
  expect(worked.at(-1)?.data).toEqual({ case: id, kind: 'balance-mismatch', what: 'acknowledged', who: '@ana' });
});

test('the newest come first, page by page, by state, kind, medium and terminal', async () => {
  const all = await central.alertWork.cases({ limit: 100 });
  expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => b - a));
  const [first, second, third] = all;
  expect(await central.alertWork.cases({ limit: 2 })).toEqual([first, second]);
  expect((await central.alertWork.cases({ before: second?.lastAppearance ?? 0, limit: 1 }))[0]).toEqual(third);
  const resolved = await central.alertWork.cases({ states: ['resolved'], kind: 'balance-mismatch', limit: 100 });
  expect(resolved.length).toBe(3);
  expect(await central.alertWork.cases({ medium: 'M1', terminal: 11, limit: 100 })).toHaveLength(1);
  expect(await central.alertWork.cases({ medium: 'M1', terminal: 12, limit: 100 })).toHaveLength(0);
});
