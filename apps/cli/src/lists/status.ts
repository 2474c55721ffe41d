/** `retap lists status`: which terminals hold which versions, and who is behind. */
import { LIST_KINDS } from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { formatCount, formatTime, tableLines } from '../text.ts';
import { withLists } from './working.ts';

const COLUMNS = [
  { title: 'terminal' },
  ...LIST_KINDS.map((kind) => ({ title: kind, numeric: true })),
  { title: 'last said' },
  { title: 'behind with' },
];

export async function status(options: DatabaseOption, shell: Shell): Promise<void> {
  const { newest, terminals } = await withLists(options, shell, async (lists) => {
    const versions = await Promise.all(LIST_KINDS.map(async (kind) => (await lists.newest(kind))?.version ?? 0));
    return { newest: versions, terminals: await lists.held() };
  });
  const rows = terminals.map(({ terminal, versions, at }) => {
    const behind = LIST_KINDS.filter((kind, place) => versions[kind] < (newest[place] ?? 0));
    const held = LIST_KINDS.map((kind) => versionText(versions[kind]));
    return { cells: [String(terminal), ...held, at === null ? 'never' : formatTime(at), behind.join(', ')], behind };
  });
  const lines = tableLines(COLUMNS, [
    ['newest', ...newest.map(versionText), '', ''],
    ...rows.map(({ cells }) => cells),
  ]);
  const behind = rows.filter((row) => row.behind.length > 0).length;
  shell.stdout.write(
    `${lines.join('\n')}\n\n${formatCount(behind)} of ${formatCount(rows.length)} terminals are behind\n`,
  );
}

function versionText(version: number): string {
  return version === 0 ? '-' : String(version);
}
