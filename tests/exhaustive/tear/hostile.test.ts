/**
 * Between card and terminal stands somebody without keys: answers are replayed from an earlier tap, cut, lengthened, exchanged, made
 * up, with or without the command reaching the card. A tap ends in a word, never in an exception; *successful* is only what the card
 * did, and its proof is valid; and whoever comes back afterwards has been charged once.
 */
import { mediumUid, type SoftwareChannel } from '@retap/card';
import { proofJudgeOf } from '@retap/central-service';
import { amountOf } from '@retap/model';
import { type Random, randomOf } from '@retap/testkit';
import { expect, test } from 'vitest';
import { Card, GateLine, issue, keys } from './city.ts';
import { isThrough } from './judgement.ts';

const { RETAP_SEED = 'hostile', RETAP_TAPS = '400' } = process.env;
const judge = proofJudgeOf(keys);
const debit = { type: 'debit', amount: amountOf(120) } as const;
/** A reader that asks for ever would keep everybody waiting: a tap has at most so many commands, each of 32 frames at most. */
const EXCHANGES_MAX = 14 * 33;

test(`${RETAP_TAPS} taps through a hostile hand`, async () => {
  const issued = await issue();
  const heard = await transcript(new Card(issued.image), new GateLine(issued.now));
  expect(heard.length).toBeGreaterThan(6);
  let goes = 0;
  for (let run = 0; run < Number(RETAP_TAPS); run += 1) {
    const chance = randomOf(`${RETAP_SEED}-${run}`);
    const card = new Card(issued.image);
    const line = new GateLine(issued.now);
    const before = await card.truth();
    const gate = await line.at(17, { isLogTime: () => chance.chance(0.5) });
    const { medium, channel } = card.heldTo(17);
    lieOn(channel, chance, heard);
    const outcome = await gate.tap(medium, debit).catch((cause) => {
      throw new Error(`seed ${RETAP_SEED}-${run}`, { cause });
    });
    expect(channel.exchanges, `seed ${RETAP_SEED}-${run}`).toBeLessThanOrEqual(EXCHANGES_MAX);
    const commits = (await card.truth()).mediumSerial - before.mediumSerial;
    if (outcome.outcome === 'successful') {
      goes += 1;
      expect(commits, `seed ${RETAP_SEED}-${run}`).toBe(1);
      expect(mediumUid(outcome.record.medium)).not.toBeNull();
      expect(judge.judge(outcome.record).verdict, `seed ${RETAP_SEED}-${run}`).toBe('valid');
    }
    if (outcome.outcome === 'unsuccessful') expect(commits, `seed ${RETAP_SEED}-${run}`).toBe(0);
    line.now += 3000;
    const last = isThrough(outcome) ? outcome : await gate.tap(card.heldTo(17).medium, debit);
    expect(isThrough(last)).toBe(true);
    const after = await card.truth();
    expect([after.mediumSerial - before.mediumSerial, before.balance - after.balance]).toEqual([1, 120]);
  }
  expect(goes).toBeGreaterThan(0);
});

/** All answers of one honest tap. */
async function transcript(card: Card, line: GateLine): Promise<Uint8Array[]> {
  const { medium, channel } = card.heldTo(17);
  const heard: Uint8Array[] = [];
  const transmit = channel.transmit.bind(channel);
  channel.transmit = async (command) => {
    const answer = await transmit(command);
    heard.push(answer);
    return answer;
  };
  await (await line.at(17)).tap(medium, debit);
  return heard;
}

/** From a random exchange on, for one or several. */
function lieOn(channel: SoftwareChannel, chance: Random, heard: readonly Uint8Array[]): void {
  const [from, lies] = [chance.int(13), chance.pick([1, 1, 2, 1000])];
  const transmit = channel.transmit.bind(channel);
  const own: Uint8Array[] = [];
  let exchange = 0;
  channel.transmit = async (command) => {
    const at = exchange;
    exchange += 1;
    const isLie = at >= from && at < from + lies;
    const answer = isLie && chance.chance(0.4) ? new Uint8Array(0) : await transmit(command);
    own.push(answer);
    return isLie ? lieOf(answer, at, own, heard, chance) : answer;
  };
}

function lieOf(
  answer: Uint8Array,
  at: number,
  own: readonly Uint8Array[],
  heard: readonly Uint8Array[],
  chance: Random,
): Uint8Array {
  const bytes = (length: number) => Uint8Array.from({ length }, () => chance.int(256));
  const status = chance.pick([
    [0x91, 0x00],
    [0x91, 0xaf],
    [0x90, 0x00],
    [0x91, 0xae],
    [0x6a, 0x82],
    [0x91, 0xca],
  ]);
  switch (chance.int(8)) {
    case 0:
      return heard[at] ?? answer;
    case 1:
      return chance.pick(heard);
    case 2:
      return chance.pick(own);
    case 3:
      return answer.slice(0, chance.int(answer.length + 1));
    case 4:
      return Uint8Array.from([...answer.slice(0, -2), ...bytes(chance.int(300)), ...answer.slice(-2)]);
    case 5:
      return Uint8Array.from([...bytes(chance.pick([0, 1, 8, 12, 16, 20, 32, 40, 300])), ...status]);
    case 6:
      return Uint8Array.from([...answer.slice(0, -2), ...status]);
    default:
      return answer;
  }
}
