/**
 * Two people with a card each, at a gate line of two terminals and at a third that stands alone: random taps, tears, power
 * cuts, restarts, uploads, actions and clocks. A ledger of its own counts what each person was shown and what each card
 * holds; no word of a terminal enters it.
 */
import { createHash } from 'node:crypto';
import type { CardMedium } from '@retap/card';
import { amountOf, type JournalRecord, type MediumAccount, type TapRequest } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import { type Action, Journal, MemoryJournal, type TapOutcome, type Terminal } from '@retap/terminal';
import type { Random } from '@retap/testkit';
import { expect } from 'vitest';
import { Card, CLOCK_TOLERANCE, GateLine, type Issued } from './city.ts';
import { isThrough } from './judgement.ts';

const LINE = [17, 18] as const;
const ALONE = 60;
const SKEW_MAX = CLOCK_TOLERANCE / 2;
/** A person gives up after this many taps, well within the window. */
const TRIES_MAX = 6;

const REQUESTS: readonly TapRequest[] = [
  { type: 'debit', amount: amountOf(120) },
  { type: 'debit', amount: amountOf(35) },
  { type: 'validation', codes: ['ten-rides'] },
];

/** How often each thing happened: a test in which nothing goes wrong would prove nothing. */
export type Tally = Map<string, number>;

interface Gate {
  readonly terminal: number;
  readonly store: MemoryJournal;
  readonly options: { readonly isLogTime: () => boolean; readonly segmentBytes: number };
  skew: number;
  served: Terminal;
}

interface Person {
  readonly medium: string;
  readonly card: Card;
  readonly actions: Action[];
  /** Passages on the strength of a commit, by its `mediumSerial`, as far as the terminal could note them. */
  readonly passages: Map<number, number>;
  /** What a commit was for, by its `mediumSerial`. */
  readonly paid: Map<number, TapRequest>;
  truth: MediumAccount;
}

interface Tapped {
  readonly isSeen: boolean;
  /** Whether the terminal knows that it was seen. */
  readonly isNoted: boolean;
  readonly outcome: TapOutcome | null;
}

export class Life {
  readonly records: JournalRecord[] = [];
  /** What happened, a line each. */
  readonly story: string[] = [];
  readonly people: Person[] = [];
  readonly gates: Gate[] = [];
  readonly line: GateLine;
  readonly #chance: Random;
  readonly #tally: Tally;

  private constructor(line: GateLine, chance: Random, tally: Tally) {
    this.line = line;
    this.#chance = chance;
    this.#tally = tally;
  }

  static async begin(issued: readonly Issued[], chance: Random, tally: Tally): Promise<Life> {
    const life = new Life(new GateLine(Math.max(...issued.map(({ now }) => now))), chance, tally);
    for (const { image, records } of issued) {
      const card = new Card(image);
      const truth = await card.truth();
      life.people.push({ medium: truth.medium, card, actions: [], passages: new Map(), paid: new Map(), truth });
      life.records.push(...records);
    }
    for (const terminal of [...LINE, ALONE]) await life.#build(terminal);
    return life;
  }

