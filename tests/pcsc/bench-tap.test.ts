/** The bench of a tap over PC/SC, as a user runs it; RETAP_BENCH_TAPS=1000 gives the figures of docs/performance.md. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { retap } from '../e2e/retap.ts';
import { type Pcscd, startPcscd } from './support/pcscd.ts';

const taps = process.env.RETAP_BENCH_TAPS ?? '20';
let pcscd: Pcscd;

beforeAll(async () => {
  pcscd = await startPcscd();
});
afterAll(() => pcscd?.stop());

test('times debits over pcscd beside those in one process', async () => {
  const [{ name, port }] = pcscd.readers;
  const place = ['--reader', name, '--vpcd', String(port)];
  const env = { PCSCLITE_CSOCK_NAME: pcscd.socket };
  const { status, stdout, stderr } = await retap(['bench-tap', '--taps', taps, ...place], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  console.log(stdout);
  const times = (place: string): number[] => {
    const [, columns = ''] = new RegExp(`^${place}.*?((?: +\\d+\\.\\d+){4})$`, 'm').exec(stdout) ?? [];
    return columns.trim().split(/ +/).map(Number);
  };
  const [inProcess = Number.NaN] = times('in this process, journal in memory');
  const [overPcsc = Number.NaN, , own = Number.NaN] = times('over PC/SC');
  // Ten exchanges through another process and pcscd cannot cost nothing.
  expect(overPcsc).toBeGreaterThan(inProcess);
  expect(own).toBeLessThan(overPcsc);
});
