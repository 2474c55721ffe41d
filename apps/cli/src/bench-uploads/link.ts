/** A terminal's way to the centre, as the load sees it. */

export type Answer =
  | { readonly kind: 'acknowledged' }
  /** `retryAfterMs` as the centre says; 0 where it does not. */
  | {
      readonly kind: 'refused';
      readonly name: string;
      readonly isForGood: boolean;
      readonly retryAfterMs: number;
    }
  /** Nobody answered, or not to the end. */
  | { readonly kind: 'broken' };

export interface Link {
  /** Batches that may be on their way at a time. */
  readonly inFlightMax: number;
  /** Never throws. */
  send(batch: Uint8Array): Promise<Answer>;
  close(): void;
}
