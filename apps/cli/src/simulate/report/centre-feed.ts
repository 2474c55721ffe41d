/** Brings a city's deliveries to a centre in this process, many at a time, as they come in virtual time. */
import type { Central, ReceivedBatch } from '@retap/central';
import { ProtocolError } from '@retap/protocol';
import type { Delivery } from '@retap/simulator';

/** Received together: one commit to disk for all of them. */
const TOGETHER = 400;
/** Groups on their way; the city lives on while the database writes. */
const UNDER_WAY_MAX = 2;
/** Reconciled together, at least: what waits is read and written set-wise. */
const RECONCILED_TOGETHER = 20_000;

export class CentreFeed {
  readonly #central: Central;
  #waiting: Delivery[] = [];
  #underWay = 0;
  #tail: Promise<void> = Promise.resolve();
  #unreconciled = 0;
  /** Cut-off uploads that the centre refused; it must refuse all. */
  refused = 0;
  quarantined = 0;
  records = 0;

  constructor(central: Central) {
    this.#central = central;
  }

  async add(delivery: Delivery): Promise<void> {
    this.#waiting.push(delivery);
    if (this.#waiting.length < TOGETHER) return;
    this.#send();
    while (this.#underWay > UNDER_WAY_MAX) await this.#tail;
  }

  /** Resolves when the centre has, and has reconciled, all that was added. */
  async settle(): Promise<void> {
    this.#send();
    await this.#tail;
    await this.#reconcile();
  }

  #send(): void {
    const group = this.#waiting;
    if (group.length === 0) return;
    this.#waiting = [];
    this.#underWay += 1;
    this.#tail = this.#tail
      .then(() => this.#bring(group))
      .finally(() => {
        this.#underWay -= 1;
      });
    // Whoever waits for it sees the fault.
    this.#tail.catch(() => undefined);
  }

  async #bring(group: readonly Delivery[]): Promise<void> {
    const whole = group.filter(({ isCut }) => !isCut);
    const acknowledgements = await this.#central.receive(whole.map(batchOf));
    for (const { accepted, quarantined } of acknowledgements) {
      this.records += accepted;
      this.#unreconciled += accepted;
      this.quarantined += quarantined.length;
    }
    for (const cut of group) if (cut.isCut) await this.#expectRefused(cut);
    if (this.#unreconciled >= RECONCILED_TOGETHER) await this.#reconcile();
  }

  /** Not by `drain`, which counts all there is to say how much is left. */
  async #reconcile(): Promise<void> {
    while ((await this.#central.reconcile()) > 0);
    this.#unreconciled = 0;
  }

  async #expectRefused(cut: Delivery): Promise<void> {
    try {
      await this.#central.receive([batchOf(cut)]);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.refused += 1;
    }
  }
}

function batchOf({ bytes }: Delivery): ReceivedBatch {
  return { form: 'batch', body: bytes };
}
