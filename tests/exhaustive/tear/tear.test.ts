/**
 * The tear matrix, all of it: every exchange {before, after}, every byte of the commit's answer, every non-volatile write of the card,
 * every write of the terminal's journal × every transaction type × {tapped again here, at a sibling, never}. Money is conserved,
 * nobody is charged twice, and what the centre believes is what the card holds, or is `unverified` until the next tap.
 */
import { MemoryJournal } from '@retap/terminal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AGAIN, type Again, describePoint, optionsOf, type Point, pointsOf, TAPS, type Tapped } from './cells.ts';
import { Card, GateLine, type Issued, issue } from './city.ts';
import { assertBelieved, assertCharged, isThrough } from './judgement.ts';

type Torn = Extract<Point, { kind: 'exchange' }>;

/** One pair of tears in so many, each tear as first and as second. All of them by `npm run test:exhaustive`. */
const PAIRS = process.env.RETAP_EXHAUSTIVE_TAPS === undefined ? 4 : 1;

const counts = new Map<string, number>();
let issued: Issued;

beforeAll(async () => {
  issued = await issue();
});

afterAll(() => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const lines = [...counts].map(([kind, count]) => `${String(count).padStart(7)}  ${kind}`);
  console.log(`tear matrix, cells:\n${lines.join('\n')}\n${String(total).padStart(7)}  together`);
});

describe.each(TAPS)('$name', (tapped) => {
  test.each(AGAIN)('torn at every point, and tapped again: %s', async (again) => {
    const points = await pointsOf(issued, tapped);
    for (const point of points) {
      await live(tapped, point, again).catch((cause) => {
        throw new Error(`${tapped.name}; ${describePoint(point)}; again: ${again}`, { cause });
      });
      counts.set(point.kind, (counts.get(point.kind) ?? 0) + 1);
    }
    // A matrix that lost its points would prove nothing.
    expect(new Set(points.map(({ kind }) => kind)).size).toBe(5);
  });
});

describe.each(TAPS.filter(({ name }) => name === 'debit' || name === 'validation'))('$name', (tapped) => {
  test.each(['same', 'sibling'] as const)(
    'torn twice, each exchange as the first and as the second, there: %s',
    async (where) => {
      const tears = (await pointsOf(issued, tapped)).filter((point) => point.kind === 'exchange');
      for (const [i, first] of tears.entries()) {
        for (const second of tears.filter((_, j) => (i + j) % PAIRS === 0)) {
          await liveTwice(tapped, [first, second], where).catch((cause) => {
            throw new Error(`${tapped.name}; ${describePoint(first)}, then ${describePoint(second)} ${where}`, {
              cause,
            });
          });
          counts.set('two exchanges', (counts.get('two exchanges') ?? 0) + 1);
        }
      }
      expect(tears.length).toBeGreaterThanOrEqual(18);
    },
  );
});

async function live(tapped: Tapped, point: Point, again: Again): Promise<void> {
  const line = new GateLine(issued.now);
  const card = new Card(issued.image);
  const before = await card.truth();
  const { terminal, outcome } = await torn(line, card, tapped, point);
  const sibling = await line.at(18, optionsOf(tapped));
  line.now += 5000;

  let last = outcome;
  if (again !== 'never' && !isThrough(outcome)) {
    const isHere = again === 'same' || !tapped.isPassage;
    last = await (isHere ? terminal : sibling).tap(card.heldTo(isHere ? 17 : 18).medium, tapped.request);
    expect(isThrough(last), 'the second tap is served').toBe(true);
  }
  const after = await card.truth();
  assertCharged(tapped.amounts, before, after, isThrough(last));
  await assertBelieved(line, card, [terminal, sibling], after, issued.records);
}

/** Torn, torn again here or at the sibling, and then held until it is through. */
async function liveTwice(tapped: Tapped, [first, second]: readonly [Torn, Torn], where: 'same' | 'sibling') {
  const line = new GateLine(issued.now);
  const card = new Card(issued.image);
  const before = await card.truth();
  const { terminal } = await torn(line, card, tapped, first);
  const sibling = await line.at(18, optionsOf(tapped));
  line.now += 3000;
  const [number, again] = where === 'same' ? [17, terminal] : [18, sibling];
  let last = await again.tap(card.heldTo(number, second.tear).medium, tapped.request);
  line.now += 3000;
  // The second tap may have been over before its exchange came: who goes through does not come back.
  if (!isThrough(last)) last = await again.tap(card.heldTo(number).medium, tapped.request);
  expect(isThrough(last), 'the last tap is served').toBe(true);
  const after = await card.truth();
  assertCharged(tapped.amounts, before, after, true);
  await assertBelieved(line, card, [terminal, sibling], after, issued.records);
}

/** The first tap, to the terminal 17; and that terminal as it is afterwards. */
async function torn(line: GateLine, card: Card, tapped: Tapped, point: Point) {
  const store = new MemoryJournal();
  const open = () => line.at(17, { store, ...optionsOf(tapped) });
  const first = await open();
  const { medium, channel } = card.heldTo(17, 'tear' in point ? point.tear : undefined);
  if (point.kind === 'card power') card.memory.powerCutAfterWrites(point.afterWrites);
  if (point.kind === 'journal write') {
    store.cutAfterWrites = point.afterWrites;
    store.tornBytes = point.tornBytes;
  }
  if (point.kind === 'terminal killed at exchange') {
    const transmit = channel.transmit.bind(channel);
    channel.transmit = async (command) => {
      const isHere = channel.exchanges === point.tear.exchange;
      const answer = await transmit(command);
      if (isHere) store.isCut = true;
      return answer;
    };
  }
  const outcome = await first.tap(medium, tapped.request);
  card.memory.restorePower();
  const isKilled = point.kind === 'journal write' || point.kind === 'terminal killed at exchange';
  if (!isKilled) return { terminal: first, outcome };
  store.isCut = false;
  store.cutAfterWrites = null;
  // A terminal that starts anew knows what is in its journal and nothing else; what it would have shown, nobody saw.
  return { terminal: await open(), outcome: { outcome: 'refused', reason: 'out-of-service' } as const };
}
