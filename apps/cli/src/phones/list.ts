/** `retap phones list`: all phones, and how each stands. */
import type { Phone, Phones } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatAmount, formatCount, formatTime, printable, tableLines } from '../text.ts';
import { withPhones } from './phones.ts';

export interface ListOptions extends DatabaseOption {
  readonly format: 'text' | 'json';
}

const A_PAGE = 500;
const COLUMNS: readonly Column[] = [
  { title: 'phone', numeric: true },
  { title: 'kind' },
  { title: 'stands' },
  { title: 'balance', numeric: true },
  { title: 'records', numeric: true },
  { title: 'last seen' },
  { title: 'certificate until' },
  { title: 'moved to', numeric: true },
  { title: 'name' },
];

export async function list(options: ListOptions, shell: Shell): Promise<void> {
  const phones = await withPhones(options, shell, all);
  if (options.format === 'json') {
    for (const phone of phones) shell.stdout.write(`${JSON.stringify(phone)}\n`);
    return;
  }
  if (phones.length === 0) {
    shell.stdout.write("no phone is registered; its owner does that on the wallet's page, /wallet/ of the centre\n");
    return;
  }
  shell.stdout.write(`${tableLines(COLUMNS, phones.map(rowOf)).join('\n')}\n`);
}

async function all(phones: Phones): Promise<Phone[]> {
  const found: Phone[] = [];
  for (;;) {
    const page = await phones.list({ limit: A_PAGE, ...(found.length > 0 && { after: found.at(-1)?.terminal ?? 0 }) });
    found.push(...page);
    if (page.length < A_PAGE) return found;
  }
}

function rowOf(phone: Phone): string[] {
  const { terminal, kind, standing, balance, lastSerial, seenAt, certifiedUntil, movedTo, name } = phone;
  return [
    ...[String(terminal), kind, standing, formatAmount(balance), formatCount(lastSerial)],
    ...[seenAt === null ? 'never' : formatTime(seenAt), formatTime(certifiedUntil)],
    ...[movedTo === null ? '-' : String(movedTo), printable(name)],
  ];
}
