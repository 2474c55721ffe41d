/** `retap lists deny`, `action add`, `limits set`, `tariff set`: changes of the working copy; terminals hear of them when it is published. */
import { readFile } from 'node:fs/promises';
import type { OrderedAction } from '@retap/central';
import { tariffsIn } from '@retap/central-service/tariff-file';
import type { Amount, MediumName, Product, Time } from '@retap/model';
import {
  isList,
  LIMIT_NAMES,
  type List,
  type ListedAction,
  type ListedLimits,
  type ListKind,
  type Tariff,
  tariffAt,
} from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import { Faults, UsageError } from '../failure.ts';
import { parseDuration } from '../options.ts';
import { isProposed, waitsText } from '../proposals/waits.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { formatTime } from '../text.ts';
import { withLists } from './working.ts';

export interface ChangeOptions extends DatabaseOption {
  readonly why: string;
}

export interface ActionOptions extends ChangeOptions {
  readonly kind: ListedAction['kind'];
  readonly amount?: Amount;
  readonly product?: string;
  readonly validFrom?: Time;
  readonly validUntil?: Time;
  readonly maxUses?: number;
}

const FULL =
  'the list is as long as a terminal can hold (docs/lists.md), nothing was changed; wait until some of it is done';
const PUBLISH = "'retap lists publish' tells the terminals";

export async function deny(medium: MediumName, options: ChangeOptions, shell: Shell): Promise<void> {
  const answer = await withLists(options, shell, (lists) => lists.deny(medium, reasonOf(options.why)));
  if (isProposed(answer)) return said(waitsText(answer), shell);
  if (answer !== 'added') {
    if (answer.refusal === 'list-full') throw new UsageError(`medium ${medium}: ${FULL}, or remove some`);
    throw new UsageError(`medium ${medium} is denied already; nothing was changed`);
  }
  shell.stdout.write(`medium ${medium} is on the deny list; ${PUBLISH}\n`);
}

export async function undeny(medium: MediumName, options: ChangeOptions, shell: Shell): Promise<void> {
  const answer = await withLists(options, shell, (lists) => lists.undeny(medium, reasonOf(options.why)));
  if (isProposed(answer)) return said(waitsText(answer), shell);
  if (answer !== 'removed')
    throw new UsageError(`medium ${medium} is not denied; 'retap lists show deny' says which are`);
  shell.stdout.write(`medium ${medium} is off the deny list; ${PUBLISH}\n`);
}

export async function addAction(medium: MediumName, options: ActionOptions, shell: Shell): Promise<void> {
  const ordered = orderedAction(medium, options);
  if (!isList(listOf('actions', [{ ...ordered, serial: 1 } as ListedAction]))) {
    throw new UsageError('no terminal could carry that out: see that the amount is above 0 and the code is a name');
  }
  const action = await withLists(options, shell, (lists) => lists.order(ordered, reasonOf(options.why)));
  if (isProposed(action)) return said(waitsText(action), shell);
  if ('refusal' in action) throw new UsageError(`medium ${medium}: ${FULL}`);
  shell.stdout.write(`medium ${medium}: ${action.kind}, number ${action.serial}, waits for the next tap; ${PUBLISH}\n`);
}

function said(text: string, shell: Shell): void {
  shell.stdout.write(`${text}\n`);
}

function orderedAction(medium: MediumName, options: ActionOptions): OrderedAction {
  const { kind, amount, product: code } = options;
  const takesAmount = kind === 'refill' || kind === 'refund';
  if (takesAmount !== (amount !== undefined)) {
    throw new UsageError(
      takesAmount ? `--amount is missing: how much is the ${kind}?` : `--amount: a ${kind} has none`,
    );
  }
  const product = productOf(options);
  if ((kind === 'product') !== (code !== undefined)) {
    throw new UsageError(kind === 'product' ? '--product is missing: which one?' : `--product: a ${kind} has none`);
  }
  if (kind === 'refill' || kind === 'refund') return { medium, kind, amount: amount as Amount };
  return kind === 'product' ? { medium, kind, product } : { medium, kind };
}

