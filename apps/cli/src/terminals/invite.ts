/** `retap terminals invite`: the code by which a device is enrolled under a number. */
import { createHash, randomBytes } from 'node:crypto';
import { fingerprint } from '@retap/keys';
import { ENROLMENT_CODE_BYTES, enrolmentCode, enrolmentCodeBytes, type TerminalRole } from '@retap/protocol';
import { UsageError } from '../failure.ts';
import { isProposed, waitsText } from '../proposals/waits.ts';
import type { Shell } from '../shell.ts';
import { formatTime, printable } from '../text.ts';
import { granted, reasonOf, withRegistry } from './registry.ts';
import type { TerminalOption } from './show.ts';

export interface InviteOptions extends TerminalOption {
  readonly role?: TerminalRole;
  readonly name?: string;
  readonly valid: number;
  readonly replaceKey?: boolean;
  readonly why: string;
}

const NAME_CHARACTERS_MAX = 80;

export async function invite(options: InviteOptions, shell: Shell): Promise<void> {
  const { terminal, valid: validMs, why } = options;
  const as = newTerminal(options);
  const code = enrolmentCode(randomBytes(ENROLMENT_CODE_BYTES));
  const codeDigest = createHash('sha256').update(enrolmentCodeBytes(code)).digest();
  const { centre, answer } = await withRegistry(options, shell, async (registry) => ({
    answer: granted(await registry.invite({ terminal, codeDigest, validMs, as }, reasonOf(why)), terminal),
    centre: (await registry.settlement())?.centre,
  }));
  const until = formatTime(shell.now() + validMs);
  const invited = isProposed(answer)
    ? `${waitsText(answer)}. Until then this code is worth nothing, and its time does not run.`
    : `Terminal ${terminal} is invited, once, until ${until}. A code given out before is void.`;
  shell.stdout.write(
    `${invited}\n\n` +
      `code         ${code}\nfingerprint  ${printable(centre ? fingerprint(centre) : '')}\n\n` +
      "Tell both to whoever stands at the device, who enters them by 'retap terminal enrol'.\n",
  );
}

function newTerminal({ role, name, replaceKey }: InviteOptions): { role: TerminalRole; name: string } | null {
  if (replaceKey) {
    if (role === undefined && name === undefined) return null;
    throw new UsageError('--replace-key: the terminal keeps its role and its name; leave --role and --name out');
  }
  if (role === undefined) throw new UsageError('--role is missing: say what the terminal is used for');
  if ([...(name ?? '')].length > NAME_CHARACTERS_MAX || printable(name ?? '') !== (name ?? '')) {
    throw new UsageError(`--name: at most ${NAME_CHARACTERS_MAX} letters, and no control characters`);
  }
  return { role, name: name ?? '' };
}
