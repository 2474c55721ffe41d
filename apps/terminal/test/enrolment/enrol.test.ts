/** Enrolling a terminal: what is on its disk afterwards, and what it does not believe. */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fingerprint, type Identity } from '@retap/keys';
import { type LicenceAnswer, parseLicenceAnswer } from '@retap/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { enrol, openOrCreateIdentity, renew } from '../../src/enrolment/enrol.ts';
import { HeldLicence } from '../../src/enrolment/licence.ts';
import { DAY, StandInCentre, testKey } from './stand-in-centre.ts';

const TERMINAL = 17;
let folder: string;
let centre: StandInCentre;
let identity: Identity;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'retap-enrol-'));
  centre = await StandInCentre.start();
  identity = { ...testKey(), close: () => {} };
});
afterEach(async () => {
  await centre.stop();
  await rm(folder, { recursive: true, force: true });
});

const licenceFile = () => path.join(folder, 'licence.json');
const options = () => ({
  ...{ terminal: TERMINAL, identity, licence: licenceFile(), centre: centre.url, random: randomBytes },
});
const enrolBy = (code: string, told: string | null = null) => enrol({ ...options(), code, fingerprint: told });
const renewed = () => renew(options());
const held = () => HeldLicence.open(licenceFile(), { terminal: TERMINAL, publicKey: identity.publicKey }, randomBytes);

test('a code gives a terminal its licence, in a file for its owner alone', async () => {
  const { licence, centre: key } = await enrolBy(centre.codeFor(TERMINAL), fingerprint(centre.key.publicKey));
  expect(licence).toEqual(centre.licences.get(TERMINAL));
  expect(licence.publicKey).toEqual(identity.publicKey);
  expect(key).toEqual(centre.key.publicKey);
  expect(await readdir(folder)).toEqual(['licence.json']);
  expect((await stat(licenceFile())).mode & 0o777).toBe(0o600);
  expect((await held()).licence).toEqual(licence);
});

test('an identity is made once, and is the same from then on', async () => {
  const file = path.join(folder, 'identity.json');
  const made = await openOrCreateIdentity(file, 'correct horse', randomBytes);
  const again = await openOrCreateIdentity(file, 'correct horse', randomBytes);
  expect(again.publicKey).toEqual(made.publicKey);
  await expect(openOrCreateIdentity(file, 'battery staple', randomBytes)).rejects.toMatchObject({
    code: 'key-store-passphrase',
  });
});

test('after a lost answer the same call finishes it', async () => {
  const code = centre.codeFor(TERMINAL);
  centre.answersLost = 1;
  await expect(enrolBy(code)).rejects.toMatchObject({ code: 'centre-unreachable' });
  expect(await readdir(folder)).toEqual([]);
  expect((await enrolBy(code)).outcome).toBe('taken');
  expect((await enrolBy(code)).outcome).toBe('unchanged');
});

test('a code that another device has used is refused, and nothing is licensed', async () => {
  const code = centre.codeFor(TERMINAL);
  await enrolBy(code);
  await rm(licenceFile());
  identity = { ...testKey(), close: () => {} };
  await expect(enrolBy(code)).rejects.toMatchObject({
    code: 'enrolment-refused',
    message: expect.stringContaining('enrolment-code-used, says the centre'),
  });
  expect(await readdir(folder)).toEqual([]);
});

