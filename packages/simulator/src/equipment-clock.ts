/** A terminal's clock: a little wrong always, and sometimes by hours until somebody sets it. */
import type { Time } from '@retap/model';

export interface EquipmentClockOptions {
  readonly now: () => Time;
  /** From true time, ahead where positive, in milliseconds. */
  readonly skew: number;
  /** When it was set first, by itself. */
  readonly setAt: Time;
}

export class EquipmentClock {
  readonly #now: () => Time;
  readonly #skew: number;
  #offset = 0;
  #stoppedAt: Time | null = null;
  /** When its battery was empty, in true time: it began at 1970 again. */
  #emptySince: Time | null = null;
  #setAt: Time;

  constructor({ now, skew, setAt }: EquipmentClockOptions) {
    this.#now = now;
    this.#skew = skew;
    this.#setAt = setAt;
  }

  get time(): Time {
    if (this.#stoppedAt !== null) return this.#stoppedAt;
    const now = this.#now();
    return this.#emptySince === null ? now + this.#skew + this.#offset : now - this.#emptySince;
  }
  get setAt(): Time | null {
    return this.#emptySince === null ? this.#setAt : null;
  }

  /** @param offset further ahead; back where negative, in milliseconds */
  jump(offset: number): void {
    this.#offset += offset;
  }
  stop(): void {
    this.#stoppedAt = this.time;
  }
  emptyBattery(): void {
    this.#emptySince = this.#now();
  }
  /** By somebody who knows the time. */
  set(): void {
    this.#offset = 0;
    this.#stoppedAt = null;
    this.#emptySince = null;
    this.#setAt = this.time;
  }
}
