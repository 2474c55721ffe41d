/** `retap alerts show`: one case, and all that was done about it. */
import type { AnyAlert, CaseStep, Cure } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { formatTime, printable } from '../text.ts';
import { alertText, cureText, withAlertWork } from './work.ts';

export async function show(id: number, options: DatabaseOption, shell: Shell): Promise<void> {
  const found = await withAlertWork(options, shell, (alertWork) => alertWork.case(id));
  if (!found) throw new UsageError(`there is no case ${id}; 'retap alerts list' shows which there are`);
  const { alert, state, assignedTo, appearances, history } = found;
  const lines = [
    `case ${id}: ${alert.kind} of ${alertText(alert)}`,
    `state        ${state}`,
    `assigned to  ${assignedTo ?? 'nobody'}`,
    `appeared     ${appearances === 1 ? 'once' : `${appearances} times`}`,
    '',
    ...history.map((step) => `${formatTime(step.at)}  ${step.who}  ${step.what}${detailText(step)}`),
  ];
  shell.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
}

function detailText({ what, detail }: CaseStep): string {
  switch (what) {
    case 'cured':
      return ` by ${cureText(detail.cure as Cure)}`;
    case 'changed':
      return `: ${alertText(detail.alert as AnyAlert)}`;
    case 'assigned':
      return ` to ${detail.to}`;
    case 'resolved':
      return `: ${detail.reason}`;
    case 'commented':
      return `: ${detail.text}`;
    default:
      return '';
  }
}
