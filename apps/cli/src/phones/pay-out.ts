/** `retap phones pay-out`: the operator's word that a cash-out was paid to its owner. */
import type { RecordIdentity } from '@retap/model';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { withCentral } from './phones.ts';

export interface PayOutOptions extends DatabaseOption {
  readonly why: string;
}

/** Once and for ever: a second time is refused, so that nobody is paid twice by two clerks. */
export async function payOut(cashOut: RecordIdentity, { why, ...options }: PayOutOptions, shell: Shell): Promise<void> {
  const answer = await withCentral(options, shell, ({ transfers }) => transfers.payOut(cashOut, reasonOf(why)));
  const name = `${cashOut.terminal}-${cashOut.serial}`;
  if (answer !== 'paid') {
    throw new UsageError(
      answer.refusal === 'paid-already'
        ? `cash-out ${name} was paid before; nothing was changed`
        : `no cash-out ${name} is here; 'retap phones takings --format json' shows whose are to be paid`,
    );
  }
  shell.stdout.write(`Cash-out ${name} is noted as paid.\n`);
}
