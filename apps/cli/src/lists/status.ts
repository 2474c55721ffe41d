/** `retap lists status`: which terminals hold which versions, who is behind, and for how long. */
import type { TerminalLists } from '@retap/central';
import type { Time } from '@retap/model';
import { LIST_KINDS } from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { formatAge, formatCount, formatTime, tableLines } from '../text.ts';
import { withLists } from './working.ts';

export interface StatusOptions extends DatabaseOption {
  readonly format: 'text' | 'json';
}

const COLUMNS = [
  { title: 'terminal' },
  ...LIST_KINDS.map((kind) => ({ title: kind, numeric: true })),
  { title: 'last said' },
  { title: 'behind with' },
];

export async function status(options: StatusOptions, shell: Shell): Promise<void> {
  const found = await withLists(options, shell, (lists) => lists.status());
  if (options.format === 'json') {
    shell.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
    return;
  }
  const { newest, terminals } = found;
  const rows = terminals.map((each) => [
    String(each.terminal),
    ...LIST_KINDS.map((kind) => versionText(each.versions[kind])),
    each.at === null ? 'never' : formatTime(each.at),
    behindText(each, shell.now()),
  ]);
  const newestRow = ['newest', ...LIST_KINDS.map((kind) => versionText(newest[kind]?.version ?? 0)), '', ''];
  const behind = terminals.filter((each) => Object.keys(each.behind).length > 0).length;
  shell.stdout.write(
    `${tableLines(COLUMNS, [newestRow, ...rows]).join('\n')}\n\n` +
      `terminals behind: ${formatCount(behind)} of ${formatCount(terminals.length)}\n`,
  );
}

function behindText({ behind }: TerminalLists, now: Time): string {
  return LIST_KINDS.flatMap((kind) => {
    const found = behind[kind];
    if (!found) return [];
    return [`${kind} by ${formatCount(found.versions)} for ${formatAge(now - found.since)}`];
  }).join(', ');
}

function versionText(version: number): string {
  return version === 0 ? '-' : String(version);
}
