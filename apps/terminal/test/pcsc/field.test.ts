import { describe, expect, test } from 'vitest';
import { meaningOf } from '../../src/pcsc/error.ts';
import { Field, type Presence } from '../../src/pcsc/field.ts';

const never = new AbortController().signal;
const reader = 'Gate 0';
const inserted = ({ present, count }: Presence): number | null => (present ? count : null);
const field = (present: boolean, count: number) => ({ say: 'field', reader, present, count }) as const;

describe('waiting', () => {
  test('ends at once where it is so already', async () => {
    const seen = new Field();
    seen.take(field(true, 3));
    expect(await seen.until(inserted, never)).toBe(3);
    expect(seen.reader).toBe(reader);
  });

  test('passes over reports that change nothing', async () => {
    const seen = new Field();
    seen.take(field(false, 0));
    const waiting = seen.until(inserted, never);
    seen.take(field(false, 2));
    seen.take(field(true, 3));
    seen.take(field(false, 4));
    expect(await waiting).toBe(3);
  });

  test('ends where the reader goes, with the reason', async () => {
    const seen = new Field();
    seen.take(field(false, 0));
    const waiting = seen.until(inserted, never);
    seen.take({ say: 'out of service', message: 'no reader is connected' });
    await expect(waiting).rejects.toThrow('no reader is connected');
    await expect(seen.until(inserted, never)).rejects.toMatchObject({ code: 'reader-missing' });
    seen.take(field(true, 1));
    expect(await seen.until(inserted, never)).toBe(1);
  });

  test('ends with its signal, and only the wait of that signal', async () => {
    const seen = new Field();
    seen.take(field(false, 0));
    const abort = new AbortController();
    const aborted = seen.until(inserted, abort.signal);
    const waiting = seen.until(inserted, never);
    abort.abort(new Error('another amount'));
    await expect(aborted).rejects.toThrow('another amount');
    seen.take(field(true, 1));
    expect(await waiting).toBe(1);
  });
});

describe('the first report', () => {
  test('of a reader, or of none, says that PC/SC can be used', async () => {
    for (const report of [field(false, 0), { say: 'out of service', message: 'start pcscd' } as const]) {
      const seen = new Field();
      const known = seen.known();
      seen.take(report);
      expect(await known).toBeNull();
    }
  });

  test('that PC/SC is missing says why', async () => {
    const seen = new Field();
    const known = seen.known();
    seen.take({ say: 'missing', message: 'libpcsclite.so.1: cannot open shared object file' });
    expect(await known).toBe('libpcsclite.so.1: cannot open shared object file');
  });
});

test('a return code is printed with what it means, where that is known', () => {
  expect(meaningOf(0x80100069)).toBe('0x80100069 (the card was removed)');
  expect(meaningOf(0x8010001d)).toBe('0x8010001D (pcscd is not running)');
  expect(meaningOf(0x1f)).toBe('0x0000001F');
});
