/** `retap card send`: what waits in the journal of a desk goes to the centre. */
import { existsSync } from 'node:fs';
import { UsageError } from '../failure.ts';
import type { ExitStatus, Shell } from '../shell.ts';
import { type DeskOptions, openDesk, sendOrSay } from './desk.ts';
import { type KeysOptions, openKeys } from './key-place.ts';

export async function sendJournal(options: KeysOptions & DeskOptions, shell: Shell): Promise<ExitStatus> {
  const { journal } = options;
  // Opened, a slip of the pen would become an empty journal in which nothing waits.
  if (journal !== undefined && !existsSync(journal))
    throw new UsageError(`${journal}: no such journal; check the name`);
  const keys = await openKeys(options, shell);
  try {
    const desk = await openDesk(options, keys, shell);
    try {
      return await sendOrSay(desk, options, shell);
    } finally {
      await desk.close();
    }
  } finally {
    keys.close();
  }
}
