import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Central, openCentral, type SiteSettings } from '../../src/index.ts';

const REASON = { who: '@ana', why: 'we moved' };
const LJUBLJANA: SiteSettings = {
  timeZone: 'Europe/Ljubljana',
  dayStart: '04:00',
  currency: { code: 'JPY', digits: 0 },
};

let central: Central;
beforeEach(async () => {
  central = await openCentral({ database: null, now: () => 1_700_000_000_000 });
});
afterEach(() => central.close());

test('UTC, midnight and EUR until somebody says otherwise', async () => {
  const settings = { timeZone: 'UTC', dayStart: '00:00', currency: { code: 'EUR', digits: 2 } };
  expect(await central.site.settings()).toEqual(settings);
});

test('what is set stands, survives a rebuild, and the log has what it was before', async () => {
  expect(await central.site.set(LJUBLJANA, REASON)).toBe('set');
  await central.rebuild();
  expect(await central.site.settings()).toEqual(LJUBLJANA);
  expect(await central.audit.entries({ limit: 9, what: 'settings.changed' })).toMatchObject([
    {
      ...{ who: '@ana', outcome: 'done' },
      detail: {
        timeZone: { from: 'UTC', to: 'Europe/Ljubljana' },
        dayStart: { from: '00:00', to: '04:00' },
        currencyCode: { from: 'EUR', to: 'JPY' },
        currencyDigits: { from: '2', to: '0' },
        why: 'we moved',
      },
    },
  ]);
});

test('the same again changes nothing, and is no entry', async () => {
  await central.site.set(LJUBLJANA, REASON);
  expect(await central.site.set(LJUBLJANA, REASON)).toBe('unchanged');
  await central.site.set({ ...LJUBLJANA, dayStart: '03:00' }, REASON);
  const entries = await central.audit.entries({ limit: 9, what: 'settings.changed' });
  expect(entries.map(({ detail }) => Object.keys(detail))).toEqual([['dayStart', 'why'], expect.any(Array)]);
});

test.each(['CEST', 'Europe/Nowhere', '+01:00', 'europe/ljubljana'])(
  'a zone by which no day can be summed is refused: %s',
  async (timeZone) => {
    expect(await central.site.set({ ...LJUBLJANA, timeZone }, REASON)).toEqual({ refusal: 'time-zone-unknown' });
    expect(await central.site.settings()).toMatchObject({ timeZone: 'UTC', dayStart: '00:00' });
    expect(await central.audit.entries({ limit: 1 })).toMatchObject([
      { what: 'settings.changed', outcome: 'refused', detail: { timeZone, refusal: 'time-zone-unknown' } },
    ]);
  },
);
