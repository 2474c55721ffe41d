/** What goes wrong with a terminal itself: its disk, its clock, and that another takes its place. At most one thing a day. */
import type { Time } from '@retap/model';
import type { Equipment } from './equipment.ts';
import { Lottery } from './lottery.ts';
import { HOUR, MINUTE } from './options.ts';
import type { Chance } from './random.ts';
import type { World } from './world.ts';

type Breakdown =
  | 'bitRotShare'
  | 'diskFullShare'
  | 'clockJumpShare'
  | 'clockRollbackShare'
  | 'clockStoppedShare'
  | 'batteryEmptyShare'
  | 'terminalReplacedShare';

/** After the night's work, and early enough to be over before the next day's. */
const HOURS = { from: 5, to: 15 } as const;

export class Breakdowns {
  /** Terminals that were taken away, and bring what they have to the centre from elsewhere. */
  readonly depot: Equipment[] = [];
  readonly #world: World;
  readonly #chance: Chance;
  readonly #kinds: Lottery<Breakdown>;
  readonly #connect: (equipment: Equipment) => void;

  /** @param connect gives a terminal in the depot its link */
  constructor(world: World, connect: (equipment: Equipment) => void) {
    this.#world = world;
    this.#chance = world.chance.stream('breakdowns');
    this.#connect = connect;
    const { faults } = world.plan;
    this.#kinds = new Lottery({
      bitRotShare: faults.bitRotShare,
      diskFullShare: faults.diskFullShare,
      clockJumpShare: faults.clockJumpShare,
      clockRollbackShare: faults.clockRollbackShare,
      clockStoppedShare: faults.clockStoppedShare,
      batteryEmptyShare: faults.batteryEmptyShare,
      terminalReplacedShare: faults.terminalReplacedShare,
    });
  }

  /** Perhaps plans one for the day that begins. */
  drawDay(terminals: readonly Equipment[], midnight: Time): void {
    if (this.#kinds.isEmpty) return;
    for (const equipment of terminals) {
      const kind = this.#kinds.prize(this.#chance.next());
      if (kind === null) continue;
      const at = midnight + this.#chance.integer(HOURS.from * 60, HOURS.to * 60) * MINUTE;
      this.#world.agenda.plan(at, () => this.#begin(kind, equipment));
    }
  }

  async #begin(kind: Breakdown, equipment: Equipment): Promise<void> {
    // Already something wrong: who looks at an alert should find one story behind it.
    if (this.#world.isClosing || equipment.ails) return;
    this.#world.counts[kind] += 1;
    switch (kind) {
      case 'bitRotShare':
        return this.#rot(equipment);
      case 'diskFullShare':
        return this.#fillDisk(equipment);
      case 'terminalReplacedShare': {
        const taken = await equipment.replaced();
        this.depot.push(taken);
        return this.#connect(taken);
      }
      default:
        return this.#misset(kind, equipment);
    }
  }

  /** A bit flips; the next start finds it, or a reading of what waits. */
  async #rot(equipment: Equipment): Promise<void> {
    const media = new Set(await equipment.mediaUnsent());
    const grant = this.#world.grant('bitRotShare', [equipment.terminal.terminal], media);
    equipment.ails = { ...grant, isBlind: false };
    equipment.rotBit(this.#chance.next());
    this.#later(1, 4 * 60, async () => {
      await equipment.restart();
      equipment.ails = null;
    });
  }

  /** Full for others' files: what it has it can perhaps still send, and perhaps not even that. */
  #fillDisk(equipment: Equipment): void {
    equipment.limitRoom(this.#chance.integer(0, 200_000));
    const { diskFullHoursMax } = this.#world.plan.faults;
    this.#later(1, diskFullHoursMax * 60, () => equipment.limitRoom(Number.POSITIVE_INFINITY));
  }

  #misset(
    kind: 'clockJumpShare' | 'clockRollbackShare' | 'clockStoppedShare' | 'batteryEmptyShare',
    equipment: Equipment,
  ): void {
    const { clock } = equipment;
    const { clockJumpHoursMax, clockWrongHoursMax } = this.#world.plan.faults;
    const grant = this.#world.grant(kind, [equipment.terminal.terminal], new Set());
    equipment.ails = { ...grant, isBlind: true };
    const offset = this.#chance.integer(0, clockJumpHoursMax * HOUR);
    if (kind === 'clockJumpShare') clock.jump(offset);
    else if (kind === 'clockRollbackShare') clock.jump(-offset);
    else if (kind === 'clockStoppedShare') clock.stop();
    else clock.emptyBattery();
    this.#later(1, clockWrongHoursMax * 60, () => {
      clock.set();
      equipment.ails = null;
    });
  }

  #later(low: number, high: number, work: () => Promise<void> | void): void {
    const minutes = this.#chance.integer(low, Math.max(low, Math.round(high)));
    this.#world.agenda.plan(this.#world.now + minutes * MINUTE, work);
  }
}