  /** One person wants one passage: taps until let through, or gives up. */
  async passage(): Promise<void> {
    const chance = this.#chance;
    const person = chance.pick(this.people);
    const request = chance.pick(REQUESTS);
    const isAtLine = chance.chance(0.75);
    this.line.now += chance.between(1_000, chance.chance(0.3) ? 300_000 : 20_000);
    const before = person.truth;
    let charged = 0;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await this.#between(person);
      const gate = this.#gateOf(isAtLine ? chance.pick(LINE) : ALONE);
      const { isSeen, isNoted, outcome } = await this.#tap(gate, person, request);
      const charges = await this.#charges(person, request);
      charged += charges;
      const said = `${outcome?.outcome ?? 'dark'}${outcome?.actions ? ` after ${outcome.actions.length} actions` : ''}`;
      const what = request.type === 'debit' ? `pays ${request.amount}` : 'rides';
      this.story.push(`${this.line.now} ${person.medium} ${what} at ${gate.terminal}: ${said}, charged ${charges}`);
      // The sum of the invariant: however often it was torn, nobody pays twice for one passage.
      expect(charged, `${person.medium}: charged for one passage after ${tries + 1} taps`).toBeLessThanOrEqual(1);
      if (outcome?.outcome === 'refused' && outcome.reason === 'insufficient-balance') return;
      if (isSeen && outcome && isThrough(outcome)) {
        this.#count(outcome.outcome);
        this.#assertPaid(person, request, before, outcome, isNoted);
        return;
      }
      if (chance.chance(0.1)) return;
      this.line.now += chance.between(500, 4_000);
    }
  }

  /** Everything goes to the centre, and each card is looked at once more. */
  async end(): Promise<JournalRecord[]> {
    for (const gate of this.gates) {
      await this.#upload(gate);
      const { terminal, store } = gate;
      const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
      const journal = await Journal.open({ store, terminal, sha256, snapshot: () => '' });
      await journal.verify();
    }
    this.line.now += 3_600_000;
    const inspector = await this.line.at(50);
    for (const { card } of this.people) {
      expect((await inspector.observe(card.heldTo(50).medium)).outcome).toBe('observed');
    }
    await collect(inspector, this.records);
    return this.records;
  }

  /** What happens meanwhile, and is nobody's tap. */
  async #between(person: Person): Promise<void> {
    const chance = this.#chance;
    const gate = chance.pick(this.gates);
    if (chance.chance(0.15)) gate.skew = chance.between(-SKEW_MAX, SKEW_MAX);
    if (chance.chance(0.1)) await this.#upload(gate);
    if (chance.chance(0.1)) this.#act(person);
    if (chance.chance(0.1)) {
      const { outcome } = await gate.served.observe(this.#held(gate, chance.pick(this.people)));
      this.#count(`looked at: ${outcome}`);
      this.story.push(`${gate.terminal} looks: ${outcome}`);
    }
  }

  #act({ medium, actions }: Person): void {
    const serial = actions.length + 1;
    this.#count('action listed');
    this.story.push(`${medium} action ${serial}`);
    // Of the amount it can be told which one it was.
    if (this.#chance.chance(0.7)) actions.push({ medium, serial, kind: 'refill', amount: amountOf(1_000 + serial) });
    else actions.push({ medium, serial, kind: 'product', product: { code: `gift-${serial}`, maxUses: 1 } });
  }

  /** One tap, with whatever goes wrong. `isSeen`: the person saw how it ended. */
  async #tap(gate: Gate, person: Person, request: TapRequest): Promise<Tapped> {
    const chance = this.#chance;
    const { card } = person;
    const { store } = gate;
    const trouble = chance.pick([
      'none',
      'none',
      'tear',
      'tear',
      'late tear',
      'card power',
      'kill',
      'unseen',
      'unnoted',
    ] as const);
    this.#count(trouble);
    this.story.push(`${gate.terminal} ${trouble}`);
    const isTorn = trouble === 'tear' || trouble === 'late tear';
    const exchange = trouble === 'late tear' ? chance.between(7, 14) : chance.int(24);
    const keepBytes = chance.chance(0.3) ? chance.int(22) : 0;
    const when = chance.pick(['before', 'after'] as const);
    const medium = this.#held(gate, person, isTorn ? { exchange, when, keepBytes } : undefined);
    if (trouble === 'card power') card.memory.powerCutAfterWrites(chance.int(12));
    if (trouble === 'kill') {
      store.cutAfterWrites = chance.int(5);
      store.tornBytes = chance.pick([0, 7, 40]);
    }
    const outcome = await gate.served.tap(medium, request);
    card.memory.restorePower();
    if (trouble !== 'kill' && trouble !== 'unseen' && trouble !== 'unnoted') {
      if ('record' in outcome) await gate.served.shown(outcome);
      return { isSeen: true, isNoted: true, outcome };
    }
    await this.#restart(gate);
    // The gate opened, and its terminal lost its power before it had noted that.
    if (trouble === 'unnoted') return { isSeen: true, isNoted: false, outcome };
    return { isSeen: false, isNoted: false, outcome: null };
  }

  #held(gate: Gate, { card }: Person, tear?: Parameters<Card['heldTo']>[1]): CardMedium {
    return card.heldTo(gate.terminal, tear).medium;
  }

  async #restart(gate: Gate): Promise<void> {
    gate.store.isCut = false;
    gate.store.cutAfterWrites = null;
    gate.served = await this.#open(gate);
  }

  /** Commits of passages that the card has made since it was last looked at: what a ride leaves on it, and no action does. */
  async #charges(person: Person, request: TapRequest): Promise<number> {
    const before = person.truth;
    person.truth = await person.card.truth();
    const { log, mediumSerial, products } = person.truth;
    expect(mediumSerial - before.mediumSerial).toBeLessThanOrEqual(log.length);
    const added = log.filter((entry) => (entry.mediumSerial ?? 0) > before.mediumSerial);
    const moved = added.reduce((sum, { amount }) => sum + amount, 0);
    expect(person.truth.balance, 'money moved').toBe(before.balance + moved);
    const rides = usesOf(products) - usesOf(before.products);
    expect(rides).toBeGreaterThanOrEqual(0);
    const charges = added.filter(({ amount }) => amount < 0).length + rides;
    // Actions come first: what the person came for is the last commit.
    if (charges > 0) person.paid.set(mediumSerial, request);
    return charges;
  }

  /** Who goes through has paid, with this tap or with one before it whose commit let no more people through than it may. */
  #assertPaid(
    person: Person,
    request: TapRequest,
    before: MediumAccount,
    { outcome }: TapOutcome,
    isNoted: boolean,
  ): void {
    const { mediumSerial } = person.truth;
    expect(person.paid.get(mediumSerial), 'what the last commit paid for').toBe(request);
    if (outcome === 'successful') expect(mediumSerial).toBeGreaterThan(before.mediumSerial);
    // One for the commit, one for each sibling; whom a terminal forgot that it let through, it lets through once more.
    const passages = (person.passages.get(mediumSerial) ?? 0) + (isNoted ? 1 : 0);
    person.passages.set(mediumSerial, passages);
    expect(passages, `${person.medium}: passages on commit ${mediumSerial}`).toBeLessThanOrEqual(LINE.length);
  }

  async #upload(gate: Gate): Promise<void> {
    await collect(gate.served, this.records);
  }

  #gateOf(terminal: number): Gate {
    const gate = this.gates.find((one) => one.terminal === terminal);
    if (!gate) throw new Error(`no gate ${terminal}`);
    return gate;
  }

  async #build(terminal: number): Promise<void> {
    const chance = this.#chance;
    const options = { isLogTime: () => chance.chance(0.3), segmentBytes: chance.pick([1, 1_500, 2 ** 20]) };
    const skew = chance.between(-SKEW_MAX, SKEW_MAX);
    const gate = { terminal, store: new MemoryJournal(), options, skew };
    this.gates.push(Object.assign(gate, { served: await this.#open(gate) }));
  }

  #open(gate: Omit<Gate, 'served'>): Promise<Terminal> {
    const { terminal, store, options } = gate;
    return this.line.at(terminal, {
      store,
      ...options,
      clock: () => this.line.now + gate.skew,
      clockSetAt: () => 0,
      actions: (medium, serial) => this.people.find((one) => one.medium === medium)?.actions[serial - 1] ?? null,
      ...(terminal === ALONE && { siblings: new Set<number>() }),
    });
  }

  #count(what: string): void {
    this.#tally.set(what, (this.#tally.get(what) ?? 0) + 1);
  }
}

function usesOf(products: MediumAccount['products']): number {
  return products.find(({ code }) => code === 'ten-rides')?.uses ?? 0;
}

async function collect(terminal: Terminal, records: JournalRecord[]): Promise<void> {
  for (let batch = await terminal.nextBatch(); batch !== null; batch = await terminal.nextBatch()) {
    records.push(...parseBatch(batch.bytes).records.map(({ record }) => record));
    await terminal.acknowledge(batch);
  }
}