describe('is not believed, and nothing is stored:', () => {
  afterEach(async () => expect(await readdir(folder)).toEqual([]));

  test('a centre of another fingerprint', async () => {
    const told = fingerprint(testKey().publicKey);
    await expect(enrolBy(centre.codeFor(TERMINAL), told)).rejects.toMatchObject({
      code: 'centre-foreign',
      message: expect.stringContaining(`has the fingerprint ${fingerprint(centre.key.publicKey)}, not ${told}`),
    });
  });

  test('a code of another terminal', async () => {
    await expect(enrolBy(centre.codeFor(18))).rejects.toMatchObject({
      code: 'licence-foreign',
      message: expect.stringMatching(/of terminal 18, not of 17: see "terminal" in the configuration/),
    });
  });

  test('a licence of another key', async () => {
    const code = centre.codeFor(TERMINAL);
    const answer = await centre.answerWith(centre.license(TERMINAL, testKey().publicKey));
    centre.answerWith = async () => answer;
    await expect(enrolBy(code)).rejects.toMatchObject({ code: 'licence-foreign' });
  });

  test('a licence that the centre’s key did not sign', async () => {
    const other = testKey();
    const { sign } = other;
    centre.key = { publicKey: centre.key.publicKey, sign };
    await expect(enrolBy(centre.codeFor(TERMINAL))).rejects.toMatchObject({ code: 'licence-forged' });
  });

  test('what is no centre', async () => {
    centre.answerWith = async () => new TextEncoder().encode('<html>Log in to the network</html>');
    await expect(enrolBy(centre.codeFor(TERMINAL))).rejects.toMatchObject({ code: 'centre-foreign' });
  });

  test('a centre that is busy', async () => {
    centre.no.set('/enrolments', { status: 503, code: 'uploads-full' });
    await expect(enrolBy(centre.codeFor(TERMINAL))).rejects.toMatchObject({ code: 'centre-unreachable' });
  });
});

test('every bit of a licence counts: changed, it is of nobody', async () => {
  await enrolBy(centre.codeFor(TERMINAL));
  const answer = parseLicenceAnswer(await readFile(licenceFile()));
  const licence = await held();
  for (const part of ['licence', 'centre'] as const) {
    for (let bit = 0; bit < answer[part].length * 8; bit += 1) {
      const changed = Uint8Array.from(answer[part], (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const forged: LicenceAnswer = { ...answer, [part]: changed };
      await expect(licence.take(forged, 'by-fingerprint'), `${part} ${bit}`).rejects.toMatchObject({
        code: 'licence-forged',
      });
    }
  }
});

describe('once enrolled', () => {
  beforeEach(() => enrolBy(centre.codeFor(TERMINAL)));

  test('a licence is renewed, and a repeat of the answer takes no time away', async () => {
    const first = parseLicenceAnswer(await readFile(licenceFile()));
    centre.now += 30 * DAY;
    const { licence, outcome } = await renewed();
    expect([outcome, licence.expiresAt]).toEqual(['taken', centre.now + 90 * DAY]);
    const later = await held();
    expect(await later.take(first, 'as-before')).toBe('unchanged');
    expect((await held()).licence).toEqual(licence);
  });

  test('another centre is not obeyed, unless its fingerprint was told', async () => {
    centre.key = testKey();
    centre.now += DAY;
    await expect(renewed()).rejects.toMatchObject({ code: 'centre-foreign' });
    await expect(enrolBy(centre.codeFor(TERMINAL))).rejects.toMatchObject({
      code: 'centre-foreign',
      message: expect.stringContaining('--centre-fingerprint'),
    });
    expect((await held()).centre).not.toEqual(centre.key.publicKey);
    await enrolBy(centre.codeFor(TERMINAL), fingerprint(centre.key.publicKey));
    expect((await held()).centre).toEqual(centre.key.publicKey);
  });

  test('a licence that others may read or write is not used', async () => {
    await chmod(licenceFile(), 0o666);
    await expect(held()).rejects.toMatchObject({ code: 'key-store-permissions' });
  });

  test.each(['', '{}', '{"licence":"00","centre":"00"}'])('a licence file of %j says what to do', async (text) => {
    await writeFile(licenceFile(), text);
    await expect(held()).rejects.toMatchObject({
      code: 'licence-forged',
      message: expect.stringContaining('remove it, and enrol the terminal again'),
    });
  });
});

test('without a licence there is none to renew', () =>
  expect(renewed()).rejects.toMatchObject({ code: 'licence-missing' }));
