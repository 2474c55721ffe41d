/** A command, and what of the card it sees. */
import type { CommMode } from '../../messaging.ts';
import type { KeyOfValue } from '../../port.ts';
import type { SecureSession } from '../secure-messaging.ts';
import type { Application, CardState } from '../state.ts';
import { SETTING } from '../state.ts';
import type { Answer, Refusal } from '../status.ts';
import type { Transaction } from '../transaction.ts';

/** The powered card, as its commands see and change it. */
export interface CardContext {
  readonly uid: Uint8Array;
  readonly keyOfValue: KeyOfValue;
  readonly state: CardState;
  /** The selected application; null at PICC level. */
  readonly application: Application | null;
  readonly session: SecureSession | null;
  readonly transaction: Transaction;
  /** Bytes of memory that nothing occupies. */
  readonly freeBytes: number;
  /** Makes the state last: all of it, whenever the power goes. */
  store(state: CardState): Refusal | null;
  /** The same for the selected application. */
  storeApplication(application: Application): Refusal | null;
  /** Ends the session and forgets the transaction. @param id null: PICC level */
  select(id: number | null): void;
  /** The next answer goes without a MAC: its session is over. */
  endSession(): void;
  /** Forgets what was not committed. */
  abortTransaction(): void;
}

export interface Command {
  readonly code: number;
  /** First bytes of the body that are never encrypted. */
  readonly headerBytes: number;
  /** How it is talked to in a session, or why it is refused. @param header `headerBytes` long, not yet verified */
  mode(card: CardContext, header: Uint8Array): CommMode | Refusal;
  /** How it answers, where not as it is talked to. */
  readonly answerMode?: CommMode;
  /** Bytes written by a command that may come in several frames (AF); absent: it comes whole. */
  chainedBytes?(header: Uint8Array): number;
  /** Frames that its answer is cut into, whatever fits one; absent: as few as can be. */
  readonly answerFrames?: readonly number[];
  /** The answer comes whole: chaining is ISO/IEC 14443-4's, not the command's. */
  readonly isAnsweredWhole?: boolean;
  run(card: CardContext, header: Uint8Array, data: Uint8Array): Answer;
}

/** A command that is secured by a MAC wherever there is a session. */
export function macCommand(code: number, run: (card: CardContext, data: Uint8Array) => Answer): Command {
  return { code, headerBytes: 0, mode: () => 'mac', run: (card, _, data) => run(card, data) };
}

/** A command whose data are encrypted; without a session it is refused. */
export function fullCommand(code: number, headerBytes: number, run: Command['run']): Command {
  return {
    code,
    headerBytes,
    mode: () => 'full',
    run: (card, header, data) => inSession(card) ?? run(card, header, data),
  };
}

function inSession(card: CardContext): Refusal | null {
  return card.session === null ? 'authentication-error' : null;
}

/** Whether key 0 of where the card is selected is authenticated. */
export function isMaster(card: CardContext): boolean {
  return card.session?.keyNumber === 0;
}

/** Lets through who holds key 0, or everyone where the key settings say so. */
export function masterOr(card: CardContext, setting: keyof typeof SETTING): Refusal | null {
  const { settings } = card.application ?? card.state;
  return isMaster(card) || (settings & SETTING[setting]) !== 0 ? null : 'authentication-error';
}
