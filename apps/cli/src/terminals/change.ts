/** `retap terminals suspend`, `resume`, `revoke`, `renew`: what becomes of a terminal that is enrolled. */
import type { Shell } from '../shell.ts';
import { formatTime } from '../text.ts';
import { granted, reasonOf, withRegistry } from './registry.ts';
import type { TerminalOption } from './show.ts';

export interface ChangeOptions extends TerminalOption {
  readonly why: string;
  readonly licenceDays?: number;
}

const DAY = 86_400_000;

export async function change(
  word: 'suspend' | 'resume' | 'revoke',
  options: ChangeOptions,
  shell: Shell,
): Promise<void> {
  const { terminal, why } = options;
  const answer = await withRegistry(options, shell, (registry) => registry[word](terminal, reasonOf(why)));
  shell.stdout.write(`terminal ${terminal} is ${granted(answer, terminal)}\n`);
}

export async function renew(options: ChangeOptions, shell: Shell): Promise<void> {
  const { terminal, why, licenceDays } = options;
  const licenceMs = licenceDays === undefined ? undefined : licenceDays * DAY;
  const answer = await withRegistry(options, shell, (registry) => registry.renew(terminal, reasonOf(why), licenceMs));
  shell.stdout.write(`terminal ${terminal} has a licence until ${formatTime(granted(answer, terminal))}\n`);
}
