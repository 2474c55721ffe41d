/**
 * How many bytes of a signed batch a tap takes with the card's own proof in it: production terminals and software cards (a
 * test double: no silicon has been tested) through a morning and an evening.
 */
import { createPrivateKey, sign } from 'node:crypto';
import {
  CardMedium,
  channelOf,
  issuerKeys,
  MemoryCardMemory,
  mediumNameOf,
  personalise,
  SoftwareCard,
  type SoftwareChannel,
} from '@retap/card';
import { exportFor, issuerContents, type KeyRole, SoftwareKeyStore, softwareKey } from '@retap/keys';
import { amountOf, type JournalRecord, type TapRequest } from '@retap/model';
import { encodeSignedPayload, readBody, signedBatch } from '@retap/protocol';
import { randomOf } from '@retap/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { delivered, scene } from '../../../packages/terminal/test/scene.ts';

const CARDS = 60;
const HOUR = 3_600_000;
const SALES = 1001;
const MORNING = 1017;
const EVENING = 1018;

const chance = randomOf('bytes of a proof');
const random = (length: number): Uint8Array => Uint8Array.from({ length }, () => chance.int(256));
const PKCS8 = Buffer.from(`302e020100300506032b657004220420${'42'.repeat(32)}`, 'hex');
const key = createPrivateKey({ key: PKCS8, format: 'der', type: 'pkcs8' });
const issuer = issuerContents(random);
const keysOf = (role: KeyRole) => new SoftwareKeyStore('', '', exportFor(issuer, role, random));
const KEYS = { refill: keysOf('refill'), gate: keysOf('gate') };

interface Card {
  readonly medium: string;
  readonly channel: SoftwareChannel;
  /** Rides on a ticket, or pays each ride. */
  readonly hasTicket: boolean;
}

async function newCard(index: number): Promise<Card> {
  const uid = Uint8Array.of(0x04, ...random(6));
  const card = SoftwareCard.blank({ memory: new MemoryCardMemory(), keyOfValue: softwareKey, random, uid });
  const channel = channelOf(card);
  const limits = { minimumBalance: 0, maximumBalance: 100_000 };
  const keys = issuerKeys(new SoftwareKeyStore('', '', issuer));
  expect(await personalise({ channel, keys, keyOfValue: softwareKey, random, limits })).toBe('personalised');
  return { medium: mediumNameOf(uid), channel, hasTicket: index % 3 === 0 };
}

/** What the two gates have for the centre after a day. */
async function dayOfGates(): Promise<JournalRecord[][]> {
  const stage = scene();
  const [sales, morning, evening] = await Promise.all([SALES, MORNING, EVENING].map((number) => stage.at(number)));
  if (!sales || !morning || !evening) throw new Error('no terminals');
  const held = ({ channel }: Card, terminal: number, role: keyof typeof KEYS) => {
    channel.restore();
    return new CardMedium({ channel, keys: KEYS[role], random, terminal });
  };
  const pass = () => {
    stage.now += chance.between(1_500, 40_000);
  };
  const cards: Card[] = [];
  for (let index = 0; index < CARDS; index += 1) {
    const card = await newCard(index);
    cards.push(card);
    pass();
    await sales.open(held(card, SALES, 'refill'), card.medium, amountOf(100 * chance.between(20, 60)));
    if (!card.hasTicket) continue;
    pass();
    const product = { code: 'ten-rides', maxUses: 10 };
    await sales.tap(held(card, SALES, 'refill'), { type: 'purchase', price: amountOf(1500), product });
  }
  const ride = ({ hasTicket }: Card): TapRequest =>
    hasTicket ? { type: 'validation', codes: ['ten-rides'] } : { type: 'debit', amount: amountOf(250) };
  for (const [gate, number] of [[morning, MORNING] as const, [evening, EVENING] as const]) {
    stage.now += 8 * HOUR;
    for (const card of shuffled(cards)) {
      pass();
      expect((await gate.tap(held(card, number, 'gate'), ride(card))).outcome).toBe('successful');
    }
  }
  return [await delivered(morning), await delivered(evening)];
}

function shuffled(cards: readonly Card[]): Card[] {
  const drawn = cards.map((card) => ({ card, lot: chance.int(1_000_000) }));
  return drawn.sort((a, b) => a.lot - b.lot).map(({ card }) => card);
}

function withoutProof(record: JournalRecord): JournalRecord {
  const { proof: _, ...rest } = record as JournalRecord & { proof?: unknown };
  return rest as JournalRecord;
}

async function bytesOf(records: readonly JournalRecord[]): Promise<number> {
  const { terminal, serial: from } = records[0] as JournalRecord;
  const before = Buffer.from(random(32)).toString('hex').toUpperCase();
  const payload = encodeSignedPayload({ terminal, from, before, records });
  const signed = await signedBatch(payload, terminal, (bytes) => sign(null, bytes, key));
  expect(readBody('signed', signed).records.map(({ record }) => record)).toEqual(records);
  return signed.length;
}

describe('a tap with a card', () => {
  let gates: JournalRecord[][] = [];

  beforeAll(async () => {
    gates = await dayOfGates();
    for (const records of gates) {
      expect(new Set(records.map(({ type }) => type))).toEqual(new Set(['debit', 'validation']));
      expect(records.every((record) => 'proof' in record && record.proof?.previousReader?.length === 32)).toBe(true);
    }
  });

  it.each([
    [50, 40, 66],
    [6, 60, 90],
  ])('takes, with %i in a signed batch, at most %i bytes, with its proof %i', async (count, bytesMax, provedMax) => {
    const runs = gates.map((records) => records.slice(0, count));
    let [bytes, proved] = [0, 0];
    for (const run of runs) {
      bytes += await bytesOf(run.map(withoutProof));
      proved += await bytesOf(run);
    }
    const perTap = (sum: number) => sum / (runs.length * count);
    console.info(`${count} a batch: ${perTap(bytes).toFixed(1)} bytes a tap, with proofs ${perTap(proved).toFixed(1)}`);
    expect(perTap(bytes)).toBeLessThanOrEqual(bytesMax);
    expect(perTap(proved)).toBeLessThanOrEqual(provedMax);
  });
});
