/** `retap alerts acknowledge`, `assign`, `comment`, `resolve`. */
import type { AlertCase, AlertWork, CaseRefusal } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { reasonOf, userName } from '../terminals/registry.ts';
import { granted, withAlertWork } from './work.ts';

type Step = (alertWork: AlertWork) => Promise<AlertCase | CaseRefusal>;

async function take(id: number, options: DatabaseOption, shell: Shell, step: Step): Promise<void> {
  const { state } = granted(await withAlertWork(options, shell, step), id);
  shell.stdout.write(`case ${id} is ${state}\n`);
}

export function acknowledge(id: number, options: DatabaseOption, shell: Shell): Promise<void> {
  return take(id, options, shell, (alertWork) => alertWork.acknowledge(id, userName()));
}

export function assign(id: number, options: DatabaseOption & { readonly to: string }, shell: Shell): Promise<void> {
  return take(id, options, shell, (alertWork) => alertWork.assign(id, options.to.replace(/^@/, ''), userName()));
}

export function comment(id: number, options: DatabaseOption & { readonly text: string }, shell: Shell): Promise<void> {
  return take(id, options, shell, (alertWork) => alertWork.comment(id, options.text, userName()));
}

export function resolve(
  id: number,
  options: DatabaseOption & { readonly reason: string },
  shell: Shell,
): Promise<void> {
  return take(id, options, shell, (alertWork) => alertWork.resolve(id, reasonOf(options.reason)));
}
