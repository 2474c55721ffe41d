/** `retap people roles`, `disable`, `enable`: what becomes of somebody who is known. */
import type { Role } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { allowed, withPeople } from './people.ts';

export interface NameOption extends DatabaseOption {
  readonly name: string;
  readonly why: string;
}

export interface RolesOptions extends NameOption {
  readonly role: readonly Role[];
}

export interface ValidOptions extends NameOption {
  readonly valid: number;
}

export async function roles(options: RolesOptions, shell: Shell): Promise<void> {
  const { name, role, why } = options;
  const answer = await withPeople(options, shell, (people) => people.setRoles(name, role, reasonOf(why)));
  const isChanged = allowed(answer, name) === 'changed';
  shell.stdout.write(
    isChanged ? `${name} has other roles now, and is to sign in anew\n` : `${name} has these roles already\n`,
  );
}

export async function disable(options: NameOption, shell: Shell): Promise<void> {
  const { name, why } = options;
  allowed(await withPeople(options, shell, (people) => people.disable(name, reasonOf(why))), name);
  shell.stdout.write(`${name} is disabled: no session, no access token, no link of theirs is good any more\n`);
}

export async function enable(options: NameOption, shell: Shell): Promise<void> {
  const { name, why } = options;
  allowed(await withPeople(options, shell, (people) => people.enable(name, reasonOf(why))), name);
  shell.stdout.write(`${name} can sign in again, by the passkeys that they had\n`);
}
