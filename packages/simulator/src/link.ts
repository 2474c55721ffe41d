/** The link from the terminals to the centre: when they upload, and what they make of the answer. */
import type { Time } from '@retap/model';
import { delayAfter, JournalError, type SealedBatch, type UplinkAnswer, uploadOnce } from '@retap/terminal';
import { DAY, HOUR } from './durations.ts';
import type { Equipment } from './equipment.ts';
import { Lottery } from './lottery.ts';
import { Passage } from './passage.ts';
import type { Chance } from './random.ts';
import { UploadTimes } from './upload-times.ts';
import type { World } from './world.ts';

/** Faults in a row, once nothing else goes wrong, after which a terminal will never get rid of its records. */
const FAULTS_MAX = 100;

export class Link {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #passage: Passage;
  readonly #times: UploadTimes;
  readonly #powerCuts: Lottery<'sealing' | 'acknowledging'>;

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance.stream('link');
    this.#times = new UploadTimes(world.plan, world.chance.stream('uploads'));
    this.#passage = new Passage(world, this.#chance);
    const { uploadPowerCutShare } = world.plan.faults;
    this.#powerCuts = new Lottery({ sealing: uploadPowerCutShare / 2, acknowledging: uploadPowerCutShare / 2 });
  }

  /** Uploads from now on. */
  connect(equipment: Equipment): void {
    if (equipment.isSilent) return;
    const upload = async (): Promise<void> => {
      if (this.#world.isClosing) return;
      this.#world.agenda.plan(this.#times.after(this.#world.now), upload);
      if (!equipment.isSilent && this.#world.now >= equipment.offlineUntil) this.#world.lists.fetch(equipment);
      await this.upload(equipment);
    };
    this.#world.agenda.plan(this.#times.first(this.#world.now), upload);
  }

  /** Takes the terminals off the network that an outage of the plan concerns. */
  planOutages(terminals: readonly Equipment[]): void {
    const { plan, agenda } = this.#world;
    for (const { day, fromHour, hours, terminalShare } of plan.life.outages) {
      const from = plan.start + (day - 1) * DAY + fromHour * HOUR;
      const until = from + hours * HOUR;
      const concerned = terminals.filter(() => this.#chance.happens(terminalShare));
      agenda.plan(from, () => {
        for (const equipment of concerned) equipment.offlineUntil = Math.max(equipment.offlineUntil, until);
      });
    }
  }

  /** Perhaps takes the terminal off the network, at some time of the day that begins. */
  drawOffline(equipment: Equipment, midnight: Time): void {
    const { offlineShare, offlineHoursMax } = this.#world.plan.faults;
    // A day with a link in between, or two absences would add up to more than maxDelay.
    if (equipment.offlineUntil + 24 * HOUR > midnight || !this.#chance.happens(offlineShare)) return;
    const length = this.#chance.integer(0, offlineHoursMax * HOUR);
    this.#world.agenda.plan(midnight + this.#chance.integer(0, 23 * HOUR), () => {
      if (this.#world.isClosing) return;
      this.#world.counts.offlineShare += 1;
      equipment.offlineUntil = this.#world.now + length;
      this.#world.agenda.plan(equipment.offlineUntil, () => this.upload(equipment));
    });
  }

  /** Sends the oldest that the terminal has, unless that is on its way already. The rest follows when it is answered. */
  async upload(equipment: Equipment): Promise<void> {
    if (equipment.isSilent || equipment.sending || this.#world.now < equipment.offlineUntil) return;
    if (equipment.terminal.unsent.count === 0) return;
    const powerCut = this.#drawPowerCut();
    const sending = await this.#writing(equipment, powerCut === 'sealing', () =>
      this.#passage.next(equipment.terminal),
    );
    if (sending === null) return;
    equipment.sending = sending;
    await this.#passage.send(equipment, sending, async (answer) => {
      // Whoever lost the power since then, or went away, hears nothing.
      if (equipment.sending === sending) await this.#hear(equipment, answer, powerCut === 'acknowledging');
    });
  }

  /** Bytes in the name of a terminal, that it never wrote. */
  bring(equipment: Equipment, serial: number, bytes: Uint8Array): Promise<void> {
    return this.#passage.bring(equipment, serial, bytes);
  }

  /** The answer is back, or the terminal has given it up. */
  async #hear(equipment: Equipment, answer: UplinkAnswer, isPowerCut: boolean): Promise<void> {
    equipment.sending = null;
    const { terminal } = equipment;
    const source = {
      nextBatch: () => terminal.nextBatch(),
      acknowledge: async (batch: SealedBatch) => {
        // Told before it is written down: the power may go when that is on the disk and nobody has heard of it.
        this.#world.watch?.acknowledged(terminal.terminal, batch);
        await terminal.acknowledge(batch);
      },
    };
    const uplink = { send: async () => answer };
    const heard = await this.#writing(equipment, isPowerCut, () => uploadOnce(source, uplink));
    if (heard === null || heard === 'empty') return;
    if (heard === 'acknowledged') {
      equipment.faults = 0;
      return this.upload(equipment);
    }
    equipment.faults += 1;
    if (this.#world.isClosing && equipment.faults > FAULTS_MAX) {
      this.#world.violations.push({ kind: 'never-delivered', terminal: terminal.terminal, at: this.#world.now });
      return;
    }
    const delay = delayAfter(equipment.faults, equipment.random);
    this.#world.agenda.plan(this.#world.now + delay, () => this.upload(equipment));
  }

  #drawPowerCut(): 'sealing' | 'acknowledging' | null {
    return this.#world.isClosing ? null : this.#powerCuts.prize(this.#chance.next());
  }

  /** Does what writes the journal; null where the power was cut in it, or the disk is full: the terminal tries again later. */
  async #writing<Value>(equipment: Equipment, isCut: boolean, write: () => Promise<Value>): Promise<Value | null> {
    if (isCut) equipment.cutPowerSoon(this.#chance.integer(0, 1), 0);
    try {
      return await write();
    } catch (cause) {
      if (!(cause instanceof JournalError)) throw cause;
      if (cause.code === 'journal-damaged') await equipment.discarded();
      else if ((await equipment.recovered()) && isCut) this.#world.counts.uploadPowerCutShare += 1;
      return null;
    } finally {
      equipment.keepPower();
    }
  }
}
