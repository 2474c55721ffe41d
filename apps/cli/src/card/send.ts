/** `retap card send`: what waits in the journal of a desk goes to the centre. */
import type { ExitStatus, Shell } from '../shell.ts';
import { type DeskOptions, openDesk, sendOrSay } from './desk.ts';
import { type KeysOptions, openKeys } from './key-place.ts';

export async function sendJournal(options: KeysOptions & DeskOptions, shell: Shell): Promise<ExitStatus> {
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
