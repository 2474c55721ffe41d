/**
 * Who has a stolen gate's keys (debit, read) writes on a real card what no terminal would. An honest terminal that reads it must go
 * on: a number that no record can have would make its journal unreadable at the next start, and stop its uploads for ever.
 */
import { randomBytes } from 'node:crypto';
import { diversified } from '@retap/card';
import { proofJudgeOf } from '@retap/central-service';
import { amountOf, isTransaction } from '@retap/model';
import { MemoryJournal } from '@retap/terminal';
import { beforeAll, expect, test } from 'vitest';
import { concat, toLittleEndian } from '../../../packages/card/src/bytes.ts';
import { APPLICATION_NAME, FILES, KEYS, LAST, LOG_RECORD } from '../../../packages/card/src/layout.ts';
import * as commands from '../../../packages/card/src/reader/commands.ts';
import { authenticate, type Command, selectApplication } from '../../../packages/card/src/reader/session.ts';
import { proofAlertsOfMedium, proofRows } from '../../../packages/central/src/proof/rules.ts';
import { Card, delivered, GateLine, type Issued, issue, keys } from './city.ts';

const debit = { type: 'debit', amount: amountOf(120) } as const;
let issued: Issued;
beforeAll(async () => {
  issued = await issue();
});

const writeAt = (code: number, file: number, offset: number, data: Uint8Array): Command => ({
  code,
  header: concat([file], toLittleEndian(offset, 3), toLittleEndian(data.length, 3)),
  data,
});
const last = (offset: number, value: number, bytes = 4): Command =>
  writeAt(0x8d, FILES.last, offset, toLittleEndian(value, bytes));
const logged = (record: Uint8Array): Command => writeAt(0x8b, FILES.log, 0, record);

/** In one commit, as a gate may. */
async function write(card: Card, lies: readonly Command[]): Promise<void> {
  const { channel } = card.heldTo(66);
  await selectApplication(channel, APPLICATION_NAME);
  const master = keys.master('debit', 1);
  if (!master) throw new Error('no debit key');
  const random = (length: number) => Uint8Array.from(randomBytes(length));
  const session = await authenticate(channel, KEYS.debit, diversified(master, 'debit', channel.uid), random);
  if ('outcome' in session) throw new Error(session.outcome);
  for (const lie of lies) expect((await session.send(lie, 'full')).outcome).toBe('answered');
  expect((await session.send(commands.commitReaderId(new Uint8Array(16).fill(0xff)), 'mac')).outcome).toBe('answered');
  expect((await session.send(commands.commitTransaction(), 'mac')).outcome).toBe('answered');
}

/** One newest record that agrees with the last transaction, and seven more: full, whatever number the commit has. */
function fullLog(terminal: number): readonly Command[] {
  const record = (time: number) =>
    concat([3], toLittleEndian(terminal, 4), toLittleEndian(time, 6), toLittleEndian(0, 4)).subarray(
      0,
      LOG_RECORD.written,
    );
  return Array.from({ length: 8 }, (_, index) => logged(record(issued.now - 8 + index)));
}

// What stands in the last transaction alone is seen where no log is read that contradicts it.
test.each<[string, boolean, (card: Card) => Promise<void>]>([
  ['terminal 0', false, (card) => write(card, [last(LAST.terminal, 0)])],
  ['a terminal beyond 2^31−1', false, (card) => write(card, [last(LAST.terminal, 0xffff_ffff)])],
  ['a count of commits beyond 2^31−1', false, (card) => write(card, [last(LAST.mediumSerial, 0xffff_ffff)])],
  [
    'more commits in the log than there were',
    true,
    async (card) => {
      for (const one of fullLog(66)) await write(card, [one]);
      const time = issued.now - 1;
      await write(card, [last(LAST.terminal, 66), last(LAST.time, time, 6), last(LAST.amount, 0)]);
    },
  ],
  [
    'a terminal 0 in the log',
    true,
    async (card) => {
      const { log, lastTerminal, lastTime } = await card.truth();
      const amount = log[0]?.amount ?? 0;
      for (const one of fullLog(0)) await write(card, [one]);
      const newest = concat(
        [3],
        toLittleEndian(lastTerminal, 4),
        toLittleEndian(lastTime, 6),
        toLittleEndian(amount >>> 0, 4),
      );
      await write(card, [logged(newest), last(LAST.mediumSerial, 1000)]);
    },
  ],
])('%s', async (_, isLogRead, lie) => {
  const card = new Card(issued.image);
  await lie(card);
  const line = new GateLine(issued.now);
  const store = new MemoryJournal();
  const gate = await line.at(17, { store, isLogTime: () => isLogRead });
  const told = [await gate.tap(card.heldTo(17).medium, debit), await gate.observe(card.heldTo(17).medium)];
  expect(told).toEqual(told.map(() => ({ outcome: 'refused', reason: 'medium-inconsistent' })));
  const another = new Card(issued.image);
  expect(await gate.tap(another.heldTo(17).medium, debit)).toMatchObject({ outcome: 'successful' });
  // It starts again, and the centre takes what it has.
  expect(await delivered(await line.at(17, { store }))).toHaveLength(1);
});

test('a thief makes the next honest record look wrong, and none of his own look proved (docs/proof.md)', async () => {
  const judge = proofJudgeOf(keys);
  const card = new Card(issued.image);
  await write(card, [last(LAST.terminal, 66)]);
  const gate = await new GateLine(issued.now).at(17);
  expect(await gate.tap(card.heldTo(17).medium, debit)).toMatchObject({ outcome: 'successful' });
  const [record] = (await delivered(gate)).filter(isTransaction);
  if (!record) throw new Error('no record');
  const rows = proofRows([record], judge);
  expect(rows).toMatchObject([{ verdict: 'valid', readerDiffers: true }]);
  expect(proofAlertsOfMedium(record.medium, rows, () => true)).toMatchObject([{ kind: 'proof-reader', terminal: 17 }]);
  const lies = [{ terminal: 66 }, { amount: amountOf(-1) }, { time: record.time + 1 }, { mediumSerial: 9 }];
  const told = lies.map((lie) => judge.judge({ ...record, ...lie }).verdict);
  expect(told).toEqual(lies.map(() => 'invalid'));
});
