/** `retap alerts list`: cases, the newest appearance first. */
import { type AlertCase, type AnyAlertKind, type CaseState, OPEN_CASE_STATES } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatTime, tableLines } from '../text.ts';
import { alertText, cureText, withAlertWork } from './work.ts';

export interface ListOptions extends DatabaseOption {
  readonly state?: CaseState;
  readonly kind?: AnyAlertKind;
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
  const { database: _database, state, ...rest } = options;
  const query = { ...rest, states: state === undefined ? OPEN_CASE_STATES : [state] };
  const cases = await withAlertWork(options, shell, (alertWork) => alertWork.cases(query));
  const lines = cases.length === 0 ? ['no cases'] : tableLines(COLUMNS, cases.map(rowOf));
  if (cases.length === options.limit) lines.push(`there may be more: --before ${cases.at(-1)?.lastAppearance}`);
  shell.stdout.write(`${lines.join('\n')}\n`);
}

function rowOf({ id, state, appearedAt, alert, assignedTo, reason, cure }: AlertCase): string[] {
  const ended = cure ? cureText(cure) : (reason ?? '');
  return [String(id), state, formatTime(appearedAt), alert.kind, alertText(alert), assignedTo ?? '', ended];
}
