/** `retap card tap` and `tear`: one tap of a card at a terminal in this process, and what became of it on both sides. */
import { createHash } from 'node:crypto';
import { CardMedium, type CardMemory } from '@retap/card';
import type { TapRequest } from '@retap/model';
import { MemoryJournal, type TapOutcome, Terminal } from '@retap/terminal';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { tableLines } from '../text.ts';
import { copyOf, powered, random, withCard } from './card-in-file.ts';
import { CutMemory } from './cut-memory.ts';
import { type DeskOptions, openDesk, sendOrSay, terminalOptionsOf } from './desk.ts';
import { Field, type TearPoint } from './field.ts';
import { assertReads, type KeysOptions, type OpenKeys, openKeys } from './key-place.ts';
import { type AccountLook, accountOf, FAULT_WORDS, lookAt } from './look.ts';
import { type RequestOptions, requestOf, shownRequest } from './request.ts';
import { linesOfTap } from './tap-text.ts';

export interface TapOptions extends KeysOptions, DeskOptions, RequestOptions {
  readonly list?: boolean;
}

export interface TearOptions extends Omit<TapOptions, 'list'> {
  readonly exchange?: number;
  readonly step?: string;
  readonly when?: 'before' | 'after';
  readonly keepBytes?: number;
  readonly afterWrites?: number;
}

/** Number of a terminal that is none: the last commit was another one's, and the card's log is read. */
const NOBODY = 2 ** 31 - 1;

/** Where the card loses its power: between reader and card, or in the middle of its own writes. */
type Cut = { readonly point: TearPoint } | { readonly writes: number };

export interface Tapped {
  readonly request: TapRequest;
  readonly outcome: TapOutcome;
  readonly field: Field;
  /** The power went in the middle of the card's own writes. */
  readonly isCut: boolean;
  /** What the card holds afterwards. */
  readonly account: AccountLook;
}

export async function tapCard(file: string, options: TapOptions, shell: Shell): Promise<ExitStatus> {
  return withKeys(options, shell, (keys) =>
    withCard(file, async (memory) => {
      if (options.list) return list(memory, file, options, keys, shell);
      const { tapped, sent } = await tapAtDesk(memory, file, options, null, keys, shell);
      const { outcome } = tapped.outcome;
      return outcome === 'successful' || outcome === 'completed' ? sent : 2;
    }),
  );
}

export async function tearCard(file: string, options: TearOptions, shell: Shell): Promise<ExitStatus> {
  const cut = cutOf(options);
  return withKeys(options, shell, (keys) =>
    withCard(file, async (memory) => {
      const { tapped, sent } = await tapAtDesk(memory, file, options, cut, keys, shell);
      if (tapped.field.torn || tapped.isCut) return sent;
      const where = 'writes' in cut ? `${cut.writes} writes` : `exchange ${cut.point.exchange}`;
      throw new UsageError(
        `nothing was torn: the tap ended before ${where}; 'retap card tap --list' shows its exchanges`,
      );
    }),
  );
}

async function withKeys<Value>(
  options: TapOptions,
  shell: Shell,
  work: (keys: OpenKeys) => Promise<Value>,
): Promise<Value> {
  // A request that makes no sense is refused before anyone types a passphrase.
  requestOf(options, shell.now());
  const keys = await openKeys(options, shell);
  try {
    assertReads(keys, options);
    return await work(keys);
  } finally {
    keys.close();
  }
}

/** @throws UsageError where it is none, or two */
function cutOf({ exchange, step, when, keepBytes, afterWrites }: TearOptions): Cut {
  const given = [exchange, step, afterWrites].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new UsageError('say where it tears: one of --exchange N, --step NAME and --after-writes N');
  }
  if (afterWrites !== undefined) {
    if (when !== undefined || keepBytes !== undefined) {
      throw new UsageError('--when and --keep-bytes go with --exchange or --step, not with --after-writes');
    }
    return { writes: afterWrites };
  }
  if (when === undefined) throw new UsageError('--when: give before or after the exchange');
  if (when === 'before' && keepBytes !== undefined) {
    throw new UsageError('--keep-bytes: before the exchange there is no answer to keep; give --when after');
  }
  return { point: { exchange: exchange ?? step ?? 0, when, ...(keepBytes !== undefined && { keepBytes }) } };
}

async function tapAtDesk(
  memory: CardMemory,
  file: string,
  options: TapOptions,
  cut: Cut | null,
  keys: OpenKeys,
  shell: Shell,
): Promise<{ readonly tapped: Tapped; readonly sent: ExitStatus }> {
  const { mode } = await lookAt(memory, file);
  await accountBefore(memory, file, keys, mode);
  const desk = await openDesk(options, keys, shell);
  try {
    const request = requestOf(options, shell.now());
    // A change that a tear left half done is completed here, before its writes are counted.
    powered(memory, file).powerOff();
    const cutMemory = cut && 'writes' in cut ? new CutMemory(memory, cut.writes) : null;
    const field = new Field(powered(cutMemory ?? memory, file), cut && 'point' in cut ? cut.point : null);
    const { terminal } = desk;
    const medium = new CardMedium({ channel: field, keys, random, terminal: terminal.terminal, mode });
    const outcome = await terminal.tap(medium, request);
    const account = await accountBefore(memory, file, keys, mode);
    const tapped = { request, outcome, field, isCut: cutMemory?.isCut ?? false, account };
    shell.stdout.write(`${linesOfTap(tapped, terminal.terminal).join('\n')}\n`);
    if ('record' in outcome) await terminal.shown(outcome);
    return { tapped, sent: await sendOrSay(desk, options, shell) };
  } finally {
    await desk.close();
  }
}

/** @throws UsageError where there is none, or these are not its keys */
async function accountBefore(
  memory: CardMemory,
  file: string,
  keys: OpenKeys,
  mode: 'full' | 'mac',
): Promise<AccountLook> {
  const account = await accountOf(memory, file, keys, mode);
  if (typeof account !== 'string') return account;
  throw new UsageError(`${file}: ${FAULT_WORDS[account]}`);
}

/** The exchanges of such a tap, of a copy of the card at a terminal that has no past: neither is touched. */
async function list(
  memory: CardMemory,
  file: string,
  options: TapOptions,
  keys: OpenKeys,
  shell: Shell,
): Promise<ExitStatus> {
  const { mode } = await lookAt(memory, file);
  await accountBefore(memory, file, keys, mode);
  const { terminal: number = NOBODY } = options;
  const terminal = await Terminal.open({
    ...terminalOptionsOf(number, options, shell),
    store: new MemoryJournal(),
    sha256: (bytes) => createHash('sha256').update(bytes).digest(),
  });
  const field = new Field(powered(copyOf(memory), file));
  const medium = new CardMedium({ channel: field, keys, random, terminal: number, mode });
  const request = requestOf(options, shell.now());
  const { outcome } = await terminal.tap(medium, request);
  const columns = [
    { title: '#', numeric: true },
    { title: 'exchange' },
    { title: 'to the card', numeric: true },
    { title: 'back', numeric: true },
  ];
  const rows = field.exchanges.map(({ name, sent, received }, index) => {
    return [String(index + 1), name, String(sent), String(received)];
  });
  const { sent, received } = field.bytes;
  shell.stdout.write(`${tableLines(columns, [...rows, ['', 'bytes', String(sent), String(received)]]).join('\n')}\n`);
  shell.stdout.write(`A ${shownRequest(request)} would be ${outcome}; nothing was changed.\n`);
  return 0;
}
