/** A centre that takes nothing from this terminal: what is shown, what goes on, and when it is tried again. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SealedBatch } from '@retap/terminal';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HeldLicence } from '../../src/enrolment/licence.ts';
import type { ServiceOptions } from '../../src/service-options.ts';
import { ENGLISH } from '../../src/words/english.ts';
import { SLOVENE } from '../../src/words/slovene.ts';
import { START, type Stage, stage, VALIDATOR } from '../scene.ts';
import { DAY, StandInCentre, testKey } from './stand-in-centre.ts';

let centre: StandInCentre;
let scene: Stage;
beforeEach(async () => {
  centre = await StandInCentre.start();
});
afterEach(async () => {
  await scene.service.stop();
  await centre.stop();
});

const IDENTITY = { ...testKey(), close: () => {} };
const notAccepted = async () => (await scene.state()).notAccepted;
const moment = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A terminal with one batch that waits, which the centre of the test need not be able to read. */
async function staged(form: SealedBatch['form'], changes: Partial<ServiceOptions> = {}): Promise<void> {
  scene = await stage(
    { ...VALIDATOR, centre: { url: centre.url, uploadEvery: '10ms', by: 'http' } },
    { random: () => 0, ...changes },
  );
  const waiting: SealedBatch[] = [{ from: 1, to: 1, form, bytes: Uint8Array.of(1) }];
  scene.terminal.nextBatch = async () => waiting[0] ?? null;
  scene.terminal.acknowledge = async () => {
    waiting.shift();
  };
}

test.each([
  [401, 'signature-invalid'],
  [403, 'terminal-suspended'],
  [403, 'licence-expired'],
] as const)('status %d %s is shown, and not asked for again and again; taps go on', async (status, code) => {
  centre.no.set('/batches', { status, code });
  await staged('signed');
  await expect.poll(notAccepted).toBe(code);
  await moment(200);
  expect(centre.asked).toEqual(['POST /batches application/cose; cose-type="cose-sign1"']);
  await scene.tap();
  expect((await scene.state()).message.kind).toBe('go');
  for (const words of [ENGLISH, SLOVENE]) expect(words.notAccepted[code]).toMatch(/\S/);
});

test('a reason that this version does not know is none the less a reason', async () => {
  centre.no.set('/batches', { status: 403, code: 'terminal-on-holiday' });
  await staged('batch');
  await expect.poll(notAccepted).toBe('other');
  expect(centre.asked).toEqual(['POST /batches application/json']);
});

test.each([
  [503, 'uploads-full'],
  [400, 'batch-malformed'],
  // A captive portal's: no word of the centre's.
  [403, 'Forbidden <html>'],
] as const)('status %d %s says nothing of who may speak: it is tried again', async (status, code) => {
  centre.no.set('/batches', { status, code });
  await staged('signed');
  await expect.poll(() => centre.count('/batches')).toBeGreaterThan(3);
  expect(await notAccepted()).toBeNull();
});

test('the clock of the terminal goes along', async () => {
  centre.no.set('/batches', { status: 403, code: 'batch-unsigned' });
  const asked = new Promise<string | undefined>((resolve) => {
    centre.onAsked = ({ 'retap-sent-at': sentAt }) => resolve(sentAt as string | undefined);
  });
  await staged('batch');
  expect(await asked).toBe(String(START));
});

test('a licence that is renewed sends at once what was refused for the old one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'retap-not-accepted-'));
  const holder = { terminal: 17, publicKey: IDENTITY.publicKey };
  const licence = await HeldLicence.open(path.join(folder, 'licence.json'), holder, randomBytes);
  centre.now = START - 89 * DAY;
  const first = centre.license(17, holder.publicKey);
  await licence.take({ licence: await centre.signed(first), centre: centre.key.publicKey }, 'as-before');
  centre.now = START;
  centre.no.set('/batches', { status: 403, code: 'licence-expired' });
  const { answerWith } = centre;
  centre.answerWith = async (renewed) => {
    await expect.poll(notAccepted).toBe('licence-expired');
    centre.no.set('/batches', { status: 200, code: 'taken' });
    return answerWith.call(centre, renewed);
  };
  await staged('signed', { enrolled: { identity: IDENTITY, licence } });
  await expect.poll(notAccepted).toBe('licence-expired');
  await expect.poll(notAccepted, { timeout: 5_000 }).toBeNull();
  expect(centre.count('/batches')).toBe(2);
  expect(licence.licence?.expiresAt).toBe(START + 90 * DAY);
  await rm(folder, { recursive: true });
});
