/** `retap terminals list`: all terminals, and how each stands. */
import type { RegisteredTerminal } from '@retap/central';
import type { DatabaseOption } from '../database.ts';
import type { Shell } from '../shell.ts';
import { type Column, formatCount, formatTime, tableLines } from '../text.ts';
import { withRegistry } from './registry.ts';

const COLUMNS: readonly Column[] = [
  { title: 'terminal', numeric: true },
  { title: 'role' },
  { title: 'state' },
  { title: 'licence until' },
  { title: 'last seen' },
  { title: 'clock', numeric: true },
  { title: 'received to', numeric: true },
  { title: 'missing', numeric: true },
  { title: 'not sent' },
  { title: 'name' },
];

export async function list(options: DatabaseOption, shell: Shell): Promise<void> {
  const terminals = await withRegistry(options, shell, (registry) => registry.terminals());
  if (terminals.length === 0) {
    shell.stdout.write("no terminal was invited; 'retap terminals invite' makes the code for one\n");
    return;
  }
  const now = shell.now();
  shell.stdout.write(
    `${tableLines(
      COLUMNS,
      terminals.map((terminal) => rowOf(terminal, now)),
    ).join('\n')}\n`,
  );
}

function rowOf(terminal: RegisteredTerminal, now: number): string[] {
  const { role, state, expiresAt, seenAt, clockOffset, lastSerial, missing, name } = terminal;
  const isOver = expiresAt !== null && expiresAt <= now;
  return [
    String(terminal.terminal),
    role,
    isOver && state === 'active' ? 'expired' : state,
    expiresAt === null ? '-' : formatTime(expiresAt),
    seenAt === null ? 'never' : formatTime(seenAt),
    clockOffset === null ? '-' : formatOffset(clockOffset),
    lastSerial === null ? '-' : formatCount(lastSerial),
    formatCount(missing),
    // Only the terminal knows, until it sends it.
    'unknown',
    name,
  ];
}

/** How far the terminal's clock is behind the centre's, the way of its last upload in it; negative: ahead. */
export function formatOffset(clockOffset: number): string {
  return `${clockOffset < 0 ? '' : '+'}${(clockOffset / 1_000).toFixed(1)} s`;
}
