/** Phones, a centre, and time that passes when it is told to. */
import { amountOf } from '@retap/model';
import type { PhoneKind } from '@retap/protocol';
import { type Random, randomOf } from '@retap/testkit';
import { type SyncOutcome, synchronize } from '../src/index.ts';
import { TestCentre } from './centre.ts';
import { Handset } from './handset.ts';

export class World {
  now = Date.UTC(2026, 10, 26, 8);
  readonly random: Random;
  readonly centre = new TestCentre(() => this.now);

  constructor(seed: number | string = 1) {
    this.random = randomOf(seed);
  }

  handset(name: string, kind: PhoneKind = 'person'): Promise<Handset> {
    const post = (body: Uint8Array) => this.centre.register(body);
    return new Handset({ name, kind, post, random: this.random.fork(name), clock: () => this.now }).register();
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  /** @param isLost see `TestCentre.link` */
  sync(handset: Handset, isLost?: () => boolean): Promise<SyncOutcome> {
    return synchronize(handset.phone, this.centre.link(isLost), () => new Promise(() => {}));
  }

  async topUp(handset: Handset, amount: number): Promise<void> {
    await handset.phone.wish({ kind: 'top-up', amount: amountOf(amount), serial: 0, code: '' });
    await this.sync(handset);
    this.pass(1_000);
  }
}

/** What an outcome says, or why it was none. */
export function said(outcome: { readonly outcome: string; readonly reason?: string }): string {
  return outcome.outcome === 'refused' ? `refused: ${outcome.reason}` : outcome.outcome;
}

export function messageIn(outcome: { readonly outcome: string }): Uint8Array {
  const { message } = outcome as { message?: Uint8Array };
  if (!message) throw new Error(`nothing is shown: ${JSON.stringify(outcome)}`);
  return message;
}
