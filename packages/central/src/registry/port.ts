/** Who may speak to the centre, as the processes around it ask and change it. */
import type { TerminalNumber, Time } from '@retap/model';
import type { ClockReport, Licence, RegisteredRole, TimeQuestion } from '@retap/protocol';
import type { Proposed } from '../proposals/port.ts';

export type TerminalState = 'invited' | 'active' | 'suspended' | 'revoked';

/** `open`: takes unsigned batches, from whomever. `enrolled`: only signed ones, of active terminals. */
export type Admission = 'open' | 'enrolled';

/** What `retap init` has settled; null where it never ran, which is as `open`. */
export interface Settlement {
  readonly admission: Admission;
  /** The centre's public key, by which its licences are signed; null for an open one. */
  readonly centre: Uint8Array | null;
  /** How long a licence is valid, in milliseconds. */
  readonly licenceMs: number;
}

export interface RegisteredTerminal {
  readonly terminal: TerminalNumber;
  readonly name: string;
  readonly role: RegisteredRole;
  readonly state: TerminalState;
  readonly publicKey: Uint8Array | null;
  readonly issuedAt: Time | null;
  readonly expiresAt: Time | null;
  /** When it last sent something new that was taken, by the centre's clock. */
  readonly seenAt: Time | null;
  /** How its clock stands, as it has measured and signed it; null where it never said. */
  readonly clock: ClockReport | null;
  /** The centre's clock minus the terminal's at the last upload that said so, in milliseconds, the way of the upload in it. */
  readonly clockOffset: number | null;
  readonly lastSerial: number | null;
  /** Serials below the last that have not arrived. How many it has not sent yet, only the terminal knows. */
  readonly missing: number;
}

export interface TerminalChange {
  readonly at: Time;
  readonly what: ChangeWord;
  readonly who: string;
  readonly why: string;
}

export type ChangeWord =
  | 'invited'
  | 'enrolled'
  | 'key-replaced'
  | 'suspended'
  | 'resumed'
  | 'revoked'
  | 'renewed'
  /** A phone, by its owner or the operator. */
  | 'lost';

/** Who changes the registry, and why, for its history. */
export interface Reason {
  readonly who: string;
  readonly why: string;
}

export interface Invitation {
  readonly terminal: TerminalNumber;
  /** SHA-256 of `enrolmentCodeBytes(code)`. */
  readonly codeDigest: Uint8Array;
  readonly validMs: number;
  /** What a number that is not in use yet becomes; null for a device in use, its journal intact, that makes a new key. */
  readonly as: { readonly role: RegisteredRole; readonly name: string } | null;
}

/** Why the registry was not changed, or a device not enrolled, or a batch not taken. */
export type RegistryRefusal = { readonly refusal: RegistryRefusalCode };

export type RegistryRefusalCode =
  | AdmissionErrorCode
  /** No such code was given out, or it was replaced by another. */
  | 'enrolment-code-unknown'
  | 'enrolment-code-expired'
  /** It was used, with another key. */
  | 'enrolment-code-used'
  /** The number was active: its serials are taken. */
  | 'terminal-was-active'
  /** It is none yet, or no longer. */
  | 'terminal-not-active'
  | 'terminal-not-suspended'
  | 'centre-open';

/** Why a batch is not taken. */
export type AdmissionErrorCode =
  | 'signature-invalid'
  | 'terminal-unknown'
  | 'terminal-suspended'
  | 'terminal-revoked'
  | 'licence-expired'
  | 'terminal-mismatch'
  | 'batch-unsigned';

/** True where the holder of the Ed25519 key signed exactly these bytes. */
export type VerifySignature = (publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array) => boolean;

export interface Registry {
  settlement(): Promise<Settlement | null>;
  /**
   * Settles it; settled alike before, nothing changes.
   * @param who for the audit log; default: the centre
   * @returns what stands, which is another where it had been settled otherwise: an enrolled centre stays one, with its key
   */
  settle(settlement: Settlement, who?: string): Promise<Settlement>;
  /** Where there are people, a code for a number in use comes to a proposal: it is valid once that is approved. */
  invite(invitation: Invitation, reason: Reason): Promise<'invited' | RegistryRefusal | Proposed>;
  /** Makes the holder of a code's key the terminal that the code was made for; again with the same key, answers alike. */
  enrol(request: {
    readonly codeDigest: Uint8Array;
    readonly publicKey: Uint8Array;
    readonly signature: Uint8Array;
    readonly toBeSigned: Uint8Array;
  }): Promise<Licence | RegistryRefusal>;
  /**
   * Renews a licence at its terminal's signed request. A request that names another licence than the one that stands gets
   * that one and renews nothing: so a request sent again, by whomever, gains no time.
   */
  renewSigned(request: {
    readonly terminal: TerminalNumber;
    readonly expiresAt: Time;
    readonly toBeSigned: Uint8Array;
    readonly signature: Uint8Array;
  }): Promise<Licence | RegistryRefusal>;
  suspend(terminal: TerminalNumber, reason: Reason): Promise<TerminalState | RegistryRefusal>;
  resume(terminal: TerminalNumber, reason: Reason): Promise<TerminalState | RegistryRefusal>;
  /** For ever: the number is never active again. */
  revoke(terminal: TerminalNumber, reason: Reason): Promise<TerminalState | RegistryRefusal>;
  /** Renews at the operator's word, also one that has expired; the terminal fetches it by itself. @returns its end */
  renew(terminal: TerminalNumber, reason: Reason, licenceMs?: number): Promise<Time | RegistryRefusal>;
  /**
   * A terminal asks the time, and says how its own clock stands: that is kept, if it was measured later than what it said before.
   * @returns what it asks, for the answer @throws ProtocolError `time-malformed`, AdmissionError
   */
  hearTimeQuestion(bytes: Uint8Array): Promise<TimeQuestion>;
  /** By how much a terminal's clock may be off before it is an alert, in milliseconds. */
  clockOffsetMax(): Promise<number>;
  /** @param most in milliseconds; null: half the clock tolerance, as where it never was settled. @returns what holds now */
  settleClockOffsetMax(most: number | null, reason: Reason): Promise<number>;
  terminals(): Promise<readonly RegisteredTerminal[]>;
  terminal(
    terminal: TerminalNumber,
  ): Promise<(RegisteredTerminal & { readonly history: readonly TerminalChange[] }) | null>;
}
