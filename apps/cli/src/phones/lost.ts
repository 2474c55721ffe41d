/** `retap phones lost`: the operator's word that a phone is lost. */
import type { TerminalNumber } from '@retap/model';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { formatTime } from '../text.ts';
import { withPhones } from './phones.ts';

export interface LostOptions extends DatabaseOption {
  readonly why: string;
}

export async function lost(terminal: TerminalNumber, { why, ...options }: LostOptions, shell: Shell): Promise<void> {
  const answer = await withPhones(options, shell, (phones) => phones.declareLost(terminal, reasonOf(why)));
  if (typeof answer !== 'number') {
    throw new UsageError(
      answer.refusal === 'lost-already'
        ? `phone ${terminal} was said to be lost before; nothing was changed`
        : `no phone has the number ${terminal}; 'retap phones list' shows which are registered`,
    );
  }
  shell.stdout.write(
    `Phone ${terminal} is lost: it gets no certificate any more, and other phones take nothing from it once they have heard so.\n` +
      `Its owner can have the balance moved by the recovery code from ${formatTime(answer)} on.\n`,
  );
}
