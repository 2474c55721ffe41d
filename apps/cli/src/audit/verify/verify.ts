/** Verifies an export of the audit log by nothing but the file, the centre's fingerprint, and what was kept before. */
import { createHash } from 'node:crypto';
import { type Checkpoint, checkpointIn, hasFingerprint } from './checkpoint.ts';
import { type Line, lineOf, linesIn } from './lines.ts';

type FindingWord =
  | 'file-malformed'
  | 'centre-other'
  | 'log-other'
  | 'entry-missing'
  | 'chain-broken'
  | 'signature-invalid'
  | 'checkpoint-differs'
  | 'log-short'
  | 'checkpoint-missing';

export interface Finding {
  readonly word: FindingWord;
  /** The entry in question; null where it is the file. */
  readonly entry: number | null;
  readonly message: string;
}

/** What somebody kept of the log: entry `size` had the hash `head`. */
interface Known {
  readonly log: Buffer;
  readonly size: number;
  readonly head: Buffer;
}

export interface Verified {
  readonly findings: readonly Finding[];
  readonly first: number;
  readonly last: number;
  /** The newest checkpoint that fits. */
  readonly signed: Checkpoint | null;
  /** Hashes of all entries and checkpoints of the file, to hold a later one to. */
  readonly known: readonly Known[];
}

/** Of findings that are of one kind the first say enough. */
const FINDINGS_MAX = 20;

/** What somebody has kept elsewhere. */
export interface Kept {
  /** A checkpoint as the centre handed it out. */
  readonly checkpoint: Buffer | null;
  /** From an older export. */
  readonly known: readonly Known[];
}

export async function verifyExport(
  chunks: AsyncIterable<Uint8Array>,
  fingerprint: string,
  kept: Kept = { checkpoint: null, known: [] },
): Promise<Verified> {
  const reading = new Reading(fingerprint, kept);
  let number = 0;
  for await (const bytes of linesIn(chunks)) {
    number += 1;
    const line = bytes && lineOf(bytes);
    if (!line || (line.kind === 'head') !== (number === 1)) {
      reading.malformed(number, bytes === null);
      // Without its head nothing of a file means anything.
      if (number === 1) break;
    } else reading.take(line, number);
  }
  return reading.end();
}

class Reading {
  readonly #fingerprint: string;
  readonly #kept: Kept;
  readonly #before: Map<number, Known>;
  readonly #known: Known[] = [];
  readonly #findings: Finding[] = [];
  readonly #agreed: number[] = [];
  #log: Buffer = Buffer.alloc(0);
  #centre: Buffer = Buffer.alloc(0);
  #first = 1;
  #last = 0;
  #hash: Buffer = Buffer.alloc(0);
  #signed: Checkpoint | null = null;

