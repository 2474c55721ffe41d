/** The alert rules in Prometheus's own hands: that it reads them, and what raises them. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { folderOf } from './retap.ts';

const RULES = 'deploy/prometheus/retap-alerts.yml';
const SERIES = 'deploy/prometheus/retap-alerts.test.yml';
const fileOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const textOf = (name: string): string => readFileSync(fileOf(name), 'utf8');

/** @throws what it printed, where it found something wrong */
const promtool = async (...words: string[]): Promise<string> =>
  (await promisify(execFile)('promtool', words, { encoding: 'utf8' })).stdout;

test('Prometheus reads the alert rules, and raises those that were tried by what raises them, and by nothing else', async () => {
  const count = textOf(RULES).match(/- alert: /g)?.length;
  expect(await promtool('check', 'rules', fileOf(RULES))).toContain(`SUCCESS: ${count} rules found`);
  expect(await promtool('test', 'rules', fileOf(SERIES))).toContain('SUCCESS');
});

test('a rule that is never raised is found', async () => {
  const folder = folderOf({
    'retap-alerts.yml': textOf(RULES).replace('retap_webhooks_failing', 'retap_webhook_failing'),
    'retap-alerts.test.yml': textOf(SERIES),
  });
  await expect(promtool('test', 'rules', `${folder}/retap-alerts.test.yml`)).rejects.toThrow('RetapWebhooksFailing');
});

test('people and webhooks have no rule that was not tried both ways', () => {
  const rules = textOf(RULES).split('- name: retap-people')[1] ?? '';
  const [quiet = '', loud = ''] = textOf(SERIES)
    .split(/^ {2}- name: /m)
    .slice(1);
  for (const [, name = ''] of rules.matchAll(/- alert: (\w+)/g)) {
    expect([quiet.includes(name), loud.includes(name)], name).toEqual([true, true]);
  }
});
