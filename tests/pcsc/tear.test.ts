/**
 * A sample of the tear matrix over pcscd: a debit torn at every exchange, before and after, and tapped again here, at a sibling or
 * never; and a card that goes mute or answers the commit in part. The same judgement as in this process (tests/exhaustive/tear).
 */
import { SoftwareCard } from '@retap/card';
import { softwareKey } from '@retap/keys';
import { amountOf } from '@retap/model';
import type { TapOutcome, Terminal } from '@retap/terminal';
import { randomOf } from '@retap/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openReader } from '../../apps/terminal/src/pcsc/reader.ts';
import { type ExchangeFault, plugIn } from '../../apps/terminal/src/vpcd/plug.ts';
import { Card, GateLine, type Issued, issue, mediumOf } from '../exhaustive/tear/city.ts';
import { assertBelieved, assertCharged, isThrough } from '../exhaustive/tear/judgement.ts';
import { NEVER, PATIENT_MS, type Reader } from './support/gate.ts';
import { type Pcscd, startPcscd } from './support/pcscd.ts';

const debit = { type: 'debit', amount: amountOf(120) } as const;
const AGAIN = ['same', 'sibling', 'never'] as const;

interface Cell {
  /** Number of the exchange, from 1. */
  readonly exchange: number;
  readonly fault: ExchangeFault;
  readonly again: (typeof AGAIN)[number];
}

const chance = randomOf('pcsc');
const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => chance.int(256));
let pcscd: Pcscd;
let issued: Issued;
let reader: Reader;

beforeAll(async () => {
  issued = await issue();
  pcscd = await startPcscd();
  reader = await openReader({ name: pcscd.readers[0].name, deadlineMs: PATIENT_MS, pcscd: pcscd.socket });
});

afterAll(async () => {
  await reader?.close();
  await pcscd?.stop();
});

test('a debit torn over pcscd is charged once or not at all, and the centre finds out which', async () => {
  const exchanges = await exchangesOfDebit();
  const tears = Array.from({ length: exchanges }, (_, index) => index + 1).flatMap(
    (exchange): Omit<Cell, 'again'>[] => [
      { exchange, fault: 'torn before' },
      { exchange, fault: 'torn after' },
    ],
  );
  for (const cut of [1, 2, 8, 20]) tears.push({ exchange: exchanges, fault: { cut } });
  const cells = tears.flatMap((tear) => AGAIN.map((again): Cell => ({ ...tear, again })));
  expect(cells.length).toBeGreaterThanOrEqual(60);
  // One after the other on one reader: with cards coming and going in both slots at once, vpcd now and then misses one.
  for (const cell of cells) {
    await live(cell).catch((cause) => {
      throw new Error(JSON.stringify(cell), { cause });
    });
  }
  console.log(`tear matrix over pcscd: ${cells.length} cells, ${exchanges} exchanges a debit`);
});

test('a card that falls mute in the commit is torn, and let through when it comes again', async () => {
  await live({ exchange: await exchangesOfDebit(), fault: 'mute', again: 'same' });
});

async function exchangesOfDebit(): Promise<number> {
  const card = new Card(issued.image);
  const { medium, channel } = card.heldTo(17);
  await (await new GateLine(issued.now).at(17)).tap(medium, debit);
  return channel.exchanges;
}

async function live({ exchange, fault, again }: Cell): Promise<void> {
  const line = new GateLine(issued.now);
  const card = new Card(issued.image);
  const before = await card.truth();
  const terminal = await line.at(17);
  const sibling = await line.at(18);
  let last = await tapOver(card, terminal, (number) => (number === exchange ? fault : null));
  expect(last.outcome).not.toBe('successful');
  line.now += 5000;
  if (again !== 'never') {
    last = await tapOver(card, again === 'same' ? terminal : sibling);
    expect(isThrough(last), 'the second tap is served').toBe(true);
  }
  const after = await card.truth();
  assertCharged([-120], before, after, isThrough(last));
  await assertBelieved(line, card, [terminal, sibling], after, issued.records);
}

/** Held to the reader until the tap is over. */
async function tapOver(
  card: Card,
  terminal: Terminal,
  fault: (exchange: number) => ExchangeFault | null = () => null,
): Promise<TapOutcome> {
  const chip = SoftwareCard.powerOn({ keyOfValue: softwareKey, random, memory: card.memory });
  const plugged = await plugIn(chip, { port: pcscd.readers[0].port, fault });
  const held = await reader.waitForCard(NEVER);
  try {
    return await terminal.tap(mediumOf(held, terminal.terminal), debit);
  } finally {
    await held.close();
    await plugged.unplug();
    await reader.waitForRemoval(NEVER);
  }
}
