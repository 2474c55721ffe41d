/** Several centres on one PostgreSQL: what one of them decides of a terminal holds at all of them at once. */
import { type Central, openCentral } from '@retap/central';
import { verifySignature } from '@retap/keys';
import { SIGNED_BATCH_CONTENT_TYPE } from '@retap/protocol';
import { startPostgres, type TestPostgres } from '@retap/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Device, ENROLLED, invite, newCode, REASON } from '../../../packages/central/test/device.ts';
import { type Service, startService } from '../src/index.ts';

const NOW = 1_000_000;

let postgres: TestPostgres;
let database: string;
const centrals: Central[] = [];
const services: Service[] = [];
const centre = new Device(1);

beforeAll(async () => {
  postgres = await startPostgres();
  database = await postgres.createDatabase();
  for (let process = 0; process < 2; process += 1) {
    const central = await openCentral({ database, now: () => NOW, verifySignature });
    await central.registry.settle({ ...ENROLLED, centre: centre.publicKey });
    centrals.push(central);
    services.push(await startService({ central, now: () => NOW, port: 0, log: () => {}, signer: centre }));
  }
});
afterAll(async () => {
  for (const service of services) await service.stop();
  for (const central of centrals) await central.close();
  await postgres?.stop();
});

const [first, second] = [0, 1].map((index) => () => centrals[index] as Central) as [() => Central, () => Central];
const send = async (service: number, { body }: { body: Uint8Array }): Promise<number | string> => {
  const answer = await fetch(`${services[service]?.url}/batches`, {
    method: 'POST',
    headers: { 'content-type': SIGNED_BATCH_CONTENT_TYPE },
    body: new Uint8Array(body),
  });
  const said = (await answer.json()) as { code?: string };
  return said.code ?? answer.status;
};

describe('two centres on one database', () => {
  test('a terminal that joined at one speaks to both; suspended at one, it is refused by both', async () => {
    const device = await new Device(11).work(9).join(first());
    expect(await send(1, await device.batch(1, 3))).toBe(200);
    expect(await send(0, await device.batch(4, 6))).toBe(200);
    await second().registry.suspend(device.terminal, REASON);
    expect(await send(0, await device.batch(7, 9))).toBe('terminal-suspended');
    await first().registry.resume(device.terminal, REASON);
    expect(await send(1, await device.batch(7, 9))).toBe(200);
    expect(await first().registry.terminal(11)).toMatchObject({ lastSerial: 9, missing: 0 });
  });

  test('from the moment of revocation nothing more is kept, whatever was on the way', async () => {
    const device = await new Device(12).work(60).join(first());
    const batches = await Promise.all(Array.from({ length: 60 }, (_, index) => device.batch(index + 1, index + 1)));
    // Ten go to each centre at a time, while the other one revokes the terminal in their midst.
    const answers: Promise<number | string>[] = batches.slice(0, 20).map((batch, index) => send(index % 2, batch));
    await answers[3];
    const under = batches.slice(20, 40).map((batch, index) => send(index % 2, batch));
    const revoked = second().registry.revoke(device.terminal, REASON);
    expect(await revoked).toBe('revoked');
    const kept = async () => (await first().registry.terminals()).find(({ terminal }) => terminal === 12);
    const before = await kept();
    const late = batches.slice(40).map((batch, index) => send(index % 2, batch));
    const said = await Promise.all([...answers, ...under, ...late]);
    expect(said.slice(40)).toEqual(Array.from({ length: 20 }, () => 'terminal-revoked'));
    expect(said.filter((answer) => answer !== 200 && answer !== 'terminal-revoked')).toEqual([]);
    // What was acknowledged stands, and the revocation came after the last of it.
    const taken = said.filter((answer) => answer === 200).length;
    const after = await kept();
    expect((after?.lastSerial ?? 0) - (after?.missing ?? 0)).toBe(taken);
    expect([after?.lastSerial, after?.missing]).toEqual([before?.lastSerial, before?.missing]);
    expect(await send(0, batches[0] as { body: Uint8Array })).toBe('terminal-revoked');
  });

  test('one code that is entered at both at once is used once', async () => {
    const devices = Array.from({ length: 6 }, () => new Device(13));
    const { codeDigest } = newCode();
    await invite(first(), 13, codeDigest);
    const answers = await Promise.all(
      devices.map((device, index) => device.enrol(index % 2 === 0 ? first() : second(), codeDigest)),
    );
    expect(answers.filter((answer) => !('refusal' in answer))).toHaveLength(1);
    const history = (await second().registry.terminal(13))?.history.map(({ what }) => what);
    expect(history).toEqual(['invited', 'enrolled']);
  });

  test('what contradicts itself over two centres is seen by both', async () => {
    const device = await new Device(14).work(8).join(first());
    const early = await device.batch(1, 4);
    device.journal.splice(3, 1, ...new Device(14, 'other').work(4).journal.slice(3));
    const late = await device.batch(5, 8);
    expect(await Promise.all([send(0, late), send(1, early)])).toEqual([200, 200]);
    for (const central of centrals) {
      const alerts = await central.integrityAlerts({ limit: 10 });
      expect(alerts).toEqual([{ kind: 'journal-chain-broken', terminal: 14, serial: 5 }]);
    }
  });
});
