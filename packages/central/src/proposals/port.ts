/** What waits for a second person, as the processes around the centre ask and decide it (docs/audit.md, "Four eyes"). */
import type { Time } from '@retap/model';
import type { Capability } from '../people/roles.ts';
import type { Reason } from '../registry/port.ts';

/** What can be proposed. Kept with each proposal: a name never changes its meaning. */
export const PROPOSAL_KINDS = [
  'deny.add',
  'deny.remove',
  'action.order',
  'limits.set',
  'tariff.set',
  'terminal.replace-key',
  'person.recover',
] as const;
export type ProposalKindName = (typeof PROPOSAL_KINDS)[number];

/** `proposed` alone can become another, once. */
export const PROPOSAL_STATES = ['proposed', 'approved', 'rejected', 'withdrawn', 'expired'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

/** In place of the change: a second person must approve it first. */
export interface Proposed {
  readonly proposal: number;
}

export interface Proposal {
  readonly id: number;
  readonly kind: ProposalKindName;
  /** To what: `medium 04A1…`, `terminal 17`. */
  readonly object: string;
  /** What the kind needs to be told, without what is secret. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** What whoever approves or rejects must be allowed. */
  readonly capability: Capability;
  readonly state: ProposalState;
  readonly proposedBy: string;
  readonly proposedAt: Time;
  readonly why: string;
  readonly expiresAt: Time;
  readonly decidedBy: string | null;
  readonly decidedAt: Time | null;
  readonly decidedWhy: string | null;
  /** Of an approved one: what came of it, also where it made no sense any more (`{refusal}`). */
  readonly result: unknown;
}

/** Why a proposal was not decided, in the order in which they are looked at. */
export const PROPOSAL_REFUSALS = [
  'proposal-unknown',
  'proposal-decided',
  'proposal-expired',
  'not-allowed',
  /** Who proposed cannot approve or reject; withdrawing is theirs alone. */
  'own-proposal',
  'not-own-proposal',
] as const;
export type ProposalRefusal = { readonly refusal: (typeof PROPOSAL_REFUSALS)[number] };

export interface Decider extends Reason {
  /** Whether they have a capability: a person by their roles; whoever has the database has all. */
  readonly may: (capability: Capability) => boolean;
}

export interface ProposalQuery {
  readonly state?: ProposalState;
  /** Proposals below this id; from the newest on without it. */
  readonly before?: number;
  readonly limit: number;
}

export interface Proposals {
  /** Newest first. */
  list(query: ProposalQuery): Promise<readonly Proposal[]>;
  find(id: number): Promise<Proposal | null>;
  /** Carries it out, in the same SQL transaction and once; where that is refused, the refusal is its result. */
  approve(id: number, decider: Decider): Promise<Proposal | ProposalRefusal>;
  reject(id: number, decider: Decider): Promise<Proposal | ProposalRefusal>;
  /** By who proposed it. */
  withdraw(id: number, reason: Reason): Promise<Proposal | ProposalRefusal>;
  /** Puts on record which have expired. @returns how many */
  expire(): Promise<number>;
}
