/** `retap people token` and `tokens`: what machines ask by. */
import { randomBytes } from 'node:crypto';
import type { AccessToken, Role } from '@retap/central';
import { newSecret, TOKEN_PREFIX } from '@retap/central-service';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { type Column, formatTime, printable, tableLines } from '../text.ts';
import { allowed, withPeople } from './people.ts';

const NAME_CHARACTERS_MAX = 60;

export interface TokenOptions extends DatabaseOption {
  readonly name: string;
  readonly role: readonly Role[];
  readonly owner?: string;
  readonly valid: number;
  readonly why: string;
}

export async function makeToken(options: TokenOptions, shell: Shell): Promise<void> {
  const { name, role: roles, owner = null, valid: validMs, why } = options;
  if (name.trim() === '' || [...name].length > NAME_CHARACTERS_MAX || printable(name) !== name) {
    throw new UsageError(`--name: 1 to ${NAME_CHARACTERS_MAX} letters, and no control characters`);
  }
  const { text, digest } = newSecret(randomBytes, TOKEN_PREFIX);
  const answer = await withPeople(options, shell, (people) =>
    people.makeToken({ name, roles, owner, digest, validMs }, reasonOf(why)),
  );
  const { id, expiresAt } = allowed(answer, owner ?? name);
  shell.stdout.write(
    `access token ${id}, ${roles.join(' ')}, until ${formatTime(expiresAt)}; it is shown this once\n\n`,
  );
  shell.stdout.write(
    `token  ${text}\n\nIt is sent as 'Authorization: Bearer …'. Keep it in a file that only its user reads.\n`,
  );
}

export interface TokensOptions extends DatabaseOption {
  readonly revoke?: number;
  readonly why: string;
}

export const TOKEN_COLUMNS: readonly Column[] = [
  { title: 'token', numeric: true },
  { title: 'owner' },
  { title: 'state' },
  { title: 'until' },
  { title: 'last used' },
  { title: 'roles' },
  { title: 'name' },
];

export async function tokens(options: TokensOptions, shell: Shell): Promise<void> {
  const { revoke, why } = options;
  if (revoke !== undefined) {
    const answer = await withPeople(options, shell, (people) => people.revokeToken(revoke, null, reasonOf(why)));
    allowed(answer, String(revoke));
    shell.stdout.write(`access token ${revoke} is revoked\n`);
    return;
  }
  const found = await withPeople(options, shell, (people) => people.tokens(null));
  if (found.length === 0) {
    shell.stdout.write("there is no access token; 'retap people token' makes one\n");
    return;
  }
  shell.stdout.write(`${tableLines(TOKEN_COLUMNS, found.map(tokenRow)).join('\n')}\n`);
}

export function tokenRow({ id, owner, roles, expiresAt, usedAt, revokedAt, name }: AccessToken): string[] {
  const state = revokedAt === null ? 'stands' : 'revoked';
  const used = usedAt === null ? 'never' : formatTime(usedAt);
  return [String(id), owner ?? '-', state, formatTime(expiresAt), used, roles.join(' '), name];
}
