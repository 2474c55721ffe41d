/** `retap people invite` and `recover`: what somebody without a passkey registers one by, printed once. */
import { randomBytes } from 'node:crypto';
import type { People, Role } from '@retap/central';
import { linkTo, newRecoveryCode, newSecret } from '@retap/central-service';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { formatTime } from '../text.ts';
import type { RolesOptions, ValidOptions } from './change.ts';
import { allowed, originOfPeople, withPeople } from './people.ts';

export interface InviteOptions extends RolesOptions, ValidOptions {}

const USER_HANDLE_BYTES = 32;

export async function invite(options: InviteOptions, shell: Shell): Promise<void> {
  const { name, role, valid, why } = options;
  const link = await withPeople(options, shell, (people) =>
    linkFor(people, { name, roles: role, validMs: valid, why }),
  );
  shell.stdout.write(`${name} is invited, once, until ${formatTime(shell.now() + valid)}. `);
  shell.stdout.write(`A link given out before is void.\n\nlink  ${link}\n\n`);
  shell.stdout.write('Whoever opens it registers their passkey as this person: tell it to nobody else.\n');
}

/** @throws UsageError */
export async function linkFor(
  people: People,
  invitation: {
    readonly name: string;
    readonly roles: readonly Role[];
    readonly validMs: number;
    readonly why: string;
  },
): Promise<string> {
  const { why, ...who } = invitation;
  const { text, digest } = newSecret(randomBytes);
  const userHandle = Uint8Array.from(randomBytes(USER_HANDLE_BYTES));
  allowed(await people.invite({ ...who, digest, userHandle }, reasonOf(why)), who.name);
  return linkTo(await originOfPeople(people), text);
}

export async function recover(options: ValidOptions, shell: Shell): Promise<void> {
  const { name, valid, why } = options;
  const { text, digest } = newRecoveryCode(randomBytes);
  const page = await withPeople(options, shell, async (people) => {
    allowed(await people.recover({ name, digest, validMs: valid }, reasonOf(why)), name);
    return `${await originOfPeople(people)}/sign-in.html`;
  });
  shell.stdout.write(`${name} can register another passkey, once, until ${formatTime(shell.now() + valid)}.\n\n`);
  shell.stdout.write(`page  ${page}\ncode  ${text}\n\n`);
  shell.stdout.write('When the code is used, all their sessions end. Tell it to nobody else.\n');
}
