/** `retap alerts list`: cases, the newest first. */
import type { AlertCase, AnyAlertKind, CaseState } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatTime, tableLines } from '../text.ts';
import { alertText, cureText, withAlertWork } from './work.ts';

export interface ListOptions extends DatabaseOption {
  readonly state?: CaseState;
  readonly kind?: string;
  readonly medium?: string;
  readonly terminal?: number;
  readonly assigned?: string;
  readonly before?: number;
  readonly limit: number;
}

const COLUMNS: readonly Column[] = [
  { title: 'case', numeric: true },
  { title: 'state' },
  { title: 'since' },
  { title: 'kind' },
  { title: 'of' },
  { title: 'assigned to' },
  { title: 'ended by' },
];

export async function list(options: ListOptions, shell: Shell): Promise<void> {
  const { database: _database, state, kind, limit, ...rest } = options;
  const query = { ...rest, kind: kind as AnyAlertKind | undefined };
  const cases = await withAlertWork(options, shell, async (alertWork) => {
    if (state !== undefined) return alertWork.cases({ ...query, state, limit });
    // Cured ones are only ever more: page by page until there are enough that are not.
    const open: AlertCase[] = [];
    for (let { before } = options; open.length < limit; ) {
      const page = await alertWork.cases({ ...query, before, limit: 1_000 });
      open.push(...page.filter((each) => each.state !== 'cured'));
      before = page.at(-1)?.id;
      if (page.length < 1_000) break;
    }
    return open.slice(0, limit);
  });
  const lines = cases.length === 0 ? ['no cases'] : tableLines(COLUMNS, cases.map(rowOf));
  shell.stdout.write(`${lines.join('\n')}\n`);
}

function rowOf({ id, state, appearedAt, alert, assignedTo, reason, cure }: AlertCase): string[] {
  const ended = cure ? cureText(cure) : (reason ?? '');
  return [String(id), state, formatTime(appearedAt), alert.kind, alertText(alert), assignedTo ?? '', ended];
}