function productOf({ product: code = '', validFrom, validUntil, maxUses }: ActionOptions): Omit<Product, 'id'> {
  const conditions = {
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    ...(maxUses !== undefined && { maxUses }),
  };
  if (code === '' && Object.keys(conditions).length > 0) {
    throw new UsageError('--valid-from, --valid-until and --max-uses are of a product; name it by --product');
  }
  return { code, ...conditions };
}

export async function setLimits(file: string, options: ChangeOptions, shell: Shell): Promise<void> {
  const limits = await limitsIn(file);
  const answer = await withLists(options, shell, (lists) => lists.limit(limits, reasonOf(options.why)));
  if (isProposed(answer)) return said(waitsText(answer), shell);
  if (answer === 'unchanged') shell.stdout.write('the limits were the same; nothing was changed\n');
  else shell.stdout.write(`the limits are set; ${PUBLISH}\n`);
}

export async function setTariffs(file: string, options: ChangeOptions, shell: Shell): Promise<void> {
  const read = tariffsIn(await jsonIn(file));
  if ('faults' in read) throw new Faults(read.faults.map((fault) => `${file}: ${fault}`));
  const { tariffs } = read;
  const answer = await withLists(options, shell, (lists) => lists.setTariffs(tariffs, reasonOf(options.why)));
  if (isProposed(answer)) return said(waitsText(answer), shell);
  if (answer === 'unchanged') shell.stdout.write('the tariffs were the same; nothing was changed\n');
  else shell.stdout.write(`${wordsOf(tariffs, shell.now())}; ${PUBLISH}\n`);
}

/** Also what nobody may have meant: that nothing of it holds yet, or that there is none any more. */
function wordsOf(tariffs: readonly Tariff[], now: Time): string {
  const [first] = tariffs;
  if (first === undefined) return 'there is no tariff any more: terminals will offer what their configuration says';
  const next = tariffs.find(({ validFrom }) => validFrom > now);
  if (tariffAt(tariffs, now) === null) {
    return `the tariff is set; until ${formatTime(first.validFrom)} terminals offer what their configuration says`;
  }
  return `the tariff is set${next ? `, the next one from ${formatTime(next.validFrom)} on` : ''}`;
}

async function jsonIn(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`${file}: it is not JSON: ${error.message}`);
    throw error;
  }
}

async function limitsIn(file: string): Promise<ListedLimits> {
  const content = await jsonIn(file);
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UsageError(`${file}: give one JSON object, as { "dayTapsMax": 20 }`);
  }
  const limits = Object.fromEntries(Object.entries(content).map(([name, value]) => [name, limitOf(file, name, value)]));
  const { minimumBalance, maximumBalance } = limits;
  if (minimumBalance !== undefined && maximumBalance !== undefined && minimumBalance > maximumBalance) {
    throw new UsageError(`${file}: maximumBalance must not be below minimumBalance`);
  }
  return limits;
}

function limitOf(file: string, name: string, value: unknown): number {
  if (!LIMIT_NAMES.some((each) => each === name)) {
    throw new UsageError(`${file}: no limit is called "${name}"; there are ${LIMIT_NAMES.join(', ')}`);
  }
  const limit = name === 'unsentAgeMax' ? ageIn(value) : value;
  if (typeof limit === 'number' && isList(listOf('limits', { [name]: limit }))) return limit;
  const wanted = name === 'unsentAgeMax' ? 'a duration, as "3d"' : 'a whole number that a terminal can keep to';
  throw new UsageError(`${file}: ${name}: give ${wanted}`);
}

function ageIn(value: unknown): unknown {
  try {
    return typeof value === 'string' ? parseDuration(value) : null;
  } catch {
    return null;
  }
}

function listOf(kind: ListKind, entries: List['entries']): List {
  return { kind, version: 1, issuedAt: 0, expiresAt: 0, entries } as List;
}
