/** What the auditor asks of a centre; it knows no more of it. */
import type { Account, Alert, AlertKind, Configuration, MediumName, ResolvedTransaction, Time } from '@retap/model';
import type { BatchForm } from '@retap/protocol';
import type { CentreAnswer } from '../centre.ts';

export interface AuditedCentral {
  /** @throws an error with the code `batch-malformed` or `terminal-mismatch` where a batch is refused, and nothing of it kept */
  receive(
    batches: readonly { readonly form: BatchForm; readonly body: Uint8Array }[],
  ): Promise<readonly (CentreAnswer & { readonly quarantined: readonly { readonly position: number }[] })[]>;
  reconcile(): Promise<number>;
  drain(): Promise<void>;
  report(
    asOf: Time,
    configuration: Configuration,
  ): {
    accounts(): AsyncIterable<Account>;
    transactions(): AsyncIterable<ResolvedTransaction>;
    alerts(): AsyncIterable<Alert>;
    close(): Promise<void>;
  };
  alerts(
    asOf: Time,
    options: { readonly medium?: MediumName; readonly kind?: AlertKind; readonly limit: number },
  ): Promise<readonly Alert[]>;
  rebuild(): Promise<void>;
  /** What differs between the state and the state that the batches come to. */
  check(asOf: Time, configuration: Configuration): AsyncIterable<unknown>;
  /** Somebody writes another balance into the row of an account. @returns false where that cannot be done, or there is none */
  edit?(medium: MediumName): Promise<boolean>;
  /** The same centre after its process was killed or its database went away: with everything that it had acknowledged. */
  reopen(): Promise<AuditedCentral>;
  close(): Promise<void>;
}

/** An empty centre. */
export type OpenAudited = (settings: { readonly clockTolerance: number }) => Promise<AuditedCentral>;

const REFUSALS = new Set(['batch-malformed', 'terminal-mismatch']);

/** Whether it is the centre's answer to bytes that are no batch. */
export function isRefusal(error: unknown): boolean {
  return error instanceof Error && REFUSALS.has(String((error as { readonly code?: unknown }).code));
}
