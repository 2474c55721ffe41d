/** The link from the terminals to the centre: cut off, slow, gone for days; what gets through arrives in any order. */
import type { Time } from '@retap/model';
import { delayAfter, type SealedBatch, type UplinkAnswer, uploadOnce } from '@retap/terminal';
import type { Equipment } from './equipment.ts';
import { HOUR, MINUTE } from './options.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

/** Each terminal uploads what it has this often. */
const UPLOAD_PERIOD = 15 * MINUTE;

export class Link {
  readonly #world: World;
  readonly #chance: Chance;

  constructor(world: World) {
    this.#world = world;
    this.#chance = world.chance.stream('link');
  }

  /** Uploads from now on. */
  connect(equipment: Equipment): void {
    if (equipment.isSilent) return;
    const upload = async (): Promise<void> => {
      if (this.#world.isClosing) return;
      this.#world.agenda.plan(this.#world.now + UPLOAD_PERIOD, upload);
      await this.upload(equipment);
    };
    this.#world.agenda.plan(this.#world.now + this.#chance.integer(0, UPLOAD_PERIOD), upload);
  }

  /** Perhaps takes the terminal off the network, at some time of the day that begins. */
  drawOffline(equipment: Equipment, midnight: Time): void {
    const { offlineShare, offlineHoursMax } = this.#world.plan.faults;
    // A day with a link in between, or two absences would add up to more than maxDelay.
    if (equipment.offlineUntil + 24 * HOUR > midnight || !this.#chance.happens(offlineShare)) return;
    const length = this.#chance.integer(0, offlineHoursMax * HOUR);
    this.#world.agenda.plan(midnight + this.#chance.integer(0, 23 * HOUR), () => {
      if (this.#world.isClosing) return;
      equipment.offlineUntil = this.#world.now + length;
      this.#world.agenda.plan(equipment.offlineUntil, () => this.upload(equipment));
    });
  }

  /** Sends what the terminal has until the link fails. */
  async upload(equipment: Equipment): Promise<void> {
    if (equipment.isSilent || this.#world.now < equipment.offlineUntil) return;
    let sending: SealedBatch | null = null;
    const source = {
      nextBatch: async () => {
        sending = await equipment.terminal.nextBatch();
        return sending;
      },
      acknowledge: async (batch: SealedBatch) => {
        await equipment.terminal.acknowledge(batch);
        this.#world.watch?.acknowledged(equipment.terminal.terminal, batch);
      },
    };
    const uplink = {
      send: async (): Promise<UplinkAnswer> => {
        const answer = this.#send(equipment, sending as SealedBatch);
        return answer === 'fault' ? { answer } : { answer, received: null };
      },
    };
    for (;;) {
      const answer = await uploadOnce(source, uplink);
      equipment.faults = answer === 'fault' ? equipment.faults + 1 : 0;
      if (answer === 'empty') return;
      if (answer === 'fault') {
        const delay = delayAfter(equipment.faults, equipment.random);
        this.#world.agenda.plan(this.#world.now + delay, () => this.upload(equipment));
        return;
      }
    }
  }

  #send(equipment: Equipment, batch: SealedBatch): 'acknowledged' | 'fault' {
    const { uploadCutShare, acknowledgementLostShare, uploadRepeatShare } = this.#world.plan.faults;
    const draw = this.#world.isClosing ? 1 : this.#chance.next();
    if (draw < uploadCutShare) {
      this.#deliver(equipment, batch, this.#chance.integer(0, batch.bytes.length - 1));
      return 'fault';
    }
    this.#noteJournal(equipment, batch);
    this.#deliver(equipment, batch, batch.bytes.length);
    if (draw < uploadCutShare + acknowledgementLostShare) return 'fault';
    if (draw < uploadCutShare + acknowledgementLostShare + uploadRepeatShare) {
      this.#deliver(equipment, batch, batch.bytes.length);
    }
    return 'acknowledged';
  }

  #noteJournal(equipment: Equipment, { from, to, bytes }: SealedBatch): void {
    if (to <= equipment.sentTo) return;
    equipment.sentTo = to;
    const { terminal } = equipment.terminal;
    this.#world.events.push({ kind: 'journal', at: this.#world.now, terminal, from, to, bytes });
  }

  #deliver(equipment: Equipment, { from, to, bytes }: SealedBatch, length: number): void {
    // Most within seconds; some by a slow way, so that batches overtake each other.
    const latency = this.#chance.happens(0.05) ? this.#chance.integer(0, HOUR) : this.#chance.integer(100, 5000);
    const { terminal } = equipment.terminal;
    const isCut = length < bytes.length;
    this.#world.agenda.plan(this.#world.now + latency, () => {
      this.#world.counts.deliveries += 1;
      const { now: at, counts } = this.#world;
      const arrived = isCut ? bytes.subarray(0, length) : bytes;
      this.#world.events.push({
        kind: 'delivery',
        at,
        position: counts.deliveries,
        terminal,
        from,
        to,
        bytes: arrived,
        isCut,
      });
    });
  }
}
