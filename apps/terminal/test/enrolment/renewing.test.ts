/** A licence is renewed in the background: when, how often, and what comes of it. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Identity } from '@retap/keys';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeldLicence } from '../../src/enrolment/licence.ts';
import { keepRenewing, renewalTime } from '../../src/enrolment/renewing.ts';
import { Pause } from '../../src/pause.ts';
import { DAY, StandInCentre, testKey } from './stand-in-centre.ts';

const START = 1_772_420_400_000;
const TERMINAL = 17;
const identity: Identity = { ...testKey(), close: () => {} };

let folder: string;
let centre: StandInCentre;
let licence: HeldLicence;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retap-renew-'));
  centre = await StandInCentre.start();
  centre.now = START;
  const holder = { terminal: TERMINAL, publicKey: identity.publicKey };
  licence = await HeldLicence.open(path.join(folder, 'licence.json'), holder, randomBytes);
  const first = centre.license(TERMINAL, identity.publicKey);
  await licence.take({ licence: await centre.signed(first), centre: centre.key.publicKey }, 'as-before');
});
afterEach(async () => {
  await centre.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Lives until a time of the test's own clock, which only pauses move; says when a renewal came through. */
async function live(
  until: number,
  random = () => 0,
): Promise<{ readonly renewedAt: number[]; readonly log: string[] }> {
  const stopping = new AbortController();
  const renewedAt: number[] = [];
  const log: string[] = [];
  class TestPause extends Pause {
    override async for(milliseconds: number): Promise<void> {
      centre.now += milliseconds;
      if (centre.now >= until) stopping.abort();
    }
  }
  await keepRenewing({
    ...{ centre: centre.url, licence, identity, random, now: () => centre.now },
    ...{ signal: stopping.signal, pause: new TestPause(stopping.signal) },
    onRenewed: () => renewedAt.push(centre.now),
    log: (_level, event, fields) => log.push(`${event} ${fields?.code ?? ''}`.trim()),
  });
  return { renewedAt, log };
}

test('between a third and a sixth of its validity before it ends', () => {
  const held = { issuedAt: START, expiresAt: START + 90 * DAY } as Parameters<typeof renewalTime>[0];
  expect((held.expiresAt - renewalTime(held, 0)) / DAY).toBe(30);
  expect((held.expiresAt - renewalTime(held, 0.999_999)) / DAY).toBeCloseTo(15, 3);
});

test('when a third is left, once, and again when a third of that one is', async () => {
  const { renewedAt } = await live(START + 130 * DAY);
  expect(renewedAt.map((at) => Math.floor((at - START) / DAY))).toEqual([60, 120]);
  expect(centre.count('/licences/renewal')).toBe(2);
  expect(licence.licence).toEqual(centre.licences.get(TERMINAL));
});

test('a centre that is away or says no is asked ever more rarely, and the licence held stands', async () => {
  centre.no.set('/licences/renewal', { status: 403, code: 'terminal-suspended' });
  const before = licence.licence;
  const { renewedAt, log } = await live(START + 61 * DAY, () => 0.5);
  expect(renewedAt).toEqual([]);
  expect(log).toEqual([]);
  const suspended = await live(START + 76 * DAY, () => 0.5);
  expect(new Set(suspended.log)).toEqual(new Set(['licence-not-renewed enrolment-refused']));
  // From the 67.5th day to the 76th, 204 hours: half an hour each time after the first few.
  expect(centre.count('/licences/renewal')).toBeGreaterThan(300);
  expect(centre.count('/licences/renewal')).toBeLessThan(450);
  expect(licence.licence).toEqual(before);
});

test('a centre that gives no later licence is not overrun', async () => {
  centre.validityMs = 0;
  await live(START + 69 * DAY, () => 0.5);
  expect(centre.count('/licences/renewal')).toBeLessThan(100);
  expect(licence.licence?.expiresAt).toBe(START + 90 * DAY);
});

test('a licence that somebody renewed meanwhile by the command line is taken over, and renewed in its turn', async () => {
  const holder = { terminal: TERMINAL, publicKey: identity.publicKey };
  const byHand = await HeldLicence.open(path.join(folder, 'licence.json'), holder, randomBytes);
  centre.now = START + 50 * DAY;
  const renewed = centre.license(TERMINAL, identity.publicKey);
  await byHand.take({ licence: await centre.signed(renewed), centre: centre.key.publicKey }, 'as-before');
  const { renewedAt, log } = await live(START + 120 * DAY);
  expect(renewedAt.map((at) => Math.floor((at - START) / DAY))).toEqual([60, 110]);
  expect(log).toEqual(['licence-renewed', 'licence-renewed']);
  expect(centre.count('/licences/renewal')).toBe(2);
  expect(licence.licence).toEqual(centre.licences.get(TERMINAL));
});

test('a licence whose file was removed still tells one centre from another', async () => {
  await rm(path.join(folder, 'licence.json'));
  centre.key = testKey();
  const { renewedAt, log } = await live(START + 61 * DAY);
  expect(renewedAt).toEqual([]);
  expect(new Set(log)).toEqual(new Set(['licence-not-renewed centre-foreign']));
});
