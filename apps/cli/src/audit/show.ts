/** `retap audit show`: the newest entries, for people. */
import { openCentral } from '@retap/central';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatTime, tableLines } from '../text.ts';

export interface ShowOptions extends DatabaseOption {
  readonly limit: number;
  readonly before?: number;
  readonly who?: string;
  readonly what?: string;
}

const COLUMNS: readonly Column[] = [
  { title: 'entry', numeric: true },
  { title: 'time' },
  { title: 'who' },
  { title: 'what' },
  { title: 'to what' },
  { title: 'outcome' },
  { title: 'detail' },
];

export async function show({ limit, before, who, what, ...options }: ShowOptions, shell: Shell): Promise<void> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    const query = { limit, ...(before !== undefined && { before }), ...(who !== undefined && { who }) };
    const entries = await central.audit.entries({ ...query, ...(what !== undefined && { what }) });
    const rows = entries.map((entry) => [
      ...[String(entry.id), formatTime(entry.at), entry.who, entry.what, entry.object, entry.outcome],
      JSON.stringify(entry.detail),
    ]);
    shell.stdout.write(`${tableLines(COLUMNS, rows).join('\n')}\n`);
  } finally {
    await central.close();
  }
}
