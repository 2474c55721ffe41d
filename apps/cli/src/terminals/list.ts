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
  const { role, state, expiresAt, seenAt, lastSerial, missing, name } = terminal;
  const isOver = expiresAt !== null && expiresAt <= now;
  return [
    String(terminal.terminal),
    role,
    isOver && state === 'active' ? 'expired' : state,
    expiresAt === null ? '-' : formatTime(expiresAt),
    seenAt === null ? 'never' : formatTime(seenAt),
    formatClock(terminal),
    lastSerial === null ? '-' : formatCount(lastSerial),
    formatCount(missing),
    // Only the terminal knows, until it sends it.
    'unknown',
    name,
  ];
}

/**
 * How far the terminal's clock is behind the centre's, as it measured, and within what; negative: ahead. Where it never said so, how
 * far it was at its last upload, the way of which is in it: `≈`.
 */
export function formatClock({ clock, clockOffset }: Pick<RegisteredTerminal, 'clock' | 'clockOffset'>): string {
  // The offset is right within half the round trip.
  if (clock !== null) return `${signed(clock.offset)} ± ${(clock.delay / 2_000).toFixed(2)} s`;
  return clockOffset === null ? '-' : `≈ ${signed(clockOffset)} s`;
}

function signed(milliseconds: number): string {
  return `${milliseconds < 0 ? '' : '+'}${(milliseconds / 1_000).toFixed(2)}`;
}
