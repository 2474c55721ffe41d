/** Records on their way to the centre, and the bytes that they go as. */
import type { JournalRecord, TerminalNumber } from '@retap/model';
import { type BatchForm, encodeBatch, encodeSignedPayload, signedBatch } from '@retap/protocol';
import { valueAtRisk } from './journal-state.ts';

/** Signs for this terminal. Its key is its own alone; the centre knows the other half of it. */
export interface BatchSigner {
  /** The same bytes must get the same signature, as Ed25519's do: a batch that is sent again is the same batch. */
  sign(toBeSigned: Uint8Array): Uint8Array | Promise<Uint8Array>;
}

/** Records `from` … `to`, as they go to the centre: the same bytes until they are acknowledged, also after a restart. */
export interface SealedBatch {
  readonly from: number;
  readonly to: number;
  /** How the bytes are to be read: `signed` where the terminal signs, else `batch`. */
  readonly form: BatchForm & ('batch' | 'signed');
  readonly bytes: Uint8Array;
}

interface Loaded {
  readonly terminal: TerminalNumber;
  readonly records: readonly JournalRecord[];
  readonly from: number;
  readonly to: number;
}

/** In memory until it is acknowledged. */
export class LoadedBatch {
  readonly from: number;
  readonly to: number;
  /** Σ of its records' value at risk. */
  readonly amount: number;
  readonly #encoded: () => Promise<SealedBatch>;
  #sealed: Promise<SealedBatch> | null = null;

  /** @param signing null: unsigned. `before`: hash of the record before the first */
  constructor(loaded: Loaded, signing: { readonly signer: BatchSigner; readonly before: string } | null) {
    this.from = loaded.from;
    this.to = loaded.to;
    this.amount = loaded.records.reduce((sum, record) => sum + valueAtRisk(record), 0);
    this.#encoded = async () => {
      const { from, to } = loaded;
      if (signing === null) return { from, to, form: 'batch', bytes: encodeBatch(loaded) };
      return { from, to, form: 'signed', bytes: await signed(loaded, signing.signer, signing.before) };
    };
  }

  /** Encoded and signed once. @throws whatever the signer throws; the next call tries again */
  sealed(): Promise<SealedBatch> {
    this.#sealed ??= this.#encoded().catch((cause: unknown) => {
      this.#sealed = null;
      throw cause;
    });
    return this.#sealed;
  }
}

function signed({ terminal, records, from }: Loaded, signer: BatchSigner, before: string): Promise<Uint8Array> {
  const payload = encodeSignedPayload({ terminal, from, before, records });
  return signedBatch(payload, terminal, (toBeSigned) => signer.sign(toBeSigned));
}
