/** What becomes of a batch between a terminal and the centre, and of the answer on its way back. */
import type { TerminalNumber } from '@retap/model';
import { parseBatch } from '@retap/protocol';
import type { SealedBatch, Terminal, UplinkAnswer } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import { Lottery } from './lottery.ts';
import { HOUR, MINUTE } from './options.ts';
import { type Chance, Quota } from './random.ts';
import type { World } from './world.ts';

/** A batch that a terminal sent and has no answer to. */
export interface Sending {
  readonly terminal: TerminalNumber;
  readonly batch: SealedBatch;
  /** What is going to happen to it. */
  readonly mishap: Mishap | null;
}

export type Hear = (answer: UplinkAnswer) => Promise<void>;

/** A terminal that hears nothing for so long gives the answer up, and sends the same again. */
const ANSWER_TIMEOUT = MINUTE;

const FAULT: UplinkAnswer = { answer: 'fault' };

type Mishap =
  | 'uploadCutShare'
  | 'uploadFlippedShare'
  | 'uploadLostShare'
  | 'uploadDelayedShare'
  | 'acknowledgementLostShare'
  | 'uploadRepeatShare'
  | 'uploadOvertakenShare';

interface Arriving {
  readonly equipment: Equipment;
  readonly sending: Sending;
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

export class Passage {
  readonly #world: World;
  readonly #chance: Chance;
  /** Cut-off uploads, where they come by quota. */
  readonly #cuts: Quota | null;
  readonly #mishaps: Lottery<Mishap>;
  readonly #outages: Lottery<'centreKilledShare' | 'databaseRestartedShare'>;
  /** Counts the lives of the centre: an answer that it did not send off before it was killed is none. */
  #life = 0;

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
    const { faults, life } = world.plan;
    this.#cuts = life.sampling === 'quota' ? new Quota(world.chance.stream('cut-off uploads')) : null;
    this.#mishaps = new Lottery({
      uploadCutShare: this.#cuts === null ? faults.uploadCutShare : 0,
      acknowledgementLostShare: faults.acknowledgementLostShare,
      uploadRepeatShare: faults.uploadRepeatShare,
      uploadFlippedShare: faults.uploadFlippedShare,
      uploadLostShare: faults.uploadLostShare,
      uploadDelayedShare: faults.uploadDelayedShare,
      uploadOvertakenShare: faults.uploadOvertakenShare,
    });
    this.#outages = new Lottery({
      centreKilledShare: faults.centreKilledShare,
      databaseRestartedShare: faults.databaseRestartedShare,
    });
  }

  /** Seals what goes next. Sometimes only the older half of it, so that there is a batch that can overtake. */
  async next(source: Terminal): Promise<Sending | null> {
    const { terminal, unsent } = source;
    const mishap = this.#world.isClosing ? null : this.#drawMishap();
    const half = { recordsMax: Math.max(1, unsent.count >> 1) };
    const batch = await source.nextBatch(mishap === 'uploadOvertakenShare' ? half : {});
    return batch && { terminal, batch, mishap };
  }

  #drawMishap(): Mishap | null {
    if (this.#cuts?.isDue(this.#world.plan.faults.uploadCutShare)) return 'uploadCutShare';
    return this.#mishaps.prize(this.#chance.next());
  }

  /** @param hear called once, later, with the answer or for want of one */
  async send(equipment: Equipment, sending: Sending, hear: Hear): Promise<void> {
    const { bytes } = sending.batch;
    const whole: Arriving = { equipment, sending, bytes, isWhole: true };
    const { mishap } = sending;
    if (mishap !== null) this.#world.counts[mishap] += 1;
    if (mishap === 'uploadCutShare') {
      const cut = bytes.subarray(0, this.#chance.integer(0, bytes.length - 1));
      return this.#plan({ ...whole, bytes: cut, isWhole: false }, this.#latency(), hear);
    }
    if (mishap === 'uploadFlippedShare') return this.#sendFlipped(whole, hear);
    this.#noteJournal(equipment, sending);
    if (mishap === 'uploadLostShare') return this.#giveUp(hear);
    if (mishap === 'uploadDelayedShare') {
      this.#plan(whole, this.#chance.integer(0, this.#world.plan.faults.uploadDelayHoursMax * HOUR), null);
      return this.#giveUp(hear);
    }
    if (mishap === 'uploadOvertakenShare') return this.#sendOvertaken(whole, hear);
    const isLost = mishap === 'acknowledgementLostShare';
    this.#plan(whole, this.#latency(), isLost ? null : hear);
    if (isLost) this.#giveUp(hear);
    if (mishap === 'uploadRepeatShare') this.#plan(whole, this.#latency(), null);
  }

  /** Somebody brings bytes in the name of a terminal, and cares for no answer. */
  async bring({ terminal: { terminal } }: Equipment, serial: number, bytes: Uint8Array): Promise<void> {
    const batch: SealedBatch = { from: serial, to: serial, form: 'batch', bytes };
    this.#tell({ sending: { terminal, batch, mishap: null }, bytes, isWhole: true });
    // A centre that takes only what is signed refuses it, and should.
    await this.#world.centre?.receive([{ form: 'batch', body: bytes }]).catch(() => []);
  }

  /** Nothing comes back. */
  #giveUp(hear: Hear): void {
    this.#world.agenda.plan(this.#world.now + ANSWER_TIMEOUT, () => hear(FAULT));
  }

  /** The connection's own check finds nearly every flipped bit; what it does not find must not look like a batch. */
  #sendFlipped(arriving: Arriving, hear: Hear): void {
    const bytes = arriving.bytes.slice();
    const at = this.#chance.integer(0, bytes.length - 1);
    bytes[at] = (bytes[at] as number) ^ (1 << this.#chance.integer(0, 7));
    if (isBatch(bytes)) this.#giveUp(hear);
    else this.#plan({ ...arriving, bytes, isWhole: false }, this.#latency(), hear);
  }

  /** The batch after this one is sent, too, and arrives first. */
  async #sendOvertaken(arriving: Arriving, hear: Hear): Promise<void> {
    const { equipment, sending } = arriving;
    const second = await equipment.terminal.nextBatch({ after: sending.batch.to });
    const latency = this.#latency();
    if (second) {
      const overtaking = { ...sending, batch: second };
      this.#noteJournal(equipment, overtaking);
      this.#plan({ ...arriving, sending: overtaking, bytes: second.bytes }, Math.floor(latency / 2), null);
    }
    this.#plan(arriving, latency, hear);
  }

  /** Most within seconds; some by a slow way, so that batches overtake each other. */
  #latency(): number {
    if (this.#world.isClosing || !this.#chance.happens(this.#world.plan.faults.uploadSlowShare)) {
      return this.#chance.integer(100, 5000);
    }
    this.#world.counts.uploadSlowShare += 1;
    return this.#chance.integer(0, HOUR);
  }

  /** @param hear null where the answer goes to nobody: the terminal does not wait for it, or hears of it otherwise */
  #plan(arriving: Arriving, latency: number, hear: Hear | null): void {
    const { agenda, now } = this.#world;
    const isAwaited = latency < ANSWER_TIMEOUT;
    agenda.plan(now + latency, async () => {
      const answer = await this.#arrive(arriving);
      if (hear === null || !isAwaited) return;
      if (answer === null) agenda.plan(this.#world.now + ANSWER_TIMEOUT, () => hear(FAULT));
      else this.#sendBack(answer, hear);
    });
    if (hear !== null && !isAwaited) this.#giveUp(hear);
  }

  #sendBack(answer: UplinkAnswer, hear: Hear): void {
    const { agenda, now } = this.#world;
    const life = this.#life;
    agenda.plan(now + this.#chance.integer(10, 500), () => hear(life === this.#life ? answer : FAULT));
  }

  /** @returns null where the centre went away over it */
  async #arrive(arriving: Arriving): Promise<UplinkAnswer | null> {
    this.#tell(arriving);
    const outage = this.#world.isClosing ? null : this.#outages.prize(this.#chance.next());
    // Before the batch came, or when it was kept and not yet answered: to the terminal it is the same.
    const isBefore = outage !== null && this.#chance.happens(0.5);
    const answer = isBefore ? null : await this.#received(arriving);
    if (outage === null) return answer;
    this.#world.counts[outage] += 1;
    this.#life += 1;
    if (outage === 'centreKilledShare') await this.#world.centre?.kill?.();
    else await this.#world.centre?.restart?.();
    return null;
  }

  #tell({ sending, bytes, isWhole }: Omit<Arriving, 'equipment'>): void {
    const { counts, events, now: at } = this.#world;
    counts.deliveries += 1;
    const { from, to } = sending.batch;
    const { terminal } = sending;
    events.push({ kind: 'delivery', at, position: counts.deliveries, terminal, from, to, bytes, isCut: !isWhole });
  }

  async #received({ sending, bytes: body, isWhole }: Arriving): Promise<UplinkAnswer> {
    const { centre, violations, now: at } = this.#world;
    if (!centre) return isWhole ? { answer: 'acknowledged', received: null } : FAULT;
    const { terminal } = sending;
    try {
      const [answer] = await centre.receive([{ form: sending.batch.form, body }]);
      if (!isWhole) violations.push({ kind: 'damaged-batch-taken', terminal, at });
      return { answer: 'acknowledged', received: answer?.received ?? null };
    } catch (cause) {
      // A damaged one must be refused. Whatever else the centre throws at an honest terminal, it should not.
      if (isWhole) violations.push({ kind: 'whole-batch-refused', terminal, at, reason: String(cause) });
      return FAULT;
    }
  }

  #noteJournal(equipment: Equipment, { terminal, batch: { from, to, bytes } }: Sending): void {
    if (to <= equipment.sentTo) return;
    equipment.sentTo = to;
    this.#world.events.push({ kind: 'journal', at: this.#world.now, terminal, from, to, bytes });
  }
}

function isBatch(bytes: Uint8Array): boolean {
  try {
    parseBatch(bytes);
    return true;
  } catch {
    return false;
  }
}
