/** The centre as the city meets it: takes batches and answers; may be killed, restarted, and edited by an insider. */
import type { MediumName } from '@retap/model';
import type { BatchForm, ReceivedSerials } from '@retap/protocol';

export interface CentreAnswer {
  /** Records read from the batch, whether new or received before. */
  readonly accepted: number;
  readonly quarantined: readonly unknown[];
  /** What it has of the terminal's journal, where it says. */
  readonly received?: ReceivedSerials | null;
}

export interface Centre {
  /** Resolves when all is durable. @throws where one is refused; nothing of any of them is kept */
  receive(
    batches: readonly { readonly form: BatchForm; readonly body: Uint8Array }[],
  ): Promise<readonly CentreAnswer[]>;
  /** The process is killed and started anew; what it had acknowledged must still be there. */
  kill?(): Promise<void>;
  /** Its database goes away and comes back. */
  restart?(): Promise<void>;
  /**
   * Somebody inside edits a row behind its back.
   * @param medium whose account, if it is up to them
   * @returns whether there was a row to edit
   */
  tamper?(medium: MediumName): Promise<boolean>;
}
