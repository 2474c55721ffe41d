import { PassThrough } from 'node:stream';
import { openCentral } from '@retap/central';
import { Command } from 'commander';
import { beforeAll, expect, test } from 'vitest';
import { embeddedDirectory } from '../../../packages/central/test/embedded-directory.ts';
import { batchOf, debit, open } from '../../central/test/records.ts';
import { addAlerts } from '../src/alerts.ts';
import { explain } from '../src/failure.ts';
import type { Shell } from '../src/shell.ts';

const database = embeddedDirectory();
const now = () => Date.UTC(2026, 2, 6);

beforeAll(async () => {
  const central = await openCentral({ database, now });
  const taps = [
    open(1, 1, 'A1', 0, 1_000),
    debit({ ...{ terminal: 1, serial: 2, medium: 'A1', hours: 1 }, last: [0, 1], amount: -100, balance: 800 }),
    open(1, 3, 'B1', 2, 1_000),
    debit({ ...{ terminal: 1, serial: 4, medium: 'B1', hours: 3 }, last: [2, 1], amount: -100, balance: 800 }),
  ];
  await central.receive([{ form: 'batch', body: batchOf(taps) }]);
  await central.drain();
  while ((await central.alertWork.watch(now())) !== null);
  await central.close();
});

/** Runs `retap alerts …` in this process. */
async function alerts(...words: string[]): Promise<{ out: string; error: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const interrupted = new AbortController().signal;
  const shell: Shell = { env: { DATABASE_URL: database }, stdin, stdout, stderr, now, elapsed: () => 0, interrupted };
  const program = new Command().exitOverride().configureOutput({ writeErr: (text) => stderr.write(text) });
  addAlerts(program, shell, () => {});
  try {
    await program.parseAsync(['alerts', ...words], { from: 'user' });
  } catch (error) {
    const { code } = error as { code?: string };
    if (!code?.startsWith('commander.')) stderr.write(explain(error, false));
  }
  return { out: String(stdout.read() ?? ''), error: String(stderr.read() ?? '') };
}

test('what is resolved is among the open cases no longer, and is found by its state', async () => {
  expect((await alerts('list')).out).toMatch(/2 +new .*medium B1[\s\S]*1 +new .*medium A1/);
  await alerts('resolve', '1', '--reason', 'replaced');
  expect((await alerts('list')).out).not.toContain('medium A1');
  expect((await alerts('list')).out).toContain('medium B1');
  expect((await alerts('list', '--state', 'resolved')).out).toMatch(/1 +resolved .*medium A1.*replaced/);
});

test.each([
  ['--state', 'open', 'Allowed choices are new, acknowledged, assigned, resolved, cured'],
  ['--kind', 'balance', 'Give one of cloned-medium, '],
])('%s %s is refused with what there is', async (option, value, said) => {
  const { out, error } = await alerts('list', option, value);
  expect([out, error]).toEqual(['', expect.stringContaining(said)]);
});
