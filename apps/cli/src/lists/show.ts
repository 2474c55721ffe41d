/** `retap lists show`: what the lists say. */
import type { Lists, PublishedList } from '@retap/central';
import type { Time } from '@retap/model';
import {
  LIST_KINDS,
  type List,
  type ListEntries,
  type ListedAction,
  type ListKind,
  openList,
  sameEntries,
} from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { formatAmount, formatTime, printable, tableLines } from '../text.ts';
import { tariffEntry, tariffLines } from './show-tariff.ts';
import { withLists } from './working.ts';

export interface ShowOptions extends DatabaseOption {
  readonly history?: boolean;
}

export async function show(kinds: readonly ListKind[], options: ShowOptions, shell: Shell): Promise<void> {
  const parts = await withLists(options, shell, async (lists) => {
    const working = await lists.working();
    const shown: string[] = [];
    for (const kind of kinds.length > 0 ? kinds : LIST_KINDS) {
      const head = headOf(kind, await lists.newest(kind), working, shell.now());
      const body = options.history
        ? await historyLines(kind, lists)
        : await bodyLines(kind, working, lists, shell.now());
      shown.push([head, ...body].join('\n'));
    }
    return shown;
  });
  shell.stdout.write(`${parts.join('\n\n')}\n`);
}

function headOf(kind: ListKind, newest: PublishedList | null, working: ListEntries, now: number): string {
  if (newest === null) return `${kind}: not published`;
  const { version, issuedAt, expiresAt, document } = newest;
  const next = { kind, version, issuedAt, expiresAt, entries: working[kind] } as List;
  const isPublished = sameEntries(openList(document).list, next);
  const until = `${expiresAt <= now ? 'expired since' : 'valid until'} ${formatTime(expiresAt)}`;
  return `${kind}: version ${version} of ${formatTime(issuedAt)}, ${until}${isPublished ? '' : '; changed since, not published'}`;
}

async function bodyLines(kind: ListKind, working: ListEntries, lists: Lists, now: Time): Promise<string[]> {
  if (kind === 'tariff') return tariffLines(working.tariff, now);
  if (kind === 'deny') return working.deny.map((medium) => `  ${printable(medium)}`);
  if (kind === 'limits') return Object.entries(working.limits).map(([name, limit]) => `  ${name}  ${limit}`);
  const rows = (await lists.actions()).map(({ action, state }) => [
    action.medium,
    String(action.serial),
    action.kind,
    detailOf(action),
    state === 'done' ? 'done' : 'waits for the next tap',
  ]);
  const columns = [
    { title: 'medium' },
    { title: 'number', numeric: true },
    { title: 'what' },
    { title: '' },
    { title: '' },
  ];
  return rows.length === 0 ? [] : tableLines(columns, rows);
}

function detailOf(action: ListedAction): string {
  if (action.kind === 'refill' || action.kind === 'refund') return formatAmount(action.amount);
  if (action.kind !== 'product') return '';
  const { code, validFrom, validUntil, maxUses } = action.product;
  return [
    code,
    ...(validFrom === undefined ? [] : [`from ${formatTime(validFrom)}`]),
    ...(validUntil === undefined ? [] : [`until ${formatTime(validUntil)}`]),
    ...(maxUses === undefined ? [] : [`${maxUses} uses`]),
  ].join(', ');
}

async function historyLines(kind: ListKind, lists: Lists): Promise<string[]> {
  const rows = (await lists.history(kind)).map(({ at, what, entry, who, why }) => [
    formatTime(at),
    what,
    kind === 'tariff' ? tariffEntry(entry) : entry,
    who,
    why,
  ]);
  const columns = [{ title: 'time' }, { title: 'what' }, { title: 'entry' }, { title: 'who' }, { title: 'why' }];
  return rows.length === 0 ? [] : tableLines(columns, rows);
}
