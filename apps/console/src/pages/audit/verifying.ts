/** Verifies the audit log line by line as the centre hands it out, by the browser's own cryptography (docs/audit.md). */
import { bytesOf, type Checkpoint, checkpointIn, hexOf, keyIn } from './checkpoint.ts';

export type FindingWord =
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
  /** The entry in question; null where it is all of it. */
  readonly entry: number | null;
}

/** What the reader has kept from before, or heard elsewhere. */
export interface Kept {
  /** Of the centre's key, as typed. Null: the key is taken on trust. */
  readonly fingerprint: string | null;
  /** A checkpoint in hexadecimal digits. */
  readonly checkpoint: string | null;
}

export interface Standing {
  readonly first: number;
  /** The last entry that was looked at. */
  readonly last: number;
  readonly findings: readonly Finding[];
  /** The newest checkpoint that fits. */
  readonly signed: Checkpoint | null;
  /** The first 16 bytes of the SHA-256 of the centre's key. */
  readonly fingerprint: string;
}

/** More of them say nothing more. */
const FINDINGS_MAX = 20;

// Each line has one form, to the byte: whatever differs from it is none.
const HEAD =
  /^\{"retap":"audit log 1","log":"([0-9A-F]{32})","centre":"([0-9A-F]{64}|)","from":([1-9][0-9]{0,14}),"before":"([0-9A-F]{64}|)"\}$/;
// JSON leaves U+2028 as it is, which a point would not match without `s`.
const ENTRY = /^\{"entry":(\[([1-9][0-9]{0,14}),.*\]),"hash":"([0-9A-F]{64})"\}$/s;
const CHECKPOINT = /^\{"checkpoint":"((?:[0-9A-F]{2}){1,512})"\}$/;

const utf8 = new TextEncoder();

export class Verifying {
  readonly #kept: Kept;
  readonly #findings: Finding[] = [];
  #log = '';
  #centre: string | null = null;
  #key: CryptoKey | null = null;
  #fingerprint = '';
  #first = 1;
  #last = 0;
  #hash: Uint8Array<ArrayBuffer> = new Uint8Array();
  #signed: Checkpoint | null = null;
  #keptBefore: Checkpoint | null = null;

  constructor(kept: Kept) {
    this.#kept = kept;
  }

  get standing(): Standing {
    const [first, last, findings] = [this.#first, this.#last, [...this.#findings]];
    return { first, last, findings, signed: this.#signed, fingerprint: this.#fingerprint };
  }

  /** @param text a piece as the centre gives it, each with its head @returns how many entries were in it */
  async take(text: string): Promise<number> {
    const lines = text.split('\n');
    // The last line has its end too, or the piece was cut off.
    if (lines.pop() !== '') this.#found('file-malformed', this.#last + 1);
    const before = this.#last;
    for (const [index, line] of lines.entries()) {
      const head = HEAD.exec(line);
      if ((head !== null) !== (index === 0)) {
        this.#found('file-malformed', this.#last + 1);
        return 0;
      }
      if (head) await this.#begin(head);
      else await this.#next(line);
    }
    return this.#last - before;
  }

  /** When there is no more. */
  end(): Standing {
    const kept = this.#keptBefore;
    if (kept !== null && kept.size > this.#last) this.#found('log-short', this.#last + 1);
    else if (kept !== null && kept.size < this.#first - 1) this.#found('log-short', kept.size);
    if (this.#signed === null) this.#found('checkpoint-missing', null);
    return this.standing;
  }

  async #begin([, log = '', centre = '', from = '', before = '']: RegExpExecArray): Promise<void> {
    if (this.#centre !== null) {
      // A later piece goes on where the one before ended; its word on the hash there is not needed.
      if (log !== this.#log) this.#found('log-other', Number(from));
      if (centre !== this.#centre) this.#found('centre-other', Number(from));
      return;
    }
    [this.#log, this.#centre, this.#first, this.#last] = [log, centre, Number(from), Number(from) - 1];
    // h(0) = SHA-256("retap audit log 1" ‖ log)
    this.#hash = this.#first === 1 ? await sha256(utf8.encode('retap audit log 1'), bytesOf(log)) : bytesOf(before);
    this.#key = centre === '' ? null : await keyIn(centre);
    this.#fingerprint = centre === '' ? '' : hexOf(await sha256(bytesOf(centre))).slice(0, 32);
    const typed = this.#kept.fingerprint?.replace(/[\s:-]/g, '').toUpperCase();
    if (typed && typed !== this.#fingerprint) this.#found('centre-other', null);
    await this.#recall();
  }

  async #recall(): Promise<void> {
    const { checkpoint } = this.#kept;
    if (checkpoint === null) return;
    const found = this.#key && (await checkpointIn(checkpoint, this.#key));
    if (!found) this.#found('signature-invalid', null);
    else if (found.log !== this.#log) this.#found('log-other', null);
    else this.#keptBefore = found;
    this.#compare();
  }

  async #next(line: string): Promise<void> {
    const entry = ENTRY.exec(line);
    if (entry) return this.#entry(entry);
    const document = CHECKPOINT.exec(line)?.[1];
    if (document === undefined) return this.#found('file-malformed', this.#last + 1);
    const checkpoint = this.#key && (await checkpointIn(document, this.#key));
    if (!checkpoint) this.#found('signature-invalid', this.#last);
    else if (checkpoint.log !== this.#log) this.#found('log-other', this.#last);
    else if (checkpoint.size !== this.#last || checkpoint.head !== hexOf(this.#hash)) {
      this.#found('checkpoint-differs', checkpoint.size);
    } else this.#signed = checkpoint;
  }

  async #entry([, text = '', id = '', hash = '']: RegExpExecArray): Promise<void> {
    if (Number(id) !== this.#last + 1) this.#found('entry-missing', this.#last + 1);
    // h(n) = SHA-256(h(n−1) ‖ line n)
    if (hexOf(await sha256(this.#hash, utf8.encode(text))) !== hash) this.#found('chain-broken', Number(id));
    [this.#last, this.#hash] = [Number(id), bytesOf(hash)];
    this.#compare();
  }

  /** With what was kept before. */
  #compare(): void {
    const kept = this.#keptBefore;
    if (kept?.size === this.#last && this.#hash.length > 0 && kept.head !== hexOf(this.#hash)) {
      this.#found('checkpoint-differs', kept.size);
    }
  }

  #found(word: FindingWord, entry: number | null): void {
    if (this.#findings.length < FINDINGS_MAX) this.#findings.push({ word, entry });
  }
}

/** A checkpoint in what somebody pasted: its digits, or the file that has them. Null where there is none. */
export function checkpointPasted(text: string): string | null {
  const digits = /^\s*((?:[0-9A-Fa-f]{2}){16,512})\s*$/.exec(text) ?? /"checkpoint"\s*:\s*"([0-9A-Fa-f]+)"/.exec(text);
  return digits?.[1]?.toUpperCase() ?? null;
}

async function sha256(...parts: readonly Uint8Array<ArrayBuffer>[]): Promise<Uint8Array<ArrayBuffer>> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', joined));
}
