/** A card with power: its state as memory has it, and what is in RAM beside it. */
import type { KeyOfValue } from '../port.ts';
import type { CardContext } from './commands/command.ts';
import { decodeState, encodeState, freeBytes } from './image.ts';
import { readState, storeState } from './journal.ts';
import type { CardMemory } from './memory.ts';
import { discardSession, type SecureSession } from './secure-messaging.ts';
import { type Application, applicationOf, type CardState, withApplication } from './state.ts';
import type { Refusal } from './status.ts';
import { Transaction } from './transaction.ts';

export class PoweredCard implements CardContext {
  readonly uid: Uint8Array;
  readonly keyOfValue: KeyOfValue;
  readonly #memory: CardMemory;
  #state: CardState;
  /** The state's bytes, as they are in memory. */
  #stored: Uint8Array;
  /** AID of the selected application; null at PICC level. */
  #selected: number | null = null;
  #session: SecureSession | null = null;
  #transaction = new Transaction();

  constructor(
    uid: Uint8Array,
    { memory, keyOfValue }: { readonly memory: CardMemory; readonly keyOfValue: KeyOfValue },
  ) {
    this.uid = uid;
    this.keyOfValue = keyOfValue;
    this.#memory = memory;
    this.#state = decodeState(memory);
    this.#stored = readState(memory);
  }

  get state(): CardState {
    return this.#state;
  }

  get application(): Application | null {
    return this.#selected === null ? null : (applicationOf(this.#state, this.#selected) ?? null);
  }

  get session(): SecureSession | null {
    return this.#session;
  }

  get transaction(): Transaction {
    return this.#transaction;
  }

  get freeBytes(): number {
    return freeBytes(this.#stored);
  }

  store(state: CardState): Refusal | null {
    const bytes = encodeState(state);
    if (bytes === null) return 'out-of-eeprom';
    storeState(this.#memory, this.#stored, bytes);
    this.#stored = bytes;
    this.#state = state;
    return null;
  }

  storeApplication(application: Application): Refusal | null {
    return this.store(withApplication(this.#state, application));
  }

  select(id: number | null): void {
    this.endSession();
    this.abortTransaction();
    this.#selected = id;
  }

  begin(session: SecureSession): void {
    this.endSession();
    this.#session = session;
  }

  /** One more command of the session has succeeded. */
  count(): void {
    if (this.#session !== null) this.#session = { ...this.#session, counter: this.#session.counter + 1 };
  }

  endSession(): void {
    discardSession(this.#session);
    this.#session = null;
  }

  abortTransaction(): void {
    this.#transaction = new Transaction();
  }
}
