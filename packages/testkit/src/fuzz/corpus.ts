/** Inputs that are kept as files: whatever was found wrong once, and one of each kind of answer. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Corpus {
  /** By the names of their files, in their order. */
  readonly inputs: readonly Uint8Array[];
  /** Keeps one more; the same bytes are kept once. @returns its file's name */
  keep(input: Uint8Array, prefix: 'crash' | 'answer'): string;
}

/** @param folder of one decoder; it need not be there yet */
export function corpusIn(folder: string): Corpus {
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return {
    inputs: names.map((name) => Uint8Array.from(readFileSync(join(folder, name)))),
    keep(input, prefix) {
      mkdirSync(folder, { recursive: true });
      const name = `${prefix}-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
      writeFileSync(join(folder, name), input);
      return name;
    },
  };
}
