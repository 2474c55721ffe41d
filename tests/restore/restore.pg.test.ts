/** A PostgreSQL that is put back to an old backup, by its own means: the terminals bring again what it lost, and nothing counts twice. */

import { type Central, openCentral } from '@retap/central';
import { amountOf } from '@retap/model';
import { encodeStateQuestion } from '@retap/protocol';
import type { UplinkAnswer } from '@retap/terminal';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Device, ENROLLED, verifySignature } from '../../packages/central/test/device.ts';
import { reportOf } from '../../packages/central/test/incremental.ts';
import { Gate } from './gate.ts';

const CONFIGURATION = { maxDelay: 1_000, clockTolerance: 120_000, minimumBalance: amountOf(0) };
const AS_OF = 1_800_000_000_000;
const NOW = 1_000;

let postgres: TestPostgres;
let central: Central;
let database: string;
const fleet: { readonly device: Device; readonly gate: Gate }[] = [];
/** Batches that the link loses on their way back. */
let answersLost = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase('centre');
  central = await opened(database);
  await central.registry.settle(ENROLLED);
  for (const terminal of [7, 8, 9]) {
    const device = await new Device(terminal).join(central);
    fleet.push({ device, gate: gateOf(device) });
  }
});
afterAll(async () => {
  await central?.close();
  await postgres?.stop();
});

const opened = (url: string): Promise<Central> => openCentral({ database: url, now: () => NOW, verifySignature });

function gateOf({ terminal, sign }: Device): Gate {
  const send = async (body: Uint8Array): Promise<UplinkAnswer> => {
    const [acknowledgement] = await central.receive([{ form: 'signed', body }]);
    if (answersLost > 0) {
      answersLost -= 1;
      return { answer: 'fault' };
    }
    return { answer: 'acknowledged', received: acknowledgement?.received ?? null };
  };
  const ask = async (from: number, to: number) =>
    central.received(await encodeStateQuestion({ terminal, saidAt: NOW, from, to }, sign));
  return new Gate({ terminal, signer: { sign }, uplink: { send, inFlightMax: 2 }, ask });
}

/** The name of a database that is a copy of the centre's as it is now. Nobody may be connected, as with any copy by template. */
async function backedUp(name: string): Promise<string> {
  await central.close();
  await postgres.createDatabase(name, new URL(database).pathname.slice(1));
  central = await opened(database);
  return name;
}

async function restored(backup: string, name: string): Promise<void> {
  await central.close();
  database = await postgres.createDatabase(name, backup);
  central = await opened(database);
}

/** All that a centre concludes, and what it finds wrong with itself. */
async function stateOf(of: Central): Promise<unknown> {
  await of.drain();
  const found: unknown[] = [];
  for await (const each of of.check(AS_OF, CONFIGURATION)) found.push(each);
  expect(found).toEqual([]);
  expect(await of.integrityAlerts({ limit: 10 })).toEqual([]);
  const { records, quarantined, balance } = await of.totals(AS_OF);
  return [{ records, quarantined, balance }, await reportOf(of, { asOf: AS_OF, configuration: CONFIGURATION })];
}

async function day(records: number): Promise<void> {
  for (const { gate } of fleet) {
    await gate.work(records);
    await gate.upload(40);
  }
}

test('restored from the day before yesterday, twice, it comes to what it would be had it never failed', async () => {
  await day(100);
  const old = await backedUp('backup_old');
  await day(100);
  const newer = await backedUp('backup_newer');
  answersLost = 2;
  await day(50);
  for (const { gate } of fleet) await gate.upload(40);
  await central.drain();
  const before = (await central.totals(AS_OF)).records;
  expect(before).toBe(750);

  await restored(newer, 'restored_newer');
  expect((await central.totals(AS_OF)).records).toBe(600);
  // One has something new to send, one has nothing, one was switched off and on.
  const [busy, quiet, restarted] = fleet.map(({ gate }) => gate) as [Gate, Gate, Gate];
  await busy.work(3);
  await busy.upload(40);
  expect((await central.registry.terminal(busy.terminal))?.missing).toBe(50);
  await restarted.restart();
  expect(await busy.recover(30)).toBe(true);
  expect(await quiet.recover(40)).toBe(true);

  await restored(old, 'restored_old');
  expect((await central.totals(AS_OF)).records).toBe(300);
  for (const gate of [busy, quiet, restarted]) {
    gate.passDays(3);
    expect(await gate.recover(37)).toBe(true);
    expect((await central.registry.terminal(gate.terminal))?.missing).toBe(0);
  }

  // The same records, told to a new centre in one go.
  const never = await opened(await postgres.createDatabase('never_failed'));
  await never.registry.settle(ENROLLED);
  for (const { device, gate } of fleet) {
    device.journal.push(...gate.records);
    // The registry is no part of what is compared: any key will do.
    const { codeDigest } = await import('../../packages/central/test/device.ts').then(({ newCode }) => newCode());
    await never.registry.invite(
      { terminal: device.terminal, codeDigest, validMs: 1_000, as: { role: 'gate', name: '' } },
      { who: 'ana', why: 'test' },
    );
    await device.enrol(never, codeDigest);
    await never.receive([await device.batch(1, gate.records.length)]);
  }
  expect(await stateOf(central)).toEqual(await stateOf(never));
  await never.close();
});
