/** The registry of the database that a command names, and its refusals in words. */
import { userInfo } from 'node:os';
import {
  openCentral,
  type Reason,
  type Registry,
  type RegistryRefusal,
  type RegistryRefusalCode,
} from '@retap/central';
import type { TerminalNumber } from '@retap/model';
import { type DatabaseOption, existingDatabase } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';

export async function withRegistry<Result>(
  options: DatabaseOption,
  shell: Shell,
  work: (registry: Registry) => Promise<Result>,
): Promise<Result> {
  const central = await openCentral({ database: existingDatabase(options, shell), now: shell.now });
  try {
    return await work(central.registry);
  } finally {
    await central.close();
  }
}

/** Who runs the command, by the operating system, and why. */
export function reasonOf(why: string): Reason {
  return { who: userName(), why };
}

/** The user of the operating system who runs the command. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user without an entry, as in some containers.
    return `uid ${process.getuid?.() ?? '?'}`;
  }
}

/** @throws UsageError where the answer is a refusal */
export function granted<Answer>(answer: Answer, terminal: TerminalNumber): Exclude<Answer, RegistryRefusal> {
  const isRefusal = typeof answer === 'object' && answer !== null && 'refusal' in answer;
  if (!isRefusal) return answer as Exclude<Answer, RegistryRefusal>;
  throw new UsageError(wordsOf((answer as unknown as RegistryRefusal).refusal, terminal));
}

function wordsOf(refusal: RegistryRefusalCode, terminal: TerminalNumber): string {
  switch (refusal) {
    case 'centre-open':
      return "this centre is open and enrols nobody; run 'retap init' first";
    case 'terminal-unknown':
      return `terminal ${terminal} was never invited; 'retap terminals list' shows which were`;
    case 'terminal-revoked':
      return `terminal ${terminal} is revoked, and that is for ever; invite the device under a new number`;
    case 'terminal-was-active':
      return (
        `terminal ${terminal} was active: what it sent has its serials, and a journal that begins again would contradict it. ` +
        'Invite the device under a new number; or, where its journal is intact and only its key is new, give --replace-key'
      );
    case 'terminal-not-active':
      return `terminal ${terminal} is not enrolled; 'retap terminals show --terminal ${terminal}' says how it stands`;
    case 'terminal-not-suspended':
      return `terminal ${terminal} is not suspended; there is nothing to resume`;
    default:
      return `terminal ${terminal}: ${refusal}`;
  }
}
