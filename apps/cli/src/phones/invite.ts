/** `retap phones invite`: the code by which a phone is registered. */
import { createHash, randomBytes } from 'node:crypto';
import {
  ENROLMENT_CODE_BYTES,
  enrolmentCode,
  enrolmentCodeBytes,
  isShowable,
  NAME_LENGTH_MAX,
  type PhoneKind,
} from '@retap/protocol';
import type { DatabaseOption } from '../database.ts';
import { UsageError } from '../failure.ts';
import type { Shell } from '../shell.ts';
import { reasonOf } from '../terminals/registry.ts';
import { formatTime } from '../text.ts';
import { withPhones } from './phones.ts';

export interface InviteOptions extends DatabaseOption {
  readonly kind: PhoneKind;
  readonly name: string;
  readonly valid: number;
  readonly why: string;
}

export async function invite({ kind, name, valid, why, ...options }: InviteOptions, shell: Shell): Promise<void> {
  if (!isShowable(name, NAME_LENGTH_MAX) || name === '') {
    throw new UsageError(`--name: 1 to ${NAME_LENGTH_MAX} letters, without controls and without spaces around it`);
  }
  const code = enrolmentCode(randomBytes(ENROLMENT_CODE_BYTES));
  const codeDigest = createHash('sha256').update(enrolmentCodeBytes(code)).digest();
  const invitation = { kind, name, codeDigest, validMs: valid };
  const terminal = await withPhones(options, shell, (phones) => phones.invite(invitation, reasonOf(why)));
  if (typeof terminal !== 'number') {
    throw new UsageError(
      terminal.refusal === 'centre-open'
        ? "this centre is open and registers whoever asks; 'retap init' makes it an enrolled one"
        : 'there are no numbers left for phones',
    );
  }
  shell.stdout.write(
    `Phone ${terminal} is invited, once, until ${formatTime(shell.now() + valid)}.\n\ncode  ${code}\n\n` +
      `Tell it to ${name}, who enters it when the wallet asks for it.\n`,
  );
}
