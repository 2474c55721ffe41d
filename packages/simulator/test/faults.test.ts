import { ALERT_KINDS } from '@retap/model';
import { describe, expect, test } from 'vitest';
import { City, FAULT_KNOBS, FRAUD_KNOBS, type Knob } from '../src/index.ts';

const KNOBS: readonly Knob[] = [...FAULT_KNOBS, ...FRAUD_KNOBS];
const tiny = { seed: 1, days: 1, media: 2, terminals: 1 } as const;

describe('every knob', () => {
  test.each(KNOBS.map((knob) => [knob.name, knob] as const))('%s says what it is and how far it may go', (_, knob) => {
    expect(knob.meaning).toMatch(/^[A-Z][^\n]*\.$/);
    expect(knob.default).toBeGreaterThanOrEqual(0);
    expect(knob.default).toBeLessThanOrEqual(knob.max);
    expect(knob.mixMax).toBeGreaterThan(0);
    expect(knob.mixMax).toBeLessThanOrEqual(knob.max);
    expect(knob.kind === 'share' ? knob.max : 1).toBe(1);
    for (const kind of knob.grants) expect(ALERT_KINDS).toContain(kind);
  });

  test('has a name of its own', () => {
    expect(new Set(KNOBS.map(({ name }) => name)).size).toBe(KNOBS.length);
  });

  test('of what can happen is counted from nothing on; those of a length of time are not', async () => {
    const { counts } = await City.found(tiny);
    for (const { name, kind } of KNOBS) expect(Reflect.get(counts, name)).toBe(kind === 'hours' ? undefined : 0);
  });
});

describe('what is no setting of a knob is refused in words', () => {
  test.each([
    [{ faults: { tornshare: 0.1 } }, /there is no tornshare; there are tornShare, /],
    [{ faults: { bitRotShare: -0.1 } }, /bitRotShare must be 0 to 1, not -0.1/],
    [{ faults: { deniedDaily: 1.5 } }, /deniedDaily must be an integer from 0 to 1000, not 1.5/],
    [{ faults: { diskFullHoursMax: Number.NaN } }, /diskFullHoursMax must be 0 to 87600, not NaN/],
    [{ frauds: { stolen: -1 } }, /stolen must be an integer from 0/],
    [{ frauds: { rolledBack: 2, forgedBatches: 1 } }, /frauds need 3 media, not 2/],
  ])('%o', async (change, message) => {
    await expect(City.found({ ...tiny, ...change } as never)).rejects.toThrow(message);
  });
});
