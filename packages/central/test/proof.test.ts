import { DEFAULT_CONFIGURATION, type JournalRecord, type TransactionRecord } from '@retap/model';
import { arrivals, randomOf } from '@retap/testkit';
import { expect, test } from 'vitest';
import { type Central, openCentral, type ProofJudge } from '../src/index.ts';
import { newDirectory } from './directory.ts';
import { embeddedDirectory } from './embedded-directory.ts';
import { findings, journalPiece } from './incremental.ts';
import { inOrder, proofOracle, Stage, standIn, standing } from './proving.ts';

const SECRET = 'master 1';
const LATER = 'master 2';
const ALL = 1_000_000;
const uid = (n: number) => (0x04_000000000000 + n).toString(16).toUpperCase().padStart(14, '0');
const told = async (central: Central) => inOrder(await central.proofAlerts({ limit: ALL }));

test('whatever the order, the batches, the repeats, the restarts and the keys, the alerts are those of the definition', async () => {
  const database = await newDirectory();
  const random = randomOf('proof');
  const both = standIn(SECRET, LATER);
  const judges: readonly (ProofJudge | undefined)[] = [both, both, standIn(SECRET), undefined];
  let judge = judges[0];
  const open = () => openCentral({ database, now: () => 0, ...(judge && { proofs: judge }) });
  let central = await open();
  const stage = new Stage(random);
  for (let n = 0; n < 80; n += 1) {
    stage.live(uid(n), n % 3 === 0 ? LATER : SECRET, random.between(1, 14), n % 2 === 0 ? 0.3 : 0);
  }
  stage.live('phone.1', SECRET, 10, 0.5); // a name that proves nothing is judged by nobody
  const received: JournalRecord[] = [];
  let compared = 0;
  for (const records of arrivals(stage.records, random, { batchSizeMax: 80, duplicates: 0.2 })) {
    received.push(...records);
    await central.receive([journalPiece(records)]);
    if (random.chance(0.3)) await central.reconcile();
    if (random.chance(0.1)) {
      await central.close();
      judge = random.pick(judges);
      central = await open();
    }
    if (!judge || !random.chance(0.3)) continue;
    await central.drain();
    const expected = proofOracle(standing(received), judge);
    expect(await told(central)).toEqual(expected.alerts);
    expect((await central.totals(0)).proofs).toMatchObject({ unsettled: expected.unsettled, waiting: 0 });
    compared += 1;
  }
  expect(compared).toBeGreaterThan(5);
  // Other keys, then the right ones: all batches are gone through again, with the repeats in them.
  for (judge of [standIn(LATER), both]) {
    await central.close();
    central = await open();
    await central.drain();
    expect(await told(central)).toEqual(proofOracle(standing(received), judge).alerts);
  }
  const expected = proofOracle(standing(received), both);
  const kinds = new Map<string, number>();
  for (const { kind } of expected.alerts) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  expect((await central.totals(0)).proofs?.alerts).toEqual(Object.fromEntries(kinds));
  expect(kinds.size).toBe(6);
  for (const count of kinds.values()) expect(count).toBeGreaterThan(1);
  expect(expected.unsettled).toBeGreaterThan(0);
  expect(await findings(central, 0, DEFAULT_CONFIGURATION)).toEqual([]);
  await central.rebuild();
  expect(await told(central)).toEqual(expected.alerts);
  expect(await findings(central, 0, DEFAULT_CONFIGURATION)).toEqual([]);
  await central.close();
});

test('honest cards never cause one, whatever tears, at any moment of the way', async () => {
  const random = randomOf('honest cards');
  const judge = standIn(SECRET);
  const central = await openCentral({ database: embeddedDirectory(), now: () => 0, proofs: judge });
  const stage = new Stage(random);
  for (let n = 0; n < 40; n += 1) stage.live(uid(n), SECRET, 12, 0);
  const received: JournalRecord[] = [];
  for (const records of arrivals(stage.records, random, { batchSizeMax: 40 })) {
    received.push(...records);
    await central.receive([journalPiece(records)]);
    await central.drain();
    expect(await told(central)).toEqual([]);
  }
  const torn = standing(received).filter((record) => record.type === 'debit' && record.status === 'unverified');
  const { unsettled } = proofOracle(standing(received), judge);
  expect(torn.length).toBeGreaterThan(50);
  expect(unsettled).toBeGreaterThan(0);
  expect((await central.totals(0)).proofs).toEqual({ alerts: {}, unsettled, waiting: 0 });
  await central.close();
});

