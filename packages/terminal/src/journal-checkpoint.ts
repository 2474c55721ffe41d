/**
 * The first frames of a segment: all that must be known of the segments before it, so that a start reads only the last
 * one. No intent is open at a checkpoint.
 */
import type { TerminalNumber, Time } from '@retap/model';
import { firstLink } from './journal-chain.ts';
import { notAnEntry } from './journal-entry.ts';
import { damaged, JournalError, type Sha256 } from './journal-port.ts';

export interface Checkpoint {
  readonly segment: number;
  readonly terminal: TerminalNumber;
  readonly nextSerial: number;
  /** Time of the last record; 0 before the first. */
  readonly time: Time;
  /** Hash of the last record. */
  readonly chain: string;
  /** The centre has the records up to this serial. */
  readonly acknowledgedTo: number;
  /** Last serials of the batches that are on their way, ascending: each begins after the one before. */
  readonly sealed: readonly number[];
  /** Σ |amount| of the records not acknowledged that may have changed a medium. */
  readonly unsentAmount: number;
  /** Time of the oldest record not acknowledged. */
  readonly oldestTime: Time | null;
  /** What the terminal remembers of its media, in its own words. */
  readonly memory: string;
}

/** A frame has a limit, what a terminal remembers on a busy day has none. */
const MEMORY_PIECE = 2 ** 19;

export function firstCheckpoint(terminal: TerminalNumber, memory: string, sha256: Sha256): Checkpoint {
  const nothing = { time: 0, acknowledgedTo: 0, sealed: [], unsentAmount: 0, oldestTime: null } as const;
  return { ...nothing, segment: 1, terminal, nextSerial: 1, chain: firstLink(terminal, sha256), memory };
}

/** @returns the text of each frame */
export function formatCheckpoint(checkpoint: Checkpoint): string[] {
  const { memory, ...rest } = checkpoint;
  const pieces: string[] = [];
  for (let from = 0; from < memory.length; from += MEMORY_PIECE) {
    pieces.push(`memory ${memory.slice(from, from + MEMORY_PIECE)}`);
  }
  // `sealedTo` for programs that know of one batch on its way: to them these are one.
  const sealedTo = rest.sealed.at(-1) ?? rest.acknowledgedTo;
  return [`checkpoint ${JSON.stringify({ ...rest, sealedTo, memoryFrames: pieces.length })}`, ...pieces];
}

/**
 * Takes the checkpoint off the texts of a segment's frames.
 * @throws JournalError `journal-damaged`, `journal-foreign`
 */
export function takeCheckpoint(texts: Iterator<string>, segment: number, terminal: TerminalNumber): Checkpoint {
  const { memoryFrames, sealedTo, ...checkpoint } = parsed(taken(texts, 'checkpoint'));
  if (checkpoint.terminal !== terminal) {
    throw new JournalError(
      'journal-foreign',
      `this is the journal of terminal ${checkpoint.terminal}, not ${terminal}`,
    );
  }
  if (checkpoint.segment !== segment) throw damaged(`segment ${segment} is segment ${checkpoint.segment}`);
  let memory = '';
  for (let frame = 0; frame < memoryFrames; frame += 1) memory += taken(texts, 'memory');
  return { ...checkpoint, sealed: sealedIn(checkpoint, sealedTo), memory };
}

/** Written before there could be several on their way, it says where the one ends. */
function sealedIn({ sealed, acknowledgedTo }: Pick<Parsed, 'sealed' | 'acknowledgedTo'>, sealedTo: number) {
  return sealed ?? (sealedTo > acknowledgedTo ? [sealedTo] : []);
}

function taken(texts: Iterator<string>, kind: 'checkpoint' | 'memory'): string {
  const { value, done } = texts.next();
  if (done) throw damaged('a segment has no whole checkpoint');
  if (!value.startsWith(`${kind} `)) throw notAnEntry(value);
  return value.slice(kind.length + 1);
}

interface Parsed extends Omit<Checkpoint, 'memory' | 'sealed'> {
  readonly sealed?: readonly number[];
  readonly sealedTo: number;
  readonly memoryFrames: number;
}

const COUNTS = [
  ...['segment', 'terminal', 'nextSerial', 'time', 'acknowledgedTo', 'sealedTo', 'unsentAmount', 'memoryFrames'],
] as const;

function parsed(text: string): Parsed {
  let value: Record<string, unknown> | null;
  try {
    value = JSON.parse(text);
  } catch {
    throw notAnEntry(text);
  }
  if (value === null) throw notAnEntry(text);
  const isCount = (each: unknown): boolean => Number.isSafeInteger(each) && (each as number) >= 0;
  const { sealed = [] } = value;
  const isWhole = COUNTS.every((name) => isCount(value[name])) && Array.isArray(sealed) && sealed.every(isCount);
  if (!isWhole || !(value.oldestTime === null || isCount(value.oldestTime)) || typeof value.chain !== 'string') {
    throw notAnEntry(text);
  }
  return value as unknown as Parsed;
}