  constructor(fingerprint: string, kept: Kept) {
    [this.#fingerprint, this.#kept] = [fingerprint, kept];
    this.#before = new Map(kept.known.map((each) => [each.size, each]));
  }

  malformed(line: number, isCutOff: boolean): void {
    const why = isCutOff ? 'it has no end: the file was cut off' : 'it is no line of an export';
    this.#found('file-malformed', null, `line ${line}: ${why}`);
  }

  take(line: Line, number: number): void {
    if (line.kind === 'head') this.#begin(line);
    else if (line.kind === 'entry') this.#entry(line, number);
    else this.#checkpoint(line.document, number);
  }

  #begin({ log, centre, from, before }: Extract<Line, { readonly kind: 'head' }>): void {
    [this.#log, this.#centre, this.#first, this.#last] = [log, centre, from, from - 1];
    // h(0) = SHA-256("retap audit log 1" ‖ log)
    const start = createHash('sha256').update('retap audit log 1').update(log).digest();
    this.#hash = from === 1 ? start : before;
    if (!hasFingerprint(centre, this.#fingerprint)) {
      const whose = centre.length === 0 ? 'it is the log of an open centre, which signs nothing' : 'its key is another';
      this.#found('centre-other', null, `the file is not of the centre with the fingerprint given: ${whose}`);
    }
    if ((before.length === 0) !== (from === 1)) {
      this.#found('file-malformed', null, 'line 1: it does not say what the first entry follows on');
    }
    this.#recall();
    this.#compare(from - 1);
  }

  /** What was kept before, held to whose it should be. */
  #recall(): void {
    const { checkpoint: document } = this.#kept;
    const checkpoint = document && checkpointIn(document, this.#centre);
    if (checkpoint) this.#before.set(checkpoint.size, checkpoint);
    else if (document) this.#found('signature-invalid', null, 'the centre has not signed the checkpoint that was kept');
    if ([...this.#before.values()].some(({ log }) => !log.equals(this.#log))) {
      this.#found('log-other', null, 'what was kept before is of another log');
      this.#before.clear();
    }
  }

  #entry({ id, text, hash }: Extract<Line, { readonly kind: 'entry' }>, line: number): void {
    if (id !== this.#last + 1) {
      const what = id > this.#last + 1 ? `entry ${this.#last + 1} is missing` : `entry ${id} comes again`;
      this.#found('entry-missing', this.#last + 1, `line ${line}: ${what}: after entry ${this.#last} comes ${id}`);
    }
    // h(n) = SHA-256(h(n−1) ‖ line n)
    if (!createHash('sha256').update(this.#hash).update(text).digest().equals(hash)) {
      this.#found(
        'chain-broken',
        id,
        `line ${line}: the hash of entry ${id} does not follow from it and the one before`,
      );
    }
    [this.#last, this.#hash] = [id, hash];
    this.#known.push({ log: this.#log, size: id, head: hash });
    this.#compare(id);
  }

  /** With what was kept before. */
  #compare(size: number): void {
    const kept = this.#before.get(size);
    if (!kept || this.#hash.length === 0) return;
    if (kept.head.equals(this.#hash)) this.#agreed.push(size);
    else this.#found('checkpoint-differs', size, this.#rewritten(size, 'what was kept before'));
  }

  #checkpoint(document: Buffer, line: number): void {
    const checkpoint = checkpointIn(document, this.#centre);
    if (checkpoint === null) {
      this.#found('signature-invalid', this.#last, `line ${line}: the centre has not signed this checkpoint`);
    } else if (!checkpoint.log.equals(this.#log)) {
      this.#found('log-other', null, `line ${line}: a checkpoint of another log`);
    } else if (checkpoint.size !== this.#last || !checkpoint.head.equals(this.#hash)) {
      const { size } = checkpoint;
      this.#found('checkpoint-differs', size, `line ${line}: ${this.#rewritten(size, 'this checkpoint')}`);
    } else {
      this.#agreed.push(checkpoint.size);
      this.#signed = checkpoint;
    }
  }

  #rewritten(size: number, by: string): string {
    const good = Math.max(this.#first - 1, ...this.#agreed);
    const first =
      good + 1 === size
        ? `entry ${size} was changed`
        : `the first entry that was changed is one of ${good + 1} to ${size}`;
    return `the entries up to ${size} are not those that ${by} says; ${first}`;
  }

  #found(word: FindingWord, entry: number | null, message: string): void {
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ word, entry, message });
  }

  end(): Verified {
    const kept = Math.max(0, ...this.#before.keys());
    if (this.#log.length === 0 && this.#findings.length === 0) {
      this.#found('file-malformed', null, 'the file is empty');
    } else if (kept > this.#last) {
      const message = `the log ends at entry ${this.#last}, and had ${kept} when what was kept before was signed: its end was cut off`;
      this.#found('log-short', this.#last + 1, message);
    } else if (this.#signed === null) {
      this.#found('checkpoint-missing', null, 'no checkpoint is in it that fits: nothing of it is signed');
    }
    const { length } = [...this.#before.keys()].filter((size) => size < this.#first - 1);
    if (length > 0 && length === this.#before.size) {
      const message = `what was kept before ends at entry ${kept}, and the file begins at ${this.#first}; export it --from ${kept}`;
      this.#found('log-short', kept, message);
    }
    return {
      ...{ findings: this.#findings, first: this.#first, last: this.#last },
      ...{ signed: this.#signed, known: this.#known },
    };
  }
}
