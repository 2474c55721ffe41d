/** `retap terminals show`: one terminal and its history. */

import type { RegisteredTerminal } from '@retap/central';
import { fingerprint } from '@retap/keys';
import type { TerminalNumber, Time } from '@retap/model';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { formatCount, formatTime, printable, tableLines } from '../text.ts';
import { formatClock } from './list.ts';
import { granted, withRegistry } from './registry.ts';

export interface TerminalOption extends DatabaseOption {
  readonly terminal: TerminalNumber;
}

export async function show(options: TerminalOption, shell: Shell): Promise<void> {
  const found = await withRegistry(options, shell, (registry) => registry.terminal(options.terminal));
  const terminal = granted(found ?? { refusal: 'terminal-unknown' as const }, options.terminal);
  const lines = [
    ['terminal', String(terminal.terminal)],
    ['name', terminal.name === '' ? '-' : terminal.name],
    ['role', terminal.role],
    ['state', terminal.state],
    ['key', terminal.publicKey ? fingerprint(terminal.publicKey) : 'none yet'],
    ['licence', `${timeOf(terminal.issuedAt)} to ${timeOf(terminal.expiresAt)}`],
    ['last seen', timeOf(terminal.seenAt)],
    ['clock', clockOf(terminal)],
    ['received to', terminal.lastSerial === null ? '-' : formatCount(terminal.lastSerial)],
    ['missing', formatCount(terminal.missing)],
  ] as const;
  const history = terminal.history.map(({ at, what, who, why }) => [formatTime(at), what, who, why]);
  const columns = [{ title: 'time' }, { title: 'what' }, { title: 'who' }, { title: 'why' }];
  shell.stdout.write(
    `${lines.map(([word, text]) => `${word.padEnd(13)}${printable(text)}`).join('\n')}\n\n` +
      `${tableLines(columns, history).join('\n')}\n`,
  );
}

function clockOf(terminal: RegisteredTerminal): string {
  const { clock, clockOffset } = terminal;
  if (clock !== null) return `${formatClock(terminal)} behind the centre's, measured ${formatTime(clock.measuredAt)}`;
  return clockOffset === null ? '-' : `${formatClock(terminal)} behind the centre's, by its last upload`;
}

function timeOf(time: Time | null): string {
  return time === null ? '-' : formatTime(time);
}
