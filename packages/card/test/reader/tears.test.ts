/** A card that leaves, or whose answers arrive damaged, at every point of a tap: what the terminal says is never more than is so. */
import { amountOf, type CommitAnswer, type TapRequest } from '@retap/model';
import { describe, expect, test } from 'vitest';
import type { CardChannel } from '../../src/port.ts';
import type { CardMedium } from '../../src/reader/card-medium.ts';
import { accountOn, changeOf, insert, mediumAt, NOTHING_MORE, openedImage, START } from './desk.ts';

const BALANCE = 1000;
const REQUESTS: readonly TapRequest[] = [
  { type: 'debit', amount: amountOf(120) },
  { type: 'refill', amount: amountOf(120) },
  { type: 'purchase', price: amountOf(300), product: { code: 'day' } },
];

/** A tap as far as it comes. */
async function tapAsFar(medium: CardMedium, request: TapRequest): Promise<CommitAnswer | 'not-sent'> {
  const access = await medium.authenticate(request.type === 'refill' ? 'refill' : 'debit');
  if (access !== 'authenticated') return 'not-sent';
  const reading = await medium.read({ ...NOTHING_MORE, products: request.type === 'purchase' });
  if (typeof reading === 'string') return 'not-sent';
  return (await medium.commit(changeOf(reading.account, request, START + 1, 1))).answer;
}

/** Whether the card holds the transaction. Reading it checks that its files agree with each other. */
async function isCommitted(image: Uint8Array): Promise<boolean> {
  const { account } = await accountOn(image);
  expect(account.log).toHaveLength(account.mediumSerial + 1);
  if (account.mediumSerial === 0) expect(account).toMatchObject({ balance: BALANCE, lastTime: START, products: [] });
  return account.mediumSerial === 1;
}

async function exchangesOf(request: TapRequest): Promise<number> {
  const { channel } = insert(await openedImage(BALANCE));
  expect(await tapAsFar(mediumAt(channel), request)).toBe('committed');
  return channel.exchanges;
}

describe.each(REQUESTS)('$type', (request) => {
  test('torn before or after each exchange', async () => {
    const image = await openedImage(BALANCE);
    const exchanges = await exchangesOf(request);
    for (let exchange = 0; exchange < exchanges; exchange += 1) {
      for (const when of ['before', 'after'] as const) {
        const { memory, channel } = insert(image);
        channel.restore({ exchange, when });
        const answer = await tapAsFar(mediumAt(channel), request);
        const isCommit = exchange === exchanges - 1;
        expect(answer === 'torn').toBe(isCommit);
        expect(await isCommitted(memory.read())).toBe(isCommit && when === 'after');
      }
    }
  });

  test('the power goes at each write of the card: the commit is whole or has not been', async () => {
    const image = await openedImage(BALANCE);
    const whole = insert(image);
    await tapAsFar(mediumAt(whole.channel), request);
    const outcomes = new Set<boolean>();
    for (let writes = 0; writes < whole.memory.writes; writes += 1) {
      const { memory, channel } = insert(image);
      memory.powerCutAfterWrites(writes);
      expect(await tapAsFar(mediumAt(channel), request)).toBe('torn');
      outcomes.add(await isCommitted(memory.read()));
    }
    expect(outcomes).toEqual(new Set([false, true]));
  });
});

/** Changes the answer of one exchange. */
function damaged(channel: CardChannel, at: number, damage: (answer: Uint8Array) => Uint8Array): CardChannel {
  let exchange = -1;
  return {
    uid: channel.uid,
    async transmit(command) {
      exchange += 1;
      const answer = await channel.transmit(command);
      return exchange === at ? damage(answer) : answer;
    },
  };
}

const [DEBIT] = REQUESTS as [TapRequest];

test('the answer to the commit, cut at every byte: torn', async () => {
  const image = await openedImage(BALANCE);
  const last = (await exchangesOf(DEBIT)) - 1;
  const lengths: number[] = [];
  const record = (answer: Uint8Array) => {
    lengths.push(answer.length);
    return answer;
  };
  await tapAsFar(mediumAt(damaged(insert(image).channel, last, record)), DEBIT);
  // TMC 4, TMV 8, MAC 8, status 2
  expect(lengths).toEqual([22]);
  for (let length = 0; length < 22; length += 1) {
    const { memory, channel } = insert(image);
    const cut = damaged(channel, last, (answer) => answer.subarray(0, length));
    expect(await tapAsFar(mediumAt(cut), DEBIT)).toBe('torn');
    expect(await isCommitted(memory.read())).toBe(true);
  }
});

test('a forged refusal, or a success without MAC, in answer to the commit: torn, for the card may have committed', async () => {
  const image = await openedImage(BALANCE);
  const last = (await exchangesOf(DEBIT)) - 1;
  for (const forged of [
    [0x91, 0x9d],
    [0x91, 0xae],
    [0x91, 0x00],
    [0x6f, 0x00],
    [0x90, 0x00],
    [0x91, 0xaf],
  ]) {
    const channel = damaged(insert(image).channel, last, () => Uint8Array.from(forged));
    expect(await tapAsFar(mediumAt(channel), DEBIT)).toBe('torn');
  }
});

test('a bit flipped in any byte of any answer: committed only if nothing was', async () => {
  const image = await openedImage(BALANCE);
  const exchanges = await exchangesOf(DEBIT);
  for (let exchange = 0; exchange < exchanges; exchange += 1) {
    let length = 1;
    for (let at = 0; at < length; at += 1) {
      const { memory, channel } = insert(image);
      const flipped = damaged(channel, exchange, (answer) => {
        length = answer.length;
        const bit = 1 << ((exchange + at) % 8);
        return answer.map((byte, index) => (index === at ? byte ^ bit : byte));
      });
      const answer = await tapAsFar(mediumAt(flipped), DEBIT);
      const possible = exchange === exchanges - 1 ? ['torn'] : ['not-sent', 'declined'];
      expect(possible, `exchange ${exchange}, byte ${at}`).toContain(answer);
      expect(await isCommitted(memory.read())).toBe(exchange === exchanges - 1);
    }
  }
});

test('the answer of another session in the place of this one: torn', async () => {
  const image = await openedImage(BALANCE);
  const last = (await exchangesOf(DEBIT)) - 1;
  let old = new Uint8Array(0);
  const keep = (answer: Uint8Array) => {
    old = Uint8Array.from(answer);
    return answer;
  };
  await tapAsFar(mediumAt(damaged(insert(image).channel, last, keep)), DEBIT);
  const replayed = damaged(insert(image, 8).channel, last, () => old);
  expect(await tapAsFar(mediumAt(replayed), DEBIT)).toBe('torn');
});
