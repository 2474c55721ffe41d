import { expect, test } from 'vitest';
import { explain, Faults, UsageError } from '../src/failure.ts';

const fault = (code: string, message: string, more: object = {}): Error =>
  Object.assign(new Error(message), { code, ...more });

test('a fault of the world is its message, without a stack', () => {
  expect(explain(fault('database-in-use', 'retap-data: another centre has it'), false)).toBe(
    'retap: retap-data: another centre has it\n',
  );
  expect(explain(new UsageError('--port is missing'), false)).toBe('retap: --port is missing\n');
  expect(explain(new Faults(['a: missing', 'b: missing']), false)).toBe('retap: a: missing\nretap: b: missing\n');
});

test('a fault of the operating system says what to do about it', () => {
  expect(explain(fault('ENOSPC', 'ENOSPC: no space left', { path: 'report.json' }), false)).toBe(
    'retap: report.json: the disk is full; make room and run it again\n',
  );
});

test('a database that goes away in the middle is no mistake of ours', () => {
  expect(explain(new Error('Connection terminated unexpectedly'), false)).toMatch(
    /^retap: the connection to the database broke/,
  );
});

test('our own mistake asks to be reported, and shows its stack only to those who ask', () => {
  const mistake = new TypeError('x is undefined');
  expect(explain(mistake, false)).toMatch(/mistake in retap itself: x is undefined\n.*report/);
  expect(explain(mistake, false)).not.toContain('failure.test.ts');
  expect(explain(mistake, true)).toContain('failure.test.ts');
  expect(explain(fault('ERR_INVALID_ARG_TYPE', 'wrong'), false)).toContain('mistake in retap itself');
});