test('alerts of one kind, of one medium, and not more than wanted; the specification’s know nothing of them', async () => {
  const central = await openCentral({ database: embeddedDirectory(), now: () => 0, proofs: standIn(SECRET) });
  const stage = new Stage(randomOf('questions'));
  for (let n = 0; n < 2; n += 1) stage.live(uid(n), SECRET, 6, 0);
  const spoilt = stage.records.map((record, i) =>
    'proof' in record && record.proof && i % 2 === 0
      ? ({ ...record, proof: { ...record.proof, mac: 'AA' } } as TransactionRecord)
      : record,
  );
  await central.receive([journalPiece(spoilt)]);
  await central.drain();
  const all = await central.proofAlerts({ limit: ALL });
  const ofFirst = await central.proofAlerts({ limit: ALL, medium: uid(0), kind: 'proof-invalid' });
  expect(all.length).toBeGreaterThan(ofFirst.length);
  expect(ofFirst.length).toBeGreaterThan(0);
  expect(new Set(ofFirst.map(({ medium }) => medium))).toEqual(new Set([uid(0)]));
  expect(await central.proofAlerts({ limit: 1 })).toEqual(all.slice(0, 1));
  expect(await central.proofAlerts({ limit: ALL, kind: 'proof-repeated' })).toEqual([]);
  expect(await central.alerts(0, { limit: ALL })).toEqual([]);
  expect((await central.totals(0)).alerts).toEqual({});
  await central.close();
});

test('keys that cannot be used just now stop no upload; they are tried again by reconciling', async () => {
  let isAway = true;
  const judge = standIn(SECRET);
  const sometimes: ProofJudge = {
    ...judge,
    judge(record) {
      if (isAway) throw Object.assign(new Error('the token does not answer'), { code: 'token-away' });
      return judge.judge(record);
    },
  };
  const central = await openCentral({ database: embeddedDirectory(), now: () => 0, proofs: sometimes });
  const stage = new Stage(randomOf('token'));
  stage.live(uid(1), 'guess', 8, 0);
  const [acknowledgement] = await central.receive([journalPiece(stage.records)]);
  expect(acknowledgement?.accepted).toBe(stage.records.length);
  await expect(central.drain()).rejects.toThrow('the token does not answer');
  expect((await central.totals(0)).proofs).toMatchObject({ alerts: {}, waiting: 1 });
  isAway = false;
  await central.drain();
  expect(await told(central)).toEqual(proofOracle(stage.records, judge).alerts);
  expect((await central.totals(0)).proofs?.waiting).toBe(0);
  expect(await told(central)).not.toEqual([]);
  await central.close();
});

test('the greatest numbers that a record may have, and a reader that is no terminal, stop no upload', async () => {
  const credulous: ProofJudge = {
    ...standIn(SECRET),
    judge: () => ({ verdict: 'valid', previousReader: 2 ** 32 - 1 }),
  };
  const central = await openCentral({ database: embeddedDirectory(), now: () => 0, proofs: credulous });
  const stage = new Stage(randomOf('extremes'));
  stage.live(uid(1), SECRET, 12, 0);
  const mediumSerial = 2 ** 31 - 1;
  const records = stage.records.map((record) => (record.type === 'debit' ? { ...record, mediumSerial } : record));
  await central.receive([journalPiece(records)]);
  await central.drain();
  const { alerts } = proofOracle(records, credulous);
  expect(alerts.map(({ kind }) => kind)).toContain('proof-reader');
  expect(await told(central)).toEqual(alerts);
  expect(await findings(central, 0, DEFAULT_CONFIGURATION)).toEqual([]);
  await central.close();
});
