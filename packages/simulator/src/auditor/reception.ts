/** The centre as the city meets it, with a witness at its door: what was accepted, and when. */
import type { Configuration, MediumName, Time } from '@retap/model';
import type { BatchForm } from '@retap/protocol';
import type { Centre, CentreAnswer } from '../centre.ts';
import { type AuditedCentral, isRefusal } from './central.ts';
import { editUnfound } from './frauds-found.ts';
import type { Accepted } from './order-independent.ts';
import type { Witness } from './witness.ts';

interface Incoming {
  readonly form: BatchForm;
  readonly body: Uint8Array;
}

/** After the 1st, 6th, 36th … kill: in memory it makes everything anew from the batches. */
const REOPEN_FACTOR = 6;

export class Reception implements Centre {
  /** Batches accepted, in order; a repeat again. */
  readonly accepted: Accepted[] = [];
  /** Media with two cards of which something new has arrived. */
  readonly suspects = new Set<MediumName>();
  /** Records that arrived, each once. */
  records = 0;
  /** What it threw that is no refusal: a mistake of its own. */
  fault: unknown = null;
  central: AuditedCentral;
  #kills = 0;
  #reopenAt = 1;
  readonly #witness: Witness;
  readonly #configuration: Configuration;
  readonly #now: () => Time;

  constructor(central: AuditedCentral, witness: Witness, configuration: Configuration, now: () => Time) {
    this.central = central;
    this.#witness = witness;
    this.#configuration = configuration;
    this.#now = now;
  }

  async receive(batches: readonly Incoming[]): Promise<readonly CentreAnswer[]> {
    const answers = await this.central.receive(batches).catch((error: unknown) => {
      if (!isRefusal(error)) this.fault ??= error;
      throw error;
    });
    for (const [index, { body }] of batches.entries()) {
      this.#arrived(body, new Set(answers[index]?.quarantined.map(({ position }) => position)));
    }
    return answers;
  }

  /** Nothing is half done then: the city waits for each answer. So it is opened anew now and then, not each of a hundred times. */
  async kill(): Promise<void> {
    this.#kills += 1;
    if (this.#kills < this.#reopenAt) return;
    this.#reopenAt *= REOPEN_FACTOR;
    this.central = await this.central.reopen();
  }

  restart(): Promise<void> {
    return this.kill();
  }

  /** An insider edits a row. A check finds it, and a rebuild undoes it; or the auditor is told. */
  async tamper(medium: MediumName): Promise<boolean> {
    await this.central.drain();
    const isEdited = (await this.central.edit?.(medium)) ?? false;
    if (!isEdited) return false;
    const differences = this.central.check(this.#now(), this.#configuration)[Symbol.asyncIterator]();
    const { done } = await differences.next();
    await differences.return?.();
    this.#witness.breaches.push(...editUnfound(done === true, medium, this.#now()));
    await this.central.rebuild();
    return true;
  }

  #arrived(body: Uint8Array, leftOut: ReadonlySet<number>): void {
    const { insight } = this.#witness;
    const { terminal, media } = insight.arrived(body, leftOut, this.#now());
    this.accepted.push({ terminal, body, isClean: leftOut.size === 0 });
    this.records += media.length;
    for (const medium of media) {
      if ((insight.byMedium.get(medium)?.length ?? 0) > 1) this.suspects.add(medium);
    }
  }
}
